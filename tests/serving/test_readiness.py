"""What load balancers and orchestrators ask."""

from __future__ import annotations

import time
from pathlib import Path

from tests.cli.command import run, serving
from tests.serving.wire import read_all, sent
from tests.store.stoppable import stoppable_postgresql


def test_head_is_answered_like_get_without_a_body(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        for path in ("/health/live", "/health/ready"):
            asked = f" {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"
            heads = []
            for method in ("GET", "HEAD"):
                with sent(server.port, f"{method}{asked}".encode()) as connection:
                    head, _, body = read_all(connection).partition(b"\r\n\r\n")
                heads.append([line for line in head.split(b"\r\n") if not line.startswith(b"date:")])
            assert heads[0] == heads[1]
            assert heads[0][0] == b"HTTP/1.1 200 OK"
            assert body == b""


def test_readiness_is_answered_within_three_seconds_by_a_database_that_does_not_answer(tmp_path: Path) -> None:
    with stoppable_postgresql() as postgresql:
        assert run(tmp_path, "migrate", DATABASE_URL=postgresql.url).returncode == 0
        with serving(tmp_path, DATABASE_URL=postgresql.url) as server:
            assert server.ask("GET", "/health/ready").json() == {"status": "ok", "database": "ok"}
            with postgresql.paused():
                for _ in range(2):
                    started = time.monotonic()
                    answer = server.ask("GET", "/health/ready")
                    assert (answer.status, answer.json()["database"]) == (503, "unreachable")
                    assert time.monotonic() - started < 4
                assert server.ask("GET", "/health/live").status == 200
            give_up = time.monotonic() + 20
            while server.ask("GET", "/health/ready").status != 200:
                assert time.monotonic() < give_up


def test_a_proxy_that_strips_a_prefix_is_told_of(tmp_path: Path) -> None:
    settings = {"BETTER_AUTH_URL": "http://localhost:8080/login/api/auth", "BETTER_AUTH_ROOT_PATH": "/login/"}
    with serving(tmp_path, **settings) as server:
        assert server.ask("GET", "/api/auth/ok").json() == {"ok": True}
        assert server.ask("GET", "/health/ready").status == 200
        assert "is mounted at" not in server.printed
