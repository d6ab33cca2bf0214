"""Mails that are asked for without an account keep none from whoever has one."""

from __future__ import annotations

from tests.conftest import MakeAuth
from tests.http.people import ALICE, sign_up
from tests.http.test_account_limits import HOME, RESET, at, limited


async def test_asking_for_nobody_does_not_keep_mails_from_who_signs_up_next(make_auth: MakeAuth) -> None:
    mailed: list[str] = []
    auth = await limited(
        make_auth,
        email_and_password={"send_reset_password": lambda *_: mailed.append("reset")},
        email_verification={"send_verification_email": lambda *_: mailed.append("verify"), "send_on_sign_up": True},
        user={"change_email": {"enabled": True}},
    )
    other = at(auth, "198.51.100.77")
    await sign_up(other, email="mallory@example.com")
    await auth.context.finish_background_work()
    mailed.clear()
    for n in range(10):
        for path in ("/api/auth/send-verification-email", RESET):
            await at(auth, f"198.51.100.{n}").post(path, {"email": ALICE["email"]})
        await other.post("/api/auth/change-email", {"newEmail": ALICE["email"]})
    await auth.context.finish_background_work()
    # Three links of Mallory's for the free address, and none for nobody.
    assert mailed == ["verify"] * 3
    await sign_up(at(auth, HOME))
    await auth.context.finish_background_work()
    await at(auth, HOME).post(RESET, {"email": ALICE["email"]})
    await auth.context.finish_background_work()
    assert mailed[3:] == ["verify", "reset"]
