"""The mails, with their templates in `mail/<language>/`: one for each purpose of a code."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal

from betterauth_py.plugins import MailKind, sample_of

Purpose = Literal["sign-in", "email-verification", "forget-password", "change-email"]

_PURPOSES: Final[dict[Purpose, str]] = {
    # In the order in which better-auth's refusals name them.
    "email-verification": "an address is to be verified by a code",
    "sign-in": "somebody wants to sign in with a code",
    "forget-password": "a user wants to choose a new password by a code",
    "change-email": "a user's address is to be changed; goes to the new one",
}

MAILS: Final[dict[Purpose, MailKind]] = {
    purpose: MailKind(
        name=f"email-otp-{purpose}",
        purpose=text,
        sample=sample_of(otp="493817", expires_in=300),
        templates=Path(__file__).with_name("mail"),
    )
    for purpose, text in _PURPOSES.items()
}
