"""The columns of the admin plugin on the tables of users and sessions."""

from __future__ import annotations

from typing import Final

from betterauth_py.plugins import Field

COLUMNS: Final = {
    "user": {
        "role": Field(required=False, input=False),
        "banned": Field(type="boolean", required=False, input=False, default_value=False),
        "banReason": Field(required=False, input=False),
        "banExpires": Field(type="date", required=False, input=False),
    },
    "session": {"impersonatedBy": Field(required=False, input=False)},
}
