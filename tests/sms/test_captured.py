"""Tests of a deployment read the texts and codes that its server has sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from betterauth_py.testing import AuthHarness, ManualClock

NUMBER = "+491701234567"


async def test_texts_and_codes_of_a_tested_server(tmp_path: Path) -> None:
    auth = await AuthHarness.start({"plugins": ["phone-number"]}, file=tmp_path / "auth.db", clock=ManualClock())
    try:
        await auth.api.send_phone_number_otp(body={"phoneNumber": NUMBER})
        assert auth.texts.last_to(NUMBER).variables["code"] == auth.codes.last_to(NUMBER)
        assert auth.texts.last_to(NUMBER).text.startswith(auth.codes.last_to(NUMBER))
        with pytest.raises(AssertionError, match=r"no text message to \+1\. Messages so far:\n  phone-number-code to"):
            auth.texts.last_to("+1")
        auth.texts.clear()
        assert list(auth.texts) == []
    finally:
        await auth.aclose()
