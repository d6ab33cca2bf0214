"""`on_api_error`: what reports errors, and what lets them pass to the framework around."""

from __future__ import annotations

from typing import Any

import pytest

from betterauth_py import APIError
from tests.conftest import MakeAuth
from tests.http.client import Client


def broken(_: Any) -> None:
    raise RuntimeError("a hook is broken")


async def test_with_throw_a_failure_goes_on_to_whatever_is_around_the_app(make_auth: MakeAuth) -> None:
    told: list[Exception] = []
    auth = await make_auth(
        hooks={"before": broken}, on_api_error={"throw": True, "on_error": lambda error, _: told.append(error)}
    )
    with pytest.raises(RuntimeError, match="a hook is broken"):
        await Client(auth.app).get("/api/auth/ok")
    assert told == []


async def test_with_throw_errors_of_the_api_are_still_answers(make_auth: MakeAuth) -> None:
    auth = await make_auth(on_api_error={"throw": True})
    reply = await Client(auth.app).post("/api/auth/sign-out", {}, {"cookie": "a=b", "origin": "http://evil.test"})
    assert (reply.status, reply.json()["code"]) == (403, "INVALID_ORIGIN")


async def test_on_error_may_answer_with_another_error_and_may_fail(make_auth: MakeAuth) -> None:
    def on_error(error: Exception, _: Any) -> None:
        if isinstance(error, APIError):
            raise APIError(418, {"message": "another", "code": "ANOTHER"})
        raise ValueError("the reporter is broken")

    auth = await make_auth(
        hooks={"before": lambda ctx: broken(ctx) if ctx.path == "/ok" else None}, on_api_error={"on_error": on_error}
    )
    client = Client(auth.app)
    refused = await client.post("/api/auth/sign-out", {}, {"cookie": "a=b", "origin": "http://evil.test"})
    assert (refused.status, refused.json()["code"]) == (418, "ANOTHER")
    assert (await client.get("/api/auth/ok")).status == 500
