"""Strangers cannot use up what an auth service answers in a while."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from betterauth_py.verify import (
    InvalidSessionError,
    NoSessionError,
    Remote,
    SessionVerifier,
    VerificationUnavailableError,
    patience,
)
from betterauth_py.verify.integration import with_peer
from betterauth_py.verify.patience import Patience
from betterauth_py.wire.cookies import CookieAttributes, set_signed_cookie
from tests.verify.servers import SocketServer
from tests.verify.services import SECRET, ours, sign_up

NAME = "better-auth.session_token"
SESSION = b'{"session":{"id":"1","userId":"u","token":"t"},"user":{"id":"u","name":"Ada"}}'


class Clock:
    """What `patience` takes for the time."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(patience, "monotonic", clock)
    return clock


class Limited:
    """A service that answers so many questions in ten seconds and refuses the others, as better-auth does."""

    def __init__(self, clock: Clock, most: int = 100) -> None:
        self.clock, self.most = clock, most
        self.window, self.count = 0.0, 0

    def __call__(self, connection: socket.socket, request: bytes) -> None:
        if self.clock.now - self.window >= 10:
            self.window, self.count = self.clock.now, 0
        self.count += 1
        if self.count > self.most:
            status, body = b"429 Too Many Requests", b"{}"
        else:
            status, body = b"200 OK", SESSION if b"known-" in request else b"null"
        connection.sendall(b"HTTP/1.1 %s\r\ncontent-length: %d\r\n\r\n%s" % (status, len(body), body))


@pytest.fixture
def limited(clock: Clock) -> Iterator[SocketServer]:
    with SocketServer(Limited(clock)) as server:
        yield server


def cookie(value: str) -> dict[str, str]:
    return {"cookie": f"{NAME}={value}"}


async def answer(verifier: SessionVerifier, value: str) -> str:
    try:
        return (await verifier.verify(cookie(value))).user.name
    except (InvalidSessionError, VerificationUnavailableError) as error:
        return type(error).__name__


async def test_while_strangers_press_the_service_those_it_knows_go_first(limited: SocketServer, clock: Clock) -> None:
    async with SessionVerifier(Remote(limited.url)) as verifier:
        assert await answer(verifier, "known-ada") == "Ada"
        for number in range(150):
            await answer(verifier, f"rubbish-{number}")
        # From the next window on: a stranger each hundredth of a second, and somebody known each quarter of one.
        clock.now += 10
        for moment in range(5_000):
            await answer(verifier, f"garbage-{moment}")
            if moment % 25 == 0:
                assert await answer(verifier, "known-ada") == "Ada", moment
            clock.now += 0.01
        # A minute without a rejection, and strangers are asked about at once again.
        clock.now += 71
        assert [await answer(verifier, f"later-{number}") for number in range(20)] == ["InvalidSessionError"] * 20


async def test_a_clear_no_is_not_asked_for_again_at_once(limited: SocketServer, clock: Clock) -> None:
    async with SessionVerifier(Remote(limited.url)) as verifier:
        assert {await answer(verifier, "rubbish") for _ in range(50)} == {"InvalidSessionError"}
        assert len(limited.requests) == 1
        clock.now += 2
        assert await answer(verifier, "rubbish") == "InvalidSessionError"
        assert len(limited.requests) == 2


async def test_with_the_secret_a_forged_cookie_is_asked_about_by_nobody(limited: SocketServer) -> None:
    signed = set_signed_cookie(NAME, "known-ada", SECRET, CookieAttributes()).partition(";")[0]
    async with SessionVerifier(Remote(limited.url, secret=SECRET)) as verifier:
        for value in ("rubbish", "x" * 32 + "." + "A" * 43 + "%3D", ""):
            with pytest.raises((InvalidSessionError, NoSessionError)):
                await verifier.verify(cookie(value))
        assert limited.requests == []
        assert (await verifier.verify({"cookie": signed})).user.name == "Ada"
        # A bearer token may be anything that a plugin knows.
        with pytest.raises(InvalidSessionError):
            await verifier.verify({**cookie("rubbish"), "authorization": "Bearer key"})
        assert len(limited.requests) == 2


def test_what_is_remembered_is_bounded(clock: Clock) -> None:
    kept = Patience()
    for number in range(30_000):
        digest = Patience.digest(str(number), "")
        kept.accepted(digest)
        kept.refused(Patience.digest("no", str(number)), ("", ()))
    assert (len(kept._known), len(kept._refused)) == (10_000, 10_000)
    assert all(len(digest) == 32 for digest in kept._known)


@pytest.mark.parametrize(
    ("headers", "sent"),
    [
        ([("host", "a")], [("host", "a"), ("x-forwarded-for", "203.0.113.9")]),
        ([(b"host", b"a")], [(b"host", b"a"), (b"x-forwarded-for", b"203.0.113.9")]),
        ({"host": "a"}, [("host", "a"), ("x-forwarded-for", "203.0.113.9")]),
        ({"X-Forwarded-For": "192.0.2.1"}, {"X-Forwarded-For": "192.0.2.1"}),
        ([(b"x-forwarded-for", b"192.0.2.1")], [(b"x-forwarded-for", b"192.0.2.1")]),
    ],
)
def test_the_connection_names_the_client_unless_a_proxy_does(headers: Any, sent: Any) -> None:
    assert with_peer(headers, "203.0.113.9") == sent
    assert with_peer(headers, None) == headers


async def test_a_hundred_strangers_leave_a_real_server_time_for_others(tmp_path: Path) -> None:
    with ours(f"sqlite:///{tmp_path}/auth.db", strategy=None, rate_limit={"enabled": True}) as service:
        ada = sign_up(service, "ada@example.com")
        async with SessionVerifier(Remote(service.url)) as verifier:

            async def stranger(number: int) -> str:
                try:
                    await verifier.verify({**cookie(f"rubbish-{number}"), "x-forwarded-for": "203.0.113.66"})
                except (InvalidSessionError, VerificationUnavailableError) as error:
                    return type(error).__name__
                return "in"

            answers = await asyncio.gather(*map(stranger, range(150)))
            assert answers.count("VerificationUnavailableError") >= 50
            assert "in" not in answers
            verified = await verifier.verify({**ada.headers, "x-forwarded-for": "203.0.113.7"})
            assert verified.user.email == "ada@example.com"
