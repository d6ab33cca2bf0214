"""Keys: kept for five seconds, rotated, made once however many want one, and never used when they are over."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import pytest

from betterauth_py import BetterAuth
from betterauth_py.clock import ManualClock
from betterauth_py.conformance.recorder.embedded_postgres import EmbeddedPostgres
from betterauth_py.crypto.signing_keys import KeyPair, generate_key_pair
from betterauth_py.plugins.jwt import jwt
from betterauth_py.plugins.jwt.keys import KEPT_MS
from tests.conftest import MakeAuth
from tests.plugins.jwt.support import claims_of, header_of, published, sign_in, token_of, verified
from tests.store.support import SECRET, auth_on, execute_script, running, stored_rows

KEPT = KEPT_MS / 1000


def reads_of_keys(auth: BetterAuth, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Grows with every time the table of keys is read."""
    reads: list[str] = []
    find_many = auth.context.rows.find_many

    async def counted(model: str, *where: Any, **more: Any) -> Any:
        reads.append(model)
        return await find_many(model, *where, **more)

    monkeypatch.setattr(auth.context.rows, "find_many", counted)
    return reads


async def test_keys_are_read_once_in_five_seconds_however_many_tokens(
    make_auth: MakeAuth, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    auth = await make_auth(plugins=["jwt"], clock=clock)
    headers = await sign_in(auth)
    await token_of(auth, headers)
    reads = reads_of_keys(auth, monkeypatch)
    clock.advance(KEPT - 0.001)
    for _ in range(10):
        await auth.api.get_session(headers=headers)
    assert reads == []
    clock.advance(0.001)
    await asyncio.gather(*(auth.api.get_session(headers=headers) for _ in range(10)))
    assert reads == ["jwks"]


async def test_a_clock_that_is_set_back_does_not_keep_keys_for_longer(
    make_auth: MakeAuth, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    auth = await make_auth(plugins=["jwt"], clock=clock)
    headers = await sign_in(auth)
    await token_of(auth, headers)
    reads = reads_of_keys(auth, monkeypatch)
    clock.advance(-3600)
    await token_of(auth, headers)
    assert reads == ["jwks"]


async def test_a_key_that_another_process_made_or_deleted_is_noticed_in_five_seconds(
    database_url: str, clock: ManualClock
) -> None:
    auths = [auth_on(database_url, plugins=["jwt"], clock=clock) for _ in range(2)]
    async with running(auths[0]) as one, running(auths[1]) as other:
        headers = await sign_in(one)
        first = header_of(await token_of(one, headers))["kid"]
        assert header_of(await token_of(other, headers))["kid"] == first
        await execute_script(database_url, "DELETE FROM jwks")
        # What verifiers get is never kept: neither process publishes the key, and the second makes another.
        assert first not in await published(other)
        clock.advance(KEPT)
        second = header_of(await token_of(other, headers))["kid"]
        assert header_of(await token_of(one, headers))["kid"] == second != first
        assert await published(one) == await published(other) == [second]


async def test_a_key_never_signs_past_its_end(make_auth: MakeAuth, clock: ManualClock) -> None:
    auth = await make_auth(plugins={"jwt": {"jwks": {"rotation_interval": 3, "grace_period": 60}}}, clock=clock)
    headers = await sign_in(auth)
    first = await token_of(auth, headers)
    clock.advance(2.999)
    assert header_of(await token_of(auth, headers))["kid"] == header_of(first)["kid"]
    clock.advance(0.001)
    second = await token_of(auth, headers)
    assert header_of(second)["kid"] != header_of(first)["kid"]
    # The tokens of before stay good for as long as they say, while the key is published.
    assert await verified(auth, first) == claims_of(first)
    assert await published(auth) == [header_of(first)["kid"], header_of(second)["kid"]]
    clock.advance(60)
    assert header_of(first)["kid"] not in await published(auth)


async def test_the_same_question_within_a_second_gets_the_same_token(make_auth: MakeAuth, clock: ManualClock) -> None:
    auth = await make_auth(plugins=[jwt(jwks={"key_pair_config": {"alg": "ES256"}})], clock=clock)
    ada, bob = await sign_in(auth), await sign_in(auth)
    first = await token_of(auth, ada)
    assert await token_of(auth, ada) == first
    assert await token_of(auth, bob) != first
    clock.advance(1)
    later = await token_of(auth, ada)
    assert later != first
    assert claims_of(later)["iat"] == claims_of(first)["iat"] + 1


async def test_many_first_questions_make_one_key(database_url: str) -> None:
    auths = [auth_on(database_url, plugins=["jwt"]) for _ in range(6)]
    await auths[0].migrate()
    headers = await sign_in(auths[0])
    work = [ask for auth in auths for ask in (auth.api.get_jwks(), token_of(auth, headers), token_of(auth, headers))]
    answers = await asyncio.gather(*work)
    [row] = await stored_rows(database_url, "jwks")
    assert {header_of(answer)["kid"] for answer in answers if isinstance(answer, str)} == {row["id"]}
    assert [answer for answer in answers if not isinstance(answer, str)] == [answers[0]] * len(auths)
    for auth in auths:
        await auth.shutdown()


async def test_those_who_wait_for_the_first_key_do_not_make_one_each(
    make_auth: MakeAuth, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    def counted(*arguments: Any) -> KeyPair:
        made.append("a pair")
        return generate_key_pair(*arguments)

    monkeypatch.setattr("betterauth_py.plugins.jwt.keys.generate_key_pair", counted)
    auth = await make_auth(plugins=[jwt(jwks={"key_pair_config": {"alg": "RS256"}})])
    headers = await sign_in(auth)
    await asyncio.gather(*(token_of(auth, headers) for _ in range(20)))
    assert made == ["a pair"]


_PROCESS = """
import asyncio, sys
from betterauth_py import BetterAuth
async def main():
    url, secret = sys.argv[1:]
    auth = BetterAuth(base_url="http://localhost:3001", secret=secret, database={"url": url}, plugins=["jwt"])
    await auth.startup()
    print("ready", flush=True)
    sys.stdin.readline()
    token = (await auth.api.sign_jwt(body={"payload": {"sub": "x"}}))["token"]
    print(token, [key["kid"] for key in (await auth.api.get_jwks())["keys"]], flush=True)
    await auth.shutdown()
asyncio.run(main())
"""


async def test_processes_that_need_the_first_key_at_the_same_moment_share_it(database_url: str) -> None:
    auth = auth_on(database_url, plugins=["jwt"])
    await auth.migrate()
    processes = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", _PROCESS, database_url, SECRET),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        for _ in range(3)
    ]
    for process in processes:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"
    answers = await asyncio.gather(*(process.communicate(b"go\n") for process in processes))
    [row] = await stored_rows(database_url, "jwks")
    for output, _ in answers:
        token, _, keys = output.decode().partition(" ")
        assert keys == f"['{row['id']}']\n"
        assert await verified(auth, token) is not None
    await auth.shutdown()


async def test_two_auths_with_one_plugin_value_have_keys_of_their_own(make_auth: MakeAuth) -> None:
    plugin = jwt()
    one, other = await make_auth(plugins=[plugin]), await make_auth(plugins=[plugin])
    token = (await one.api.sign_jwt(body={"payload": {"sub": "x"}}))["token"]
    assert await verified(one, token) is not None
    assert await verified(other, token) is None
    assert set(await published(one)).isdisjoint(await published(other))


async def test_a_token_is_signed_while_the_key_is_read_anew(
    postgres: EmbeddedPostgres, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(auth_on(postgres.database("slow_keys"), plugins=["jwt"], clock=clock)) as auth:
        headers = await sign_in(auth)
        first = await token_of(auth, headers)
        clock.advance(KEPT)
        go_on = asyncio.Event()
        find_many = auth.context.rows.find_many

        async def slow(*where: Any, **more: Any) -> Any:
            await go_on.wait()
            return await find_many(*where, **more)

        monkeypatch.setattr(auth.context.rows, "find_many", slow)
        reading = asyncio.create_task(token_of(auth, headers))
        await asyncio.sleep(0.05)
        assert header_of(await token_of(auth, headers)) == header_of(first)
        # Whoever reads may be gone before the answer; the next one then reads.
        reading.cancel()
        await asyncio.wait([reading])
        go_on.set()
        assert header_of(await token_of(auth, headers)) == header_of(first)
