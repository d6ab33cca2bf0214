"""What the scenarios of the device-authorization plugin do not show: races, guesses, sizes, wrong options."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from betterauth_py import APIError, BetterAuth, ConfigurationError
from betterauth_py.clock import ManualClock
from betterauth_py.core.caller import NoRequest
from betterauth_py.crypto.random import generate_id
from betterauth_py.flows.proven_sign_in import sign_in_by_proof
from betterauth_py.plugins.device_authorization.codes import find_by_user_code
from tests.conftest import MakeAuth
from tests.http.client import Client, Reply
from tests.http.oauth_world import count

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code"
CODE, TOKEN, VERIFY = "/api/auth/device/code", "/api/auth/device/token", "/api/auth/device?user_code="
APPROVE, DENY = "/api/auth/device/approve", "/api/auth/device/deny"
Stored = dict[str, Any]


@pytest.fixture(params=["sqlite", "postgres"])
def stored(request: pytest.FixtureRequest) -> Stored:
    if request.param == "sqlite":
        return {}
    return {"database": {"url": request.getfixturevalue("postgres").database(f"device_{generate_id(8).lower()}")}}


async def made(make_auth: MakeAuth, clock: ManualClock, **options: Any) -> BetterAuth:
    plugins = {"device-authorization": options.pop("plugin", {})}
    return await make_auth(**{"plugins": plugins, "clock": clock, **options})


async def signed_up(auth: BetterAuth, name: str) -> Client:
    client = Client(auth.app)
    body = {"name": name, "email": f"{name}@example.com", "password": "correct horse"}
    assert (await client.post("/api/auth/sign-up/email", body)).status == 200
    return client


async def codes(auth: BetterAuth, **body: Any) -> tuple[str, str]:
    answer = (await Client(auth.app).post(CODE, {"client_id": "tv", **body})).json()
    return answer["device_code"], answer["user_code"]


async def poll(auth: BetterAuth, device_code: str) -> Reply:
    return await Client(auth.app).post(TOKEN, {"grant_type": GRANT_TYPE, "device_code": device_code, "client_id": "tv"})


async def approved(auth: BetterAuth, client: Client, user_code: str) -> None:
    assert (await client.get(VERIFY + user_code)).json()["client_id"] == "tv"
    assert (await client.post(APPROVE, {"userCode": user_code})).json() == {"success": True}


def errors(replies: list[Reply]) -> list[tuple[int, str]]:
    return sorted((reply.status, reply.json().get("error", "")) for reply in replies)


async def test_eight_polls_at_once_give_one_session(make_auth: MakeAuth, clock: ManualClock, stored: Stored) -> None:
    auth = await made(make_auth, clock, **stored)
    ada = await signed_up(auth, "ada")
    device_code, user_code = await codes(auth)
    await approved(auth, ada, user_code)
    replies = await asyncio.gather(*(poll(auth, device_code) for _ in range(8)))
    assert errors(replies) == [(200, ""), *[(400, "invalid_grant")] * 7]
    assert await count(auth, "session", "deviceCode") == [2, 0]
    # Its headers and no cookie: the token is a bearer token (RFC 6749, 5.1).
    reply = next(reply for reply in replies if reply.status == 200)
    assert (reply.header("cache-control"), reply.header("pragma"), reply.set_cookies) == ("no-store", "no-cache", [])


async def test_one_of_eight_decisions_counts(make_auth: MakeAuth, clock: ManualClock, stored: Stored) -> None:
    auth = await made(make_auth, clock, **stored)
    ada = await signed_up(auth, "ada")
    device_code, user_code = await codes(auth)
    await ada.get(VERIFY + user_code)
    replies = await asyncio.gather(*(ada.post(path, {"userCode": user_code}) for path in (APPROVE, DENY) * 4))
    assert errors(replies) == [(200, ""), *[(400, "invalid_request")] * 7]
    has_approved = replies[0].status == 200 or any(reply.status == 200 for reply in replies[::2])
    assert (await poll(auth, device_code)).status == (200 if has_approved else 400)


async def test_one_of_two_users_claims_a_code(make_auth: MakeAuth, clock: ManualClock, stored: Stored) -> None:
    auth = await made(make_auth, clock, **stored)
    users = [await signed_up(auth, "ada"), await signed_up(auth, "eve")]
    _, user_code = await codes(auth)
    shown = await asyncio.gather(*(user.get(VERIFY + user_code) for user in users * 4))
    owners = {index % 2 for index, reply in enumerate(shown) if "client_id" in reply.json()}
    assert len(owners) == 1
    decided = [(await user.post(APPROVE, {"userCode": user_code})).status for user in users]
    assert decided == ([200, 400] if owners == {0} else [403, 200])


async def test_guesses_of_a_signed_in_user_are_bounded(make_auth: MakeAuth, clock: ManualClock) -> None:
    limits = {"enabled": True, "per_account": {"window": 60, "max": 3}}
    auth = await made(make_auth, clock, rate_limit=limits)
    ada = await signed_up(auth, "ada")
    _, user_code = await codes(auth)
    await ada.get(VERIFY + user_code)
    guesses = [await ada.post(path, {"userCode": "ABCDEFG2"}) for path in (APPROVE, DENY, APPROVE, DENY)]
    assert [reply.status for reply in guesses] == [400, 400, 400, 429]
    assert guesses[3].header("x-retry-after") == "60"
    # Not even the right one, until the window has passed.
    assert (await ada.post(APPROVE, {"userCode": user_code})).status == 429
    clock.advance(61)
    assert (await ada.post(APPROVE, {"userCode": user_code})).status == 200
    # A right code resets the count, and other users have their own.
    assert [(await ada.post(DENY, {"userCode": "ABCDEFG2"})).status for _ in range(3)] == [400, 400, 400]
    eve = await signed_up(auth, "eve")
    assert (await eve.post(DENY, {"userCode": user_code})).status == 400


async def test_look_ups_are_bounded_by_the_life_of_codes(make_auth: MakeAuth, clock: ManualClock) -> None:
    auth = await made(make_auth, clock, rate_limit={"enabled": True}, plugin={"expires_in": "2m"})
    client = Client(auth.app)
    assert [(await client.get(f"{VERIFY}{n}")).status for n in range(6)] == [400, 400, 400, 400, 400, 429]
    clock.advance(121)
    assert (await client.get(f"{VERIFY}7")).status == 400


async def test_a_deleted_user_gets_no_session(make_auth: MakeAuth, clock: ManualClock, stored: Stored) -> None:
    auth = await made(make_auth, clock, user={"delete_user": {"enabled": True}}, **stored)
    ada = await signed_up(auth, "ada")
    device_code, user_code = await codes(auth)
    await approved(auth, ada, user_code)
    assert (await ada.post("/api/auth/delete-user", {"password": "correct horse"})).status == 200
    reply = await poll(auth, device_code)
    assert (reply.status, reply.json()) == (500, {"error": "server_error", "error_description": "User not found"})
    assert await count(auth, "session") == [0]


async def test_a_session_that_has_ended_decides_nothing(make_auth: MakeAuth, clock: ManualClock) -> None:
    auth = await made(make_auth, clock, session={"cookie_cache": {"enabled": True}})
    ada = await signed_up(auth, "ada")
    stolen = Client(auth.app, cookies=dict(ada.cookies))
    _, user_code = await codes(auth)
    await ada.post("/api/auth/sign-out")
    assert (await stolen.get(VERIFY + user_code)).json() == {"user_code": user_code, "status": "pending"}
    reply = await Client(auth.app, cookies=dict(ada.cookies)).post(APPROVE, {"userCode": user_code})
    assert (reply.status, reply.json()["error"]) == (401, "unauthorized")
    row = await find_by_user_code(auth.context, user_code)
    assert row is not None
    assert row["userId"] is None


async def test_what_strangers_have_stored_is_bounded(make_auth: MakeAuth, clock: ManualClock, stored: Stored) -> None:
    auth = await made(make_auth, clock, **stored)
    client = Client(auth.app)
    for name in ("client_id", "user_id", "scope"):
        reply = await client.post(CODE, {"client_id": "tv", name: "x" * 4_097})
        description = f"{name} must be at most 4096 characters"
        assert (reply.status, reply.json()) == (
            400,
            {"error": "invalid_request", "error_description": description},
        )
        assert (await client.post(CODE, {"client_id": "tv", name: "a\0b"})).json()["error"] == "invalid_request"
    form = [("content-type", "application/x-www-form-urlencoded")]
    reply = await client.send("POST", CODE, form, b"client_id=" + b"x" * 4_097 + b"&client_id=")
    assert reply.json()["error"] == "invalid_request"
    assert await count(auth, "deviceCode") == [0]
    await codes(auth)
    clock.advance(1_801)
    assert (await auth.context.cleanup.run()).of_plugins == {"deviceCode": 1}


async def test_odd_user_codes_find_nothing(make_auth: MakeAuth, clock: ManualClock, stored: Stored) -> None:
    auth = await made(make_auth, clock, **stored)
    ada = await signed_up(auth, "ada")
    await codes(auth)
    for odd in ("", "%", "________", "\0", "\ud800", "' or 1=1 --", "-" * 60_000, "a" * 60_000):
        reply = await ada.post(APPROVE, {"userCode": odd})
        assert (reply.status, reply.json()["error_description"]) == (400, "Invalid user code"), odd[:20]


async def test_user_codes_are_read_as_people_type_them(make_auth: MakeAuth, clock: ManualClock) -> None:
    auth = await made(make_auth, clock)
    _, user_code = await codes(auth)
    assert set(user_code) <= set("ABCDEFGHJKLMNPQRSTUVWXYZ23456789")
    assert len(user_code) == 8
    for typed in (user_code.lower(), f"{user_code[:4]}-{user_code[4:]}", f" {user_code[:2]} {user_code[2:]}. "):
        row = await find_by_user_code(auth.context, typed)
        assert row is not None, typed
    assert await find_by_user_code(auth.context, user_code[:-1]) is None


async def test_calls_in_process(make_auth: MakeAuth, clock: ManualClock) -> None:
    auth = await made(make_auth, clock)
    given = await auth.api.device_code(body={"client_id": "tv", "scope": "read"})
    headers = {"cookie": "; ".join(f"{n}={v}" for n, v in (await signed_up(auth, "ada")).cookies.items())}
    with pytest.raises(APIError) as missing:
        await auth.api.device_approve(body={"userCode": given["user_code"]})
    assert missing.value.body == {"message": "Headers is required", "code": "VALIDATION_ERROR"}
    shown = await auth.api.device_verify(query={"user_code": given["user_code"]}, headers=headers)
    assert shown["scope"] == "read"
    assert await auth.api.device_approve(body={"userCode": given["user_code"]}, headers=headers) == {"success": True}
    body = {"grant_type": GRANT_TYPE, "device_code": given["device_code"], "client_id": "tv"}
    token = await auth.api.device_token(body=body)
    assert (token["token_type"], token["expires_in"], token["scope"]) == ("Bearer", 604_799, "read")
    with pytest.raises(APIError) as spent:
        await auth.api.device_token(body=body)
    assert spent.value.body == {"error": "invalid_grant", "error_description": "Invalid device code"}


async def test_a_poll_takes_two_statements_and_a_session_four(
    make_auth: MakeAuth, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    auth = await made(make_auth, clock)
    ada = await signed_up(auth, "ada")
    device_code, user_code = await codes(auth)
    run: list[str] = []
    # On SQLite, all statements go through `execute`.
    for name in ("execute", "transaction"):
        original = getattr(auth.context.database, name)

        def counting(*given: Any, of: str = name, call: Any = original, **more: Any) -> Any:
            run.append(of)
            return call(*given, **more)

        monkeypatch.setattr(auth.context.database, name, counting)
    assert (await poll(auth, device_code)).status == 400
    assert run == ["execute"] * 2
    await approved(auth, ada, user_code)
    clock.advance(6)
    run.clear()
    assert (await poll(auth, device_code)).status == 200
    # The code, the user; then the lock, the code, the session.
    assert run == ["execute"] * 2 + ["transaction"] + ["execute"] * 3


async def test_the_first_proof_of_an_address_deletes_the_codes_from_before(make_auth: MakeAuth, stored: Stored) -> None:
    """Eve has signed up with Ada's address, and approved a device that has not asked for its session yet."""
    auth = await make_auth(plugins=["device-authorization"], **stored)
    eve = await signed_up(auth, "ada")
    device_code, user_code = await codes(auth)
    await approved(auth, eve, user_code)

    async def nobody() -> Any:
        raise AssertionError

    await sign_in_by_proof(NoRequest(auth.context), "ada@example.com", nobody)
    assert (await poll(auth, device_code)).json()["error"] == "invalid_grant"
    assert await count(auth, "session") == [1]


async def test_codes_are_not_logged(make_auth: MakeAuth, clock: ManualClock, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    auth = await made(make_auth, clock)
    ada = await signed_up(auth, "ada")
    device_code, user_code = await codes(auth)
    await approved(auth, ada, user_code)
    token = (await poll(auth, device_code)).json()["access_token"]
    assert not [line for line in caplog.messages if device_code in line or user_code in line or token in line]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"expires_in": "-5m"}, "expires_in` must be at least one second"),
        ({"expires_in": "soon"}, "expires_in` must be a whole number of seconds"),
        ({"interval": -1}, "interval` is below 0"),
        ({"device_code_length": 192}, "device_code_length` must be from 1 to 191"),
        ({"user_code_length": 0}, "user_code_length` must be from 1 to 191"),
        ({"verification_uri": "http://"}, "verification_uri` is not a URL"),
        ({"schema": {"device_code": {"fields": {"code": "c"}}}}, "there is no such field"),
    ],
)
def test_wrong_options_stop_the_start(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigurationError, match=r"plugins.device-authorization") as error:
        BetterAuth(database={"url": "sqlite://"}, plugins={"device-authorization": options})
    assert said in str(error.value)
