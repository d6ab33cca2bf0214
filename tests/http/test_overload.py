"""More sign-ins than the machine can hash: a quick 503, nothing lost, nothing half done, and sessions still read."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import func, select

from betterauth_py import BetterAuth
from betterauth_py.crypto import passwords
from betterauth_py.wire.errors import APIError
from tests.conftest import MakeAuth
from tests.http.client import Client, Reply
from tests.http.people import ALICE, PASSWORD, sign_up

SIGN_IN = "/api/auth/sign-in/email"
CREDENTIALS = {"email": ALICE["email"], "password": PASSWORD}
ONE_WORKER = {"enabled": True, "password": {"workers": 1, "longest_wait": 0.2}}


@contextmanager
def hashing_stopped(monkeypatch: pytest.MonkeyPatch, auth: BetterAuth) -> Iterator[None]:
    """Let every hash wait until the end; each is known to have taken long."""
    go_on = threading.Event()
    original = passwords._verify_one

    def waiting(argon2: Any, stored: str, password: str) -> bool:
        go_on.wait(10)
        return original(argon2, stored, password)

    auth.context.passwords._queue._seconds_per_hash = 0.15
    with monkeypatch.context() as patch:
        patch.setattr(passwords, "_verify_one", waiting)
        try:
            yield
        finally:
            go_on.set()


async def start_sign_ins(client: Client, number: int) -> list[asyncio.Task[Reply]]:
    tasks = [asyncio.create_task(Client(client.app).post(SIGN_IN, CREDENTIALS)) for _ in range(number)]
    await asyncio.sleep(0.1)
    return tasks


async def test_who_would_wait_too_long_is_told_when_to_come_back(
    make_auth: MakeAuth, monkeypatch: pytest.MonkeyPatch
) -> None:
    auth = await make_auth(email_and_password=ONE_WORKER)
    client = Client(auth.app)
    await sign_up(client)
    with hashing_stopped(monkeypatch, auth):
        # One at work and one in line, for 0.15 s; the next would wait 0.3 s.
        admitted = await start_sign_ins(client, 2)
        refused = await asyncio.wait_for(Client(auth.app).post(SIGN_IN, CREDENTIALS), 1)
        unknown = await Client(auth.app).post(SIGN_IN, {"email": "nobody@example.com", "password": PASSWORD})
        taken = await Client(auth.app).post("/api/auth/sign-up/email", ALICE)
        session = await client.get("/api/auth/get-session")
    assert (refused.status, refused.header("retry-after")) == (503, "1")
    assert refused.json() == {
        "message": "Too busy right now. Please try again shortly.",
        "code": "SERVICE_UNAVAILABLE",
    }
    assert refused.set_cookies == []
    assert [reply.status for reply in (unknown, taken)] == [503, 503]
    assert unknown.body == taken.body == refused.body
    assert session.json()["user"]["email"] == ALICE["email"]
    assert [(await task).status for task in admitted] == [200, 200]
    assert (await Client(auth.app).post(SIGN_IN, CREDENTIALS)).status == 200


async def test_the_in_process_api_raises_the_same_answer(make_auth: MakeAuth, monkeypatch: pytest.MonkeyPatch) -> None:
    auth = await make_auth(email_and_password=ONE_WORKER)
    client = Client(auth.app)
    await sign_up(client)
    with hashing_stopped(monkeypatch, auth):
        admitted = await start_sign_ins(client, 2)
        with pytest.raises(APIError) as raised:
            await auth.api.sign_in_email(body=CREDENTIALS)
    assert raised.value.status == 503
    await asyncio.gather(*admitted)


async def test_a_refused_password_reset_keeps_its_token(make_auth: MakeAuth, monkeypatch: pytest.MonkeyPatch) -> None:
    mailed: list[str] = []
    auth = await make_auth(
        email_and_password={**ONE_WORKER, "send_reset_password": lambda data, _: mailed.append(data["token"])}
    )
    client = Client(auth.app)
    await sign_up(client)
    await client.post("/api/auth/request-password-reset", {"email": ALICE["email"]})
    await asyncio.sleep(0.05)
    reset = {"token": mailed[0], "newPassword": "another password"}
    with hashing_stopped(monkeypatch, auth):
        admitted = await start_sign_ins(client, 2)
        assert (await Client(auth.app).post("/api/auth/reset-password", reset)).status == 503
    await asyncio.gather(*admitted)
    assert (await Client(auth.app).post("/api/auth/reset-password", reset)).status == 200


async def test_everybody_may_wait_where_the_option_says_so(
    make_auth: MakeAuth, monkeypatch: pytest.MonkeyPatch
) -> None:
    auth = await make_auth(email_and_password={"enabled": True, "password": {"workers": 1, "longest_wait": None}})
    client = Client(auth.app)
    await sign_up(client)
    with hashing_stopped(monkeypatch, auth):
        admitted = await start_sign_ins(client, 6)
    assert [(await task).status for task in admitted] == [200] * 6
    sessions = auth.context.database.table("session")
    rows = await auth.context.database.execute(select(func.count()).select_from(sessions))
    assert rows.scalar_one() == 7
