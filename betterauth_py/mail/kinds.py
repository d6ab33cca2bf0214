"""Which mails there are, and what their templates can use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

_SAMPLE_USER: Final = {"id": "5kQ2m8YbW1xN7rT4vZ6cA9dE3fG0hJpL", "name": "Ada Lovelace", "email": "ada@example.com"}
_SAMPLE_TOKEN: Final = "a-token-that-opens-nothing"


@dataclass(frozen=True, kw_only=True)
class MailKind:
    """One mail: the name of its templates, and what they are tried with."""

    name: str
    """The stem of its template files."""
    sample: Mapping[str, Any] = field(default_factory=dict)
    """Variables of the kind of those that a real mail has."""


def _kind(name: str, path: str | None = None, **more: Any) -> MailKind:
    link = {} if path is None else {"url": f"https://auth.example.com/api/auth/{path}", "token": _SAMPLE_TOKEN}
    return MailKind(name=name, sample={"user": _SAMPLE_USER, "name": _SAMPLE_USER["name"], **link, **more})


RESET_PASSWORD: Final = _kind("reset-password", f"reset-password/{_SAMPLE_TOKEN}?callbackURL=%2F", expires_in=3600)
VERIFY_EMAIL: Final = _kind("verify-email", f"verify-email?token={_SAMPLE_TOKEN}&callbackURL=%2F", expires_in=3600)
CHANGE_EMAIL: Final = _kind(
    "change-email",
    f"verify-email?token={_SAMPLE_TOKEN}&callbackURL=%2F",
    expires_in=3600,
    new_email="ada@lovelace.example",
)
DELETE_ACCOUNT: Final = _kind(
    "delete-account", f"delete-user/callback?token={_SAMPLE_TOKEN}&callbackURL=%2F", expires_in=86_400
)
EXISTING_ACCOUNT: Final = _kind("existing-account")
PASSWORD_CHANGED: Final = _kind("password-changed")
EMAIL_CHANGED: Final = _kind("email-changed")
SIGN_IN_METHOD_ADDED: Final = _kind("sign-in-method-added", method="password")
TEST: Final = MailKind(name="test")
"""What `betterauth mail test` sends."""

KINDS: Final = (
    RESET_PASSWORD,
    VERIFY_EMAIL,
    CHANGE_EMAIL,
    DELETE_ACCOUNT,
    EXISTING_ACCOUNT,
    PASSWORD_CHANGED,
    EMAIL_CHANGED,
    SIGN_IN_METHOD_ADDED,
)
