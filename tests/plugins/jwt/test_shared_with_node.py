"""One table of keys, two servers: better-auth on Node and this one, with the same secrets."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from betterauth_py import BetterAuth
from tests.migrations.node import better_auth
from tests.plugins.jwt.support import claims_of, header_of, published, sign_in, token_of, verified
from tests.store.support import ORIGIN, auth_on, execute_script, new_address, running, sign_up_body, stored_rows

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("npm_packages")]

OLD, NEW, SINGLE = (f"{which}-secret-Jx2p9Wq7Lr4Tn6Vb8Zc1Ym3Kd5Hf0GsE" for which in ("old", "new", "single"))
VERSIONED = [{"version": 2, "value": NEW}, {"version": 1, "value": OLD}]


def node_token(node: httpx.Client) -> tuple[str, dict[str, str]]:
    """Somebody signs up at better-auth and gets a token; the second is their Cookie header."""
    answer = node.post("/sign-up/email", json=sign_up_body(new_address()))
    assert answer.status_code == 200, answer.text
    pairs = [cookie.partition(";")[0] for cookie in answer.headers.get_list("set-cookie")]
    cookies = {"cookie": "; ".join(pairs)}
    node.cookies.clear()
    token: str = node.get("/token", headers=cookies).json()["token"]
    return token, cookies


@contextmanager
def node_on(url: str, layout: str, *, make: bool = False, **options: Any) -> Iterator[httpx.Client]:
    with better_auth(url, layout, {"plugins": {"jwt": {}}, **options}, make=make) as node:
        yield node


def ours_on(url: str, layout: str, **options: Any) -> BetterAuth:
    database = {"layout": layout, "schema_check": False}
    return auth_on(url, database=database, **{"plugins": ["jwt"], **options})


@pytest.mark.parametrize("algorithm", ["EdDSA", "ES256", "ES512", "RS256", "PS256"])
async def test_keys_that_node_made_sign_here_and_the_other_way_round(
    algorithm: str, postgresql_url: str, layout: str
) -> None:
    theirs = {"plugins": {"jwt": {"jwks": {"keyPairConfig": {"alg": algorithm}}}}}
    own = {"plugins": {"jwt": {"jwks": {"key_pair_config": {"alg": algorithm}}}}}
    with node_on(postgresql_url, layout, make=True, **theirs) as node:
        async with running(ours_on(postgresql_url, layout, **own), migrate=False) as ours:
            token, cookies = await asyncio.to_thread(node_token, node)
            # Their key, their session.
            here = await token_of(ours, cookies)
            assert header_of(here) == header_of(token)
            assert claims_of(here)["sub"] == claims_of(token)["sub"]
            assert list(claims_of(here)) == list(claims_of(token))
            assert await verified(ours, token) == claims_of(token)
            keys = (await asyncio.to_thread(node.get, "/jwks")).json()
            assert await ours.api.get_jwks() == keys
            # Our key: they read the table for every token, we notice at once because we have made it.
            await execute_script(postgresql_url, "DELETE FROM jwks")
        async with running(ours_on(postgresql_url, layout, **own), migrate=False) as ours:
            mine = await token_of(ours, cookies)
            token = (await asyncio.to_thread(node.get, "/token", headers=cookies)).json()["token"]
            assert header_of(mine) == header_of(token) != header_of(here)
            assert await verified(ours, token) == claims_of(token)
            assert (await asyncio.to_thread(node.get, "/jwks")).json() == await ours.api.get_jwks()
            theirs_of_header = await asyncio.to_thread(node.get, "/get-session", headers=cookies)
            assert header_of(theirs_of_header.headers["set-auth-jwt"]) == header_of(mine)


async def test_versions_of_the_secret(postgresql_url: str) -> None:
    layout = "drizzle"
    options = {"secrets": VERSIONED}
    with node_on(postgresql_url, layout, make=True, **options) as node:
        async with running(ours_on(postgresql_url, layout, **options), migrate=False) as ours:
            token, cookies = await asyncio.to_thread(node_token, node)
            [row] = await stored_rows(postgresql_url, "jwks")
            assert row["private_key"].startswith('"$ba$2$')
            assert header_of(await token_of(ours, cookies)) == header_of(token)
        await execute_script(postgresql_url, "DELETE FROM jwks")
        async with running(ours_on(postgresql_url, layout, **options), migrate=False) as ours:
            mine = await token_of(ours, cookies)
            [row] = await stored_rows(postgresql_url, "jwks")
            assert row["private_key"].startswith('"$ba$2$')
            again = (await asyncio.to_thread(node.get, "/token", headers=cookies)).json()["token"]
            assert header_of(again) == header_of(mine)


@pytest.mark.parametrize("made_by", ["node", "ours"])
async def test_a_key_of_before_the_secret_got_versions(made_by: str, postgresql_url: str) -> None:
    layout = "better-auth"
    before: dict[str, Any] = {"secret": SINGLE}
    after = {**before, "secrets": VERSIONED}
    with node_on(postgresql_url, layout, make=True, **before) as node:
        if made_by == "node":
            token, _ = await asyncio.to_thread(node_token, node)
        else:
            async with running(_with_secrets(postgresql_url, layout, before), migrate=False) as ours:
                token = await token_of(ours, await sign_in(ours))
    [row] = await stored_rows(postgresql_url, "jwks")
    assert row["privateKey"].startswith('"')
    assert "$" not in row["privateKey"]
    with node_on(postgresql_url, layout, **after) as node:
        again, cookies = await asyncio.to_thread(node_token, node)
        async with running(_with_secrets(postgresql_url, layout, after), migrate=False) as ours:
            assert header_of(await token_of(ours, cookies)) == header_of(again) == header_of(token)
            assert await published(ours) == [row["id"]]


def _with_secrets(url: str, layout: str, secrets: dict[str, Any]) -> BetterAuth:
    return BetterAuth(
        base_url=ORIGIN,
        database={"url": url, "layout": layout, "schema_check": False},
        email_and_password={"enabled": True, "password": {"argon2": {"time_cost": 1, "memory_cost": 64}}},
        plugins=["jwt"],
        **secrets,
    )
