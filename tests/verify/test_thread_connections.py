"""Connections that threads share: what comes unasked, forked processes, slow name servers, addresses that are dead."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from betterauth_py.verify import VerificationUnavailableError, sync
from tests.verify.servers import JsonServer, SocketServer, reply
from tests.verify.test_remote import ANSWER, COOKIE

OTHER = {"session": {**ANSWER["session"], "userId": "u2"}, "user": {**ANSWER["user"], "id": "u2"}}
USE_AND_EXIT = """
import sys
from betterauth_py.verify import sync

def use():
    verifier = sync.SessionVerifier(sync.Remote(sys.argv[1]))
    verifier.verify({"cookie": "better-auth.session_token=1"})
    return verifier

use()
kept = use()
"""


def test_what_comes_unasked_is_nobodys_answer() -> None:
    def twice(connection: socket.socket, request: bytes) -> None:
        connection.sendall(reply(json.dumps(ANSWER)))
        time.sleep(0.05)
        connection.sendall(reply(json.dumps(OTHER)))

    with SocketServer(twice) as server, sync.SessionVerifier(sync.Remote(server.url)) as verifier:
        for _ in range(3):
            assert verifier.verify({"cookie": COOKIE}).user.id == "u1"
            time.sleep(0.1)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_forked_process_waits_for_no_thread_of_its_parent_and_takes_no_connection_from_it() -> None:
    def slowly(connection: socket.socket, request: bytes) -> None:
        if b"slow" in request:
            time.sleep(0.5)
        # The client's port says which connection it was.
        port = f"{connection.getpeername()[1]}"
        connection.sendall(reply(json.dumps({**ANSWER, "user": {**ANSWER["user"], "port": port}})))

    with SocketServer(slowly) as server, sync.SessionVerifier(sync.Remote(server.url)) as verifier:
        kept = verifier.verify({"cookie": COOKIE}).user.port
        asking = threading.Thread(target=verifier.verify, args=({"cookie": f"{COOKIE}slow"},))
        asking.start()
        time.sleep(0.1)
        verifier.verify({"cookie": COOKIE})
        with warnings.catch_warnings():
            # Python warns of threads that are lost; these locks are what it means.
            warnings.simplefilter("ignore", DeprecationWarning)
            child = os.fork()
        if child == 0:
            status = 1
            try:
                signal.alarm(5)
                ports = [verifier.verify({"cookie": f"{COOKIE}{more}"}).user.port for more in ("slow", "")]
                status = 0 if kept not in ports else 2
            finally:
                os._exit(status)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        asking.join()
        assert verifier.verify({"cookie": COOKIE}).user.id == "u1"


@pytest.fixture
def slow_names(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A name server that does not answer; resolvers wait ten seconds and more for it."""
    asked: list[str] = []
    released = threading.Event()
    look_up = socket.getaddrinfo

    def slowly(host: str, *arguments: Any, **more: Any) -> Any:
        if host == "auth.example":
            if more.get("flags"):
                raise socket.gaierror
            asked.append(host)
            released.wait(10)
            host = "127.0.0.1"
        return look_up(host, *arguments, **more)

    monkeypatch.setattr(socket, "getaddrinfo", slowly)
    yield asked
    released.set()


def test_a_name_server_that_does_not_answer_is_not_waited_for(slow_names: list[str]) -> None:
    verifier = sync.SessionVerifier(sync.Remote("http://auth.example", timeout=0.3))
    start = time.monotonic()
    for number in range(3):
        with pytest.raises(VerificationUnavailableError):
            verifier.find({"cookie": f"{COOKIE}{number}"})
    assert time.monotonic() - start < 2
    assert slow_names == ["auth.example"]


def test_an_address_that_is_dead_leaves_time_for_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    look_up = socket.getaddrinfo
    # Full: the kernel answers no further connection.
    with JsonServer(ANSWER) as server, closing(socket.create_server(("127.0.0.1", 0), backlog=0)) as full:
        address = full.getsockname()
        filling = [socket.socket() for _ in range(4)]
        for one in filling:
            one.setblocking(False)
            one.connect_ex(address)

        def both(host: str, port: int, **more: Any) -> Any:
            found = look_up(host, port, **more)
            return [(*found[0][:4], address), *found] if port == server.port else found

        monkeypatch.setattr(socket, "getaddrinfo", both)
        with sync.SessionVerifier(sync.Remote(server.url, timeout=1)) as verifier:
            start = time.monotonic()
            assert verifier.verify({"cookie": COOKIE}).user.id == "u1"
            assert 0.4 < time.monotonic() - start < 1
        for one in filling:
            one.close()


def test_a_verifier_that_nobody_closes_leaves_no_warning() -> None:
    with JsonServer(ANSWER) as server:
        command = [sys.executable, "-X", "dev", "-W", "error", "-c", USE_AND_EXIT, server.url]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
