"""The column of the anonymous plugin on the user table."""

from __future__ import annotations

from typing import Final

from betterauth_py.plugins import Field

IS_ANONYMOUS: Final = Field(type="boolean", required=False, input=False, default_value=False)
