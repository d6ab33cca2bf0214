"""`betterauth serve`, from an empty folder to a graceful end."""

from __future__ import annotations

import json
import resource
import signal
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.cli.command import Answer, Server, free_port, run, serving

ALICE = {"name": "Alice", "email": "alice@example.com", "password": "correct horse battery"}
CREDENTIALS = {name: ALICE[name] for name in ("email", "password")}
SLOW_HOOK = """
import asyncio

async def wait(ctx):
    if ctx.path == "/ok":
        await asyncio.sleep(1.5)
"""


def sign_up(server: Server) -> Answer:
    answer = server.ask("POST", "/api/auth/sign-up/email", ALICE)
    assert answer.status == 200, answer
    return answer


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "service"
    made.mkdir()
    return made


def test_an_empty_folder_is_enough_and_a_restart_changes_nothing(folder: Path) -> None:
    with serving(folder) as server:
        token = sign_up(server).json()["token"]
        for line in (
            f"  API        http://localhost:{server.port}/api/auth",
            f"  Reference  http://localhost:{server.port}/reference",
            f"  OpenAPI    http://localhost:{server.port}/openapi.json",
            f"  Health     http://localhost:{server.port}/health/ready",
            "  Database   SQLite, betterauth.db",
            f'  const authClient = createAuthClient({{ baseURL: "http://localhost:{server.port}" }})',
        ):
            assert line in server.printed.splitlines()
        assert server.ask("GET", "/reference").status == 200
        assert server.ask("GET", "/health/ready").json() == {"status": "ok", "database": "ok"}
        assert server.stop() == 0
        assert "Traceback" not in server.printed
        cookies = dict(server.cookies)

    secret = folder / ".betterauth" / "secret"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    kept = secret.read_text()
    assert len(kept.strip()) == 43
    subprocess.run(["git", "init", "-q", folder], check=True)
    assert subprocess.run(["git", "check-ignore", "-q", ".betterauth/secret"], cwd=folder, check=False).returncode == 0

    with serving(folder) as server:
        assert secret.read_text() == kept
        assert kept.strip() not in server.printed
        server.cookies = cookies
        found = server.ask("GET", "/api/auth/get-session").json()
        assert (found["session"]["token"], found["user"]["email"]) == (token, ALICE["email"])
        assert server.stop(signal.SIGINT) in {0, 130, -signal.SIGINT}


def test_a_request_under_way_is_finished_before_the_end(folder: Path) -> None:
    (folder / "own_hooks.py").write_text(SLOW_HOOK)
    (folder / "betterauth.toml").write_text("[hooks]\nbefore = 'own_hooks:wait'\n")
    answers: list[Answer] = []
    with serving(folder) as server:
        asking = threading.Thread(target=lambda: answers.append(server.ask("GET", "/api/auth/ok")))
        asking.start()
        time.sleep(0.5)
        assert server.stop() == 0
        asking.join(timeout=10)
    assert [(answer.status, answer.body) for answer in answers] == [(200, b'{"ok":true}')]


def test_the_log_is_json_when_asked_for_and_never_has_a_token(folder: Path) -> None:
    with serving(folder, "--log-format", "json", "--access-log") as server:
        token = sign_up(server).json()["token"]
        secrets = [token, ALICE["password"], (folder / ".betterauth" / "secret").read_text().strip()]
        secrets += server.cookies.values()
        server.ask("GET", "/api/auth/get-session?token=hidden-1", headers={"x-request-id": "given-id"})
        server.ask("GET", "/api/auth/reset-password/hidden-2?callbackURL=/hidden-3")
        server.ask("GET", "/api/auth/verify-email?token=hidden-4", headers={"x-request-id": "bad id!"})
        server.ask("GET", "/api/auth/delete-user/callback/hidden-5")
        server.stop()
        printed = server.printed
    entries = [json.loads(line) for line in printed.splitlines() if line.startswith("{")]
    accesses = {entry["path"]: entry for entry in entries if entry["logger"] == "betterauth.access"}
    assert list(accesses)[-4:] == [
        "/api/auth/get-session",
        "/api/auth/reset-password/:token",
        "/api/auth/verify-email",
        "(unknown path)",
    ]
    access = accesses["/api/auth/get-session"]
    assert access == {
        "time": access["time"],
        "level": "info",
        "logger": "betterauth.access",
        "message": f"GET /api/auth/get-session 200 {access['milliseconds']:.1f} ms",
        "request_id": "given-id",
        "method": "GET",
        "path": "/api/auth/get-session",
        "status": 200,
        "milliseconds": access["milliseconds"],
    }
    assert len(accesses["/api/auth/verify-email"]["request_id"]) == 16
    assert [secret for secret in [*secrets, "hidden-"] if secret in printed] == []


def test_every_line_is_json_when_the_log_is_json(folder: Path) -> None:
    with serving(folder, "--log-format", "json", "--access-log") as server:
        server.stop()
        lines = server.printed.splitlines()
    assert [line for line in lines if not line.startswith("{")] == []


@pytest.mark.skipif(sys.platform != "linux", reason="NOT TESTED: only Linux tells the limits of another process")
def test_as_many_connections_as_the_user_may_have_are_allowed(folder: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(512, soft), hard))
    try:
        with serving(folder) as server:
            assert server.ask("GET", "/api/auth/ok").status == 200
            assert resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE) == (hard, hard)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_several_processes_serve_one_database(folder: Path) -> None:
    with serving(folder, "--workers", "2") as server:
        sign_up(server)
        found = {server.ask("GET", "/api/auth/get-session").json()["user"]["name"] for _ in range(10)}
        assert found == {"Alice"}
        assert server.ask("POST", "/api/auth/sign-in/email", CREDENTIALS).status == 200
        assert server.stop() == 0
        assert "Traceback" not in server.printed


def test_reload_serves_and_stops(folder: Path) -> None:
    with serving(folder, "--reload") as server:
        assert server.ask("GET", "/api/auth/ok").json() == {"ok": True}
        assert server.stop() == 0
        assert "Traceback" not in server.printed


def test_production_serves_migrated_sqlite_with_rate_limits_and_secure_cookies(folder: Path) -> None:
    settings = {
        "BETTER_AUTH_URL": "https://auth.example.com",
        "BETTER_AUTH_SECRET": "wT5mOQpYyJ3s8r2vKx7uZ1aB4cD6eF9g",
        "DATABASE_URL": "sqlite:///production.db",
        "BETTER_AUTH_TRUSTED_ORIGINS": "https://app.example.com",
    }
    assert run(folder, "migrate", **settings).returncode == 0
    with serving(folder, **settings) as server:
        headers = {"origin": "https://app.example.com", "x-forwarded-for": "192.0.2.1"}
        made = server.ask("POST", "/api/auth/sign-up/email", ALICE, headers)
        assert [cookie.partition("=")[0] for cookie in made.set_cookies] == ["__Secure-better-auth.session_token"]
        assert made.set_cookies[0].endswith("; Max-Age=604800; Path=/; HttpOnly; Secure; SameSite=Lax")
        statuses = [server.ask("POST", "/api/auth/sign-in/email", CREDENTIALS, headers).status for _ in range(4)]
        assert statuses == [200, 200, 200, 429]
        assert not (folder / ".betterauth").exists()


def test_workers_that_would_count_requests_apart_do_not_start(folder: Path) -> None:
    settings = {
        "BETTER_AUTH_URL": "https://auth.example.com",
        "BETTER_AUTH_SECRET": "wT5mOQpYyJ3s8r2vKx7uZ1aB4cD6eF9g",
        "DATABASE_URL": "sqlite:///production.db",
    }
    done = run(folder, "serve", "--workers", "2", "--port", str(free_port()), **settings)
    assert done.returncode != 0
    assert "Option `rate_limit.storage` is 'memory', in which each of the 2 workers would count" in done.stderr
    assert "BETTER_AUTH_REDIS_URL" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_standalone_server_counts_clients_by_their_connections(folder: Path) -> None:
    settings = {
        "BETTER_AUTH_URL": "https://auth.example.com",
        "BETTER_AUTH_SECRET": "wT5mOQpYyJ3s8r2vKx7uZ1aB4cD6eF9g",
        "DATABASE_URL": "sqlite:///production.db",
        # Not this machine, so what it sends is what anybody could send.
        "BETTER_AUTH_TRUSTED_PROXIES": "10.0.0.0/8",
    }
    assert run(folder, "migrate", **settings).returncode == 0
    with serving(folder, **settings) as server:
        origin = {"origin": "https://auth.example.com"}
        clients = [{**origin, "x-forwarded-for": f"192.0.2.{last}"} for last in range(6)]
        statuses = [server.ask("POST", "/api/auth/sign-in/email", CREDENTIALS, client).status for client in clients]
        assert statuses == [401, 401, 401, 429, 429, 429]
        assert server.stop() == 0
    assert "Ignored x-forwarded-for from 127.0.0.1, which is no trusted proxy" in server.printed
    assert "Too many requests from 127.0.0.1 to /sign-in/email: more than 3 in 10 s" in server.printed
