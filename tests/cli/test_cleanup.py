"""`betterauth cleanup`, and `betterauth serve` with Redis, as processes of their own."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.command import free_port, run, serving
from tests.redis_server import RedisServer

OVER, ALIVE = 1_500_000_000_000, 9_000_000_000_000


def insert(database: sqlite3.Connection, table: str, **values: object) -> None:
    values |= {"created_at": OVER, "updated_at": OVER}
    marks = ", ".join("?" for _ in values)
    database.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", list(values.values()))


@pytest.fixture
def service(tmp_path: Path) -> Path:
    """A folder with a database in which three sessions and one verification are over, one of each is not."""
    (tmp_path / "betterauth.toml").write_text('[database]\nurl = "sqlite:///auth.db"\n', encoding="utf-8")
    assert run(tmp_path, "migrate").returncode == 0
    with closing(sqlite3.connect(tmp_path / "auth.db", isolation_level=None)) as database:
        insert(database, "user", id="u", name="Ada", email="ada@example.com")
        for number, ends in enumerate((OVER, OVER, OVER, ALIVE)):
            insert(database, "session", id=f"s{number}", token=f"t{number}", user_id="u", expires_at=ends)
        for number, ends in enumerate((OVER, ALIVE)):
            insert(database, "verification", id=f"v{number}", identifier="i", value="v", expires_at=ends)
    return tmp_path


def test_it_counts_deletes_and_tells(service: Path) -> None:
    dry = run(service, "cleanup", "--dry-run")
    done = run(service, "cleanup", "--batch-size", "2")
    again = run(service, "cleanup")
    assert [answer.stdout for answer in (dry, done, again)] == [
        "To be deleted: 3 expired sessions, 1 expired verifications.\n",
        "Deleted: 3 expired sessions, 1 expired verifications.\n",
        "Deleted: 0 expired sessions, 0 expired verifications.\n",
    ]
    assert {answer.returncode for answer in (dry, done, again)} == {0}
    with closing(sqlite3.connect(service / "auth.db")) as database:
        assert database.execute("SELECT id FROM session").fetchall() == [("s3",)]
        assert database.execute("SELECT id FROM verification").fetchall() == [("v1",)]


@pytest.mark.parametrize(
    ("arguments", "variables", "message", "code"),
    [
        (("--batch-size", "0"), {}, "'0' is not a whole number; give 1 or more", 2),
        ((), {"DATABASE_URL": "sqlite:///other.db"}, "Check with `betterauth migrate --check`", 1),
        ((), {"DATABASE_URL": "postgresql://u:hushhush@127.0.0.1:1/d"}, "Cannot connect to PostgreSQL", 1),
        ((), {"BETTER_AUTH_CONFIG": "nowhere.toml"}, "Configuration file nowhere.toml does not exist", 1),
    ],
)
def test_what_is_wrong_is_one_sentence(
    service: Path, arguments: tuple[str, ...], variables: dict[str, str], message: str, code: int
) -> None:
    done = run(service, "cleanup", *arguments, **variables)
    assert (done.returncode, done.stdout) == (code, "")
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert "hushhush" not in done.stderr


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("redis://:hushhush@127.0.0.1:1/0", r"betterauth: Redis at 127\.0\.0\.1:1 does not answer: ConnectionError\."),
        ("http://:hushhush@127.0.0.1", r"betterauth: Option `secondary_storage\.url` \(BETTER_AUTH_REDIS_URL\) is not"),
    ],
)
def test_serve_refuses_to_start_without_its_redis(service: Path, url: str, message: str) -> None:
    done = run(service, "serve", "--port", str(free_port()), BETTER_AUTH_REDIS_URL=url)
    assert done.returncode == 1
    assert re.search(message, done.stderr), done.stderr
    assert "Traceback" not in done.stderr
    assert "hushhush" not in done.stderr


def test_serve_keeps_sessions_in_the_redis_of_the_environment(service: Path, redis: RedisServer) -> None:
    with serving(service, "--workers", "2", BETTER_AUTH_REDIS_URL=redis.url) as server:
        body = {"name": "Bob", "email": "bob@example.com", "password": "correct horse"}
        answer = server.ask("POST", "/api/auth/sign-up/email", body)
        assert answer.status == 200
        assert redis.client.exists(f"better-auth:{answer.json()['token']}")
