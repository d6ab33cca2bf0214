"""The server that scenarios are played against shows what a step has changed, however busy the machine is."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from concurrent.futures import Future
from time import monotonic, sleep

from betterauth_py.conformance.http_wire import Request, exchange
from betterauth_py.conformance.jars import Jar, cookie_header, keep
from betterauth_py.conformance.recorder.embedded_postgres import EmbeddedPostgres
from betterauth_py.conformance.recorder.our_server import OurServer
from betterauth_py.conformance.scenario import load_all
from tests.store.session_pairs import LISTENING, lookup_of
from tests.store.support import query


def test_a_change_is_shown_by_the_next_answer_though_its_notification_is_late(postgres: EmbeddedPostgres) -> None:
    url = postgres.database("late")
    (scenario,) = load_all("sign-in")
    server = OurServer(scenario, url.replace("postgresql://", "postgresql+asyncpg://"), memory_cache=True)
    jar: Jar = {}
    person = {"name": "Ada", "email": "ada@example.com", "password": "correct horse"}
    sign_up = Request(
        "POST", "/api/auth/sign-up/email", (("Content-Type", "application/json"),), json.dumps(person).encode()
    )
    with server:
        keep(jar, exchange(server.address, sign_up))
        get_session = Request("GET", "/api/auth/get-session", (("Cookie", cookie_header(jar)),))
        deadline = monotonic() + 5
        while not remembered_sessions(server):
            assert b"Ada" in exchange(server.address, get_session).body
            assert monotonic() < deadline
            sleep(0.002)
        (listening,) = asyncio.run(query(url, LISTENING))
        os.kill(listening["pid"], signal.SIGSTOP)
        try:
            assert server.database.change("session", {"expires_at": 0}, {}) == 1
            assert exchange(server.address, get_session).body == b"null"
        finally:
            os.kill(listening["pid"], signal.SIGCONT)


def remembered_sessions(server: OurServer) -> int:
    """How many sessions the server keeps in memory; only its own event loop can be asked."""
    counted: Future[int] = Future()
    assert server._server is not None
    server._server.call(lambda: counted.set_result(len(lookup_of(server._auth).cache)))
    return counted.result(timeout=5)
