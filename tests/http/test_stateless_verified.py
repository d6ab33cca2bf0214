"""Cookies of a server without a database are verified elsewhere with the secret, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from betterauth_py.testing.clock import ManualClock
from betterauth_py.verify import CookieCache, SessionVerifier
from tests.conftest import SECRET, MakeAuth
from tests.http.client import Client
from tests.http.oauth_world import GitHub, sign_in, with_github
from tests.verify.integrations import in_fastapi, in_litestar

APPS: dict[str, Callable[[SessionVerifier], Any]] = {
    "fastapi": lambda verifier: in_fastapi.make_app(verifier, False, {}),
    "litestar": lambda verifier: in_litestar.make_app(verifier, {}),
}
WRONG: dict[str, dict[str, Any]] = {
    "another secret": {"secret": f"another {SECRET}"},
    "another version": {"version": "2"},
}


async def signed_in(make_auth: MakeAuth, clock: ManualClock, **options: Any) -> dict[str, str]:
    """Return the cookies of somebody who has signed in at a server without a database."""
    client = Client((await with_github(make_auth, GitHub(), database=False, clock=clock, **options)).app)
    assert await sign_in(client) == "/in"
    return client.cookies


@pytest.mark.parametrize("strategy", ["jwe", "jwt", "compact"])
@pytest.mark.parametrize("framework", APPS)
async def test_a_service_knows_who_it_is(make_auth: MakeAuth, framework: str, strategy: Any) -> None:
    clock = ManualClock()
    cookies = await signed_in(make_auth, clock, session={"cookie_cache": {"strategy": strategy}})
    verifier = SessionVerifier(CookieCache(secret=SECRET, strategy=strategy), clock=clock)
    service = Client(APPS[framework](verifier), cookies=dict(cookies))
    assert (await service.get("/me")).json() == {"name": "Ada"}
    clock.advance(8 * 86_400)
    assert (await service.get("/me")).status == 401


@pytest.mark.parametrize("wrong", WRONG)
async def test_a_service_with_other_settings_knows_nobody(make_auth: MakeAuth, wrong: str) -> None:
    clock = ManualClock()
    cookies = await signed_in(make_auth, clock)
    verifier = SessionVerifier(CookieCache(**{"secret": SECRET, "strategy": "jwe", **WRONG[wrong]}), clock=clock)
    service = Client(APPS["fastapi"](verifier), cookies=dict(cookies))
    assert (await service.get("/me")).status == 401


async def test_a_user_without_an_image_has_none(make_auth: MakeAuth) -> None:
    clock = ManualClock()
    cookies = await signed_in(make_auth, clock)
    header = "; ".join(f"{name}={value}" for name, value in cookies.items())
    verifier = SessionVerifier(CookieCache(secret=SECRET, strategy="jwe"), clock=clock)
    found = await verifier.verify({"cookie": header})
    assert found is not None
    assert (found.user.name, found.user.image) == ("Ada", None)
