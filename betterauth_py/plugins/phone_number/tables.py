"""The columns of the phone-number plugin on the user table."""

from __future__ import annotations

from typing import Final

from betterauth_py.plugins import Field

COLUMNS: Final = {
    "phoneNumber": Field(required=False, unique=True),
    "phoneNumberVerified": Field(type="boolean", required=False, input=False),
}
