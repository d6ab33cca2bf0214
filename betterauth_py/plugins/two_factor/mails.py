"""The mail with a code, with its templates in `mail/<language>/`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from betterauth_py.plugins import MailKind, sample_of

CODE: Final = MailKind(
    name="two-factor-otp",
    purpose="a user who has given the password wants a code as second factor",
    sample=sample_of(otp="493817", expires_in=180),
    templates=Path(__file__).with_name("mail"),
)
