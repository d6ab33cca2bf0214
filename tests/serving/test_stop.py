"""SIGTERM: not ready first, then no more connections, and whatever was accepted is answered."""

from __future__ import annotations

import signal
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.cli.command import Server, serving
from tests.serving.wire import REQUEST, answer, connect, read_all, seconds_until_closed, sent, status

PROCESSES = pytest.mark.parametrize("processes", ["1", "2"])


def wait_until_leaving(server: Server) -> None:
    give_up = time.monotonic() + 5
    while server.ask("GET", "/health/ready").status != 503:
        assert time.monotonic() < give_up
        time.sleep(0.02)


@PROCESSES
def test_it_is_not_ready_while_it_drains_and_still_answers(tmp_path: Path, processes: str) -> None:
    with serving(tmp_path, "--workers", processes, "--drain", "3") as server:
        assert server.ask("GET", "/health/ready").status == 200
        server.process.send_signal(signal.SIGTERM)
        told = time.monotonic()
        wait_until_leaving(server)
        assert time.monotonic() - told < 2
        assert server.ask("GET", "/health/ready").json() == {"status": "stopping"}
        assert server.ask("GET", "/health/live").status == 200
        while time.monotonic() - told < 2:
            assert server.ask("GET", "/api/auth/ok").json() == {"ok": True}
        assert server.process.wait(timeout=20) == 0
        assert 2.9 < time.monotonic() - told < 12


@PROCESSES
def test_whoever_could_connect_is_answered(tmp_path: Path, processes: str) -> None:
    """Connections are opened until none can be: each was accepted by somebody who answers."""
    answered: list[int] = []
    refused = threading.Event()

    def knock(port: int) -> None:
        while not refused.is_set():
            try:
                with connect(port) as connection:
                    time.sleep(0.005)
                    connection.sendall(REQUEST)
                    answered.append(status(answer(connection)))
            except ConnectionRefusedError:
                refused.set()
            except ConnectionError:
                answered.append(0)

    with serving(tmp_path, "--workers", processes, "--drain", "1") as server:
        knocking = [threading.Thread(target=knock, args=(server.port,)) for _ in range(4)]
        for one in knocking:
            one.start()
        time.sleep(0.3)
        assert server.stop() == 0
        for one in knocking:
            one.join(timeout=25)
    assert refused.is_set()
    assert len(answered) > 50
    assert set(answered) == {200}


@PROCESSES
def test_requests_on_kept_connections_are_answered(tmp_path: Path, processes: str) -> None:
    """Without any time to drain: what is asked within a moment of the stop has its answer, which says to close."""
    with serving(tmp_path, "--workers", processes, "--drain", "0") as server, ExitStack() as stack:
        kept = [stack.enter_context(sent(server.port, REQUEST)) for _ in range(10)]
        assert [status(answer(connection)) for connection in kept] == [200] * 10
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        for connection in kept:
            connection.sendall(REQUEST)
        answers = [answer(connection) for connection in kept]
        assert [status(one) for one in answers] == [200] * 10
        assert [one for one in answers if b"connection: close" not in one] == []
        assert server.process.wait(timeout=20) == 0


def test_a_connection_that_was_made_but_not_used_gets_a_moment(tmp_path: Path) -> None:
    with serving(tmp_path, "--drain", "0") as server:
        with connect(server.port) as late, connect(server.port) as silent:
            server.process.send_signal(signal.SIGTERM)
            time.sleep(0.4)
            late.sendall(REQUEST)
            assert status(answer(late)) == 200
            assert seconds_until_closed(silent) < 5
        assert server.process.wait(timeout=20) == 0


def test_idle_connections_and_half_requests_do_not_hold_the_end_up(tmp_path: Path) -> None:
    with serving(tmp_path, "--drain", "0", "--grace", "8") as server, ExitStack() as stack:
        kept = [stack.enter_context(sent(server.port, REQUEST)) for _ in range(5)]
        assert [status(answer(connection)) for connection in kept] == [200] * 5
        for half in (b"", REQUEST[:20]):
            stack.enter_context(sent(server.port, half))
        time.sleep(1.2)
        told = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - told < 4


@PROCESSES
def test_ctrl_c_ends_without_draining(tmp_path: Path, processes: str) -> None:
    with serving(tmp_path, "--workers", processes, "--drain", "60") as server:
        told = time.monotonic()
        assert server.stop(signal.SIGINT) == 0
        assert time.monotonic() - told < 6
        assert "Traceback" not in server.printed


@PROCESSES
def test_ctrl_c_ends_draining(tmp_path: Path, processes: str) -> None:
    with serving(tmp_path, "--workers", processes, "--drain", "60") as server:
        server.process.send_signal(signal.SIGTERM)
        wait_until_leaving(server)
        told = time.monotonic()
        assert server.stop(signal.SIGINT) == 0
        assert time.monotonic() - told < 6


def test_a_request_that_takes_longer_than_the_grace_period_is_cut_off_and_told_by_the_exit_code(tmp_path: Path) -> None:
    (tmp_path / "own_hooks.py").write_text("import asyncio\n\nasync def wait(ctx):\n    await asyncio.sleep(30)\n")
    (tmp_path / "betterauth.toml").write_text("[hooks]\nbefore = 'own_hooks:wait'\n")
    with serving(tmp_path, "--drain", "0", "--grace", "1") as server, sent(server.port, REQUEST) as connection:
        time.sleep(0.5)
        assert server.stop() == 3
        assert status(read_all(connection)) in {0, 500}


def test_in_production_it_drains_by_itself_and_in_development_it_does_not(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        told = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - told < 4
    with serving(tmp_path, BETTER_AUTH_ENV="production", BETTER_AUTH_URL="http://localhost:3001",
                 BETTER_AUTH_SECRET="wT5mOQpYyJ3s8r2vKx7uZ1aB4cD6eF9g", BETTER_AUTH_DRAIN="") as server:  # fmt: skip
        told = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - told > 4.5
