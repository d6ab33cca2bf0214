"""The text messages of the phone-number plugin."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from betterauth_py.plugins import SmsKind

_TEMPLATES: Final = Path(__file__).with_name("sms")
_SAMPLE: Final = {"code": "271828", "expires_in": 300}

CODE: Final = SmsKind(
    name="phone-number-code", purpose="somebody verifies a phone number", sample=_SAMPLE, templates=_TEMPLATES
)
RESET_CODE: Final = SmsKind(
    name="phone-number-reset",
    purpose="a user asks by phone number for a new password",
    sample=_SAMPLE,
    templates=_TEMPLATES,
)
