"""No answer leaves a circle of objects behind: the collector's pauses would be the slowest answers of a busy server."""

from __future__ import annotations

import gc
from collections.abc import Awaitable, Callable

import pytest

from tests.conftest import MakeAuth
from tests.http.client import Client, Reply
from tests.http.people import ALICE, PASSWORD, sign_up

TIMES = 20
ATTEMPTS = 3
ALICE_SIGNS_IN = {"email": ALICE["email"], "password": PASSWORD}
Ask = Callable[[Client], Awaitable[Reply]]
ANSWERS: dict[str, tuple[int, Ask]] = {
    "a session": (200, lambda client: client.get("/api/auth/get-session")),
    "no session": (200, lambda client: Client(client.app).get("/api/auth/get-session")),
    "signed in": (200, lambda client: Client(client.app).post("/api/auth/sign-in/email", ALICE_SIGNS_IN)),
    "a wrong password": (
        401,
        lambda client: Client(client.app).post(
            "/api/auth/sign-in/email", {**ALICE_SIGNS_IN, "password": "wrong horse"}
        ),
    ),
    "a taken address": (422, lambda client: Client(client.app).post("/api/auth/sign-up/email", ALICE)),
    "an invalid body": (400, lambda client: client.post("/api/auth/sign-in/email", {"email": 1})),
    "a body that is no JSON": (
        400,
        lambda client: client.send("POST", "/api/auth/sign-in/email", [("content-type", "application/json")], b"{"),
    ),
    "nobody signed in": (401, lambda client: Client(client.app).get("/api/auth/list-sessions")),
    "another origin": (
        403,
        lambda client: client.send(
            "POST",
            "/api/auth/sign-out",
            [("content-type", "application/json"), ("origin", "https://evil.test")],
            b"{}",
        ),
    ),
    "an unknown path": (404, lambda client: client.get("/api/auth/nothing")),
}


async def garbage_of(ask: Ask, client: Client, status: int) -> int:
    """How many objects only the collector can free after some answers of the same kind.

    The least of several attempts: what another test left behind may become garbage in the meantime.
    """
    for _ in range(3):
        assert (reply := await ask(client)).status == status, reply
    return min([await _garbage_of_some(ask, client) for _ in range(ATTEMPTS)])


async def _garbage_of_some(ask: Ask, client: Client) -> int:
    gc.collect()
    gc.disable()
    try:
        for _ in range(TIMES):
            await ask(client)
        return gc.collect()
    finally:
        gc.enable()


@pytest.mark.parametrize("answer", ANSWERS)
async def test_an_answer_leaves_no_garbage(answer: str, make_auth: MakeAuth) -> None:
    auth = await make_auth(rate_limit={"enabled": False})
    client = Client(auth.app)
    await sign_up(client)
    status, ask = ANSWERS[answer]
    assert await garbage_of(ask, client, status) < TIMES


async def test_who_is_turned_away_leaves_no_garbage(make_auth: MakeAuth) -> None:
    auth = await make_auth(email_and_password={"enabled": True, "password": {"longest_wait": 1}})
    client = Client(auth.app)
    queue = auth.context.passwords._queue
    queue._under_way, queue._seconds_per_hash = 1_000, 1.0
    assert await garbage_of(ANSWERS["signed in"][1], client, 503) < TIMES
