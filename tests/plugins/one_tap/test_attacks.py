"""What the scenarios of the one-tap plugin do not show: attacks, races, Google being down, wrong options."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from betterauth_py import BetterAuth, ConfigurationError
from betterauth_py.clock import ManualClock
from betterauth_py.crypto.random import generate_id
from tests.conftest import MakeAuth
from tests.http.client import Client, Reply
from tests.http.oauth_world import count
from tests.oauth.signing import public_keys, sign

INVALID = {"message": "invalid id token"}
ADA: dict[str, Any] = {
    "iss": "https://accounts.google.com", "aud": "web", "sub": "70", "email": "ada@example.com", "email_verified": True,
    "name": "Ada",
}  # fmt: skip


@dataclass
class Google:
    """What publishes the keys."""

    is_down: bool = False
    asked: list[httpx.Request] = field(default_factory=list)

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.MockTransport(self._answer))

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if self.is_down:
            raise httpx.ConnectError("no route")
        return httpx.Response(200, json={"keys": public_keys()})


@pytest.fixture(params=["sqlite", "postgres"])
def stored(request: pytest.FixtureRequest) -> dict[str, Any]:
    if request.param == "sqlite":
        return {}
    return {"database": {"url": request.getfixturevalue("postgres").database(f"one_tap_{generate_id(8).lower()}")}}


async def made(make_auth: MakeAuth, clock: ManualClock, google: Google | None = None, **options: Any) -> BetterAuth:
    return await make_auth(
        **{
            "plugins": {"one-tap": {"client_id": "web"}},
            "email_and_password": {"enabled": True},
            "http_client": (google or Google()).client(),
            "clock": clock,
            **options,
        }
    )


def token(clock: ManualClock, *, header: dict[str, Any] | None = None, key: str = "signing", **claims: Any) -> str:
    seconds = clock.milliseconds() // 1000
    given = {**ADA, "iat": seconds, "exp": seconds + 3600, **claims}
    return sign({name: value for name, value in given.items() if value is not None}, header=header, key=key)


async def send(client: Client, id_token: Any, **body: Any) -> Reply:
    return await client.post("/api/auth/one-tap/callback", {"idToken": id_token, **body})


def _spliced(clock: ManualClock) -> str:
    head, _, signature = token(clock).split(".")
    return f"{head}.{token(clock, sub='71').split('.')[1]}.{signature}"


FORGED: dict[str, Any] = {
    "another key": lambda clock: token(clock, key="other"),
    "no signature": lambda clock: token(clock, header={"alg": "none"}),
    "an HMAC by what is public": lambda clock: token(clock, header={"alg": "HS256"}),
    "another algorithm": lambda clock: token(clock, header={"alg": "RS512"}),
    "no key named": lambda clock: token(clock, header={"kid": None}),
    "an unknown key": lambda clock: token(clock, header={"kid": "key-9"}),
    "a key of its own": lambda clock: token(clock, header={"jwk": public_keys()[0], "kid": "mine"}),
    "a key elsewhere": lambda clock: token(clock, header={"jku": "https://evil.test/keys", "kid": "mine"}),
    "other claims under the signature": _spliced,
    "another application": lambda clock: token(clock, aud="other"),
    "other applications": lambda clock: token(clock, aud=["other", "another"], azp="web"),
    "no application": lambda clock: token(clock, aud=None),
    "another issuer": lambda clock: token(clock, iss="https://accounts.google.com.evil.test"),
    "the issuer with a slash": lambda clock: token(clock, iss="https://accounts.google.com/"),
    "no issuer": lambda clock: token(clock, iss=None),
    "no subject": lambda clock: token(clock, sub=None),
    "a subject that is a number": lambda clock: token(clock, sub=70),
    "the subject null as a text": lambda clock: token(clock, sub="null"),
    "no end": lambda clock: token(clock, exp=None),
    "a far end of an old token": lambda clock: token(clock, iat=clock.milliseconds() // 1000 - 3700, exp=9_999_999_999),
    "a token of tomorrow": lambda clock: token(clock, iat=clock.milliseconds() // 1000 + 86_400, exp=9_999_999_999),
    "not yet": lambda clock: token(clock, nbf=clock.milliseconds() // 1000 + 86_400),
    "no token": lambda clock: "a.b.c",
    "what no header holds": lambda clock: "\0\ud800.é.\n",
    "much": lambda clock: "." * 60_000,
}


async def test_no_forged_token_signs_in(make_auth: MakeAuth, clock: ManualClock) -> None:
    google = Google()
    auth = await made(make_auth, clock, google)
    for name, forge in FORGED.items():
        reply = await send(Client(auth.app), forge(clock))
        assert (reply.status, reply.json(), reply.set_cookies) == (400, INVALID, []), name
    assert await count(auth, "user", "account", "session") == [0, 0, 0]
    assert {str(request.url) for request in google.asked} <= {"https://www.googleapis.com/oauth2/v3/certs"}


async def test_a_token_sent_again_makes_nobody_and_ends_with_its_hour(make_auth: MakeAuth, clock: ManualClock) -> None:
    auth = await made(make_auth, clock)
    captured = token(clock, exp=clock.milliseconds() // 1000 + 86_400)
    for _ in range(2):
        assert (await send(Client(auth.app), captured)).json()["user"]["email"] == "ada@example.com"
    assert await count(auth, "user", "account", "session") == [1, 1, 2]
    clock.advance(3600 + 31)
    assert (await send(Client(auth.app), captured)).json() == INVALID


async def test_a_token_does_not_move_a_browser_to_a_user_of_another_site(
    make_auth: MakeAuth, clock: ManualClock
) -> None:
    auth = await made(make_auth, clock)
    client = Client(auth.app)
    await send(client, token(clock))
    headers = [("content-type", "application/json"), ("origin", "https://evil.test")]
    reply = await client.send(
        "POST", "/api/auth/one-tap/callback", headers, f'{{"idToken":"{token(clock, sub="71")}"}}'.encode()
    )
    assert (reply.status, reply.json()["code"]) == (403, "INVALID_ORIGIN")
    form = [("content-type", "application/x-www-form-urlencoded"), ("origin", "http://localhost:3000")]
    reply = await client.send("POST", "/api/auth/one-tap/callback", form, b"idToken=a")
    assert reply.status in {400, 415}
    assert (await send(client, token(clock), callbackURL="https://evil.test/")).json()["code"] == "INVALID_CALLBACK_URL"
    assert await count(auth, "user", "session") == [1, 1]


async def test_an_address_that_google_does_not_vouch_for_takes_over_nobody(
    make_auth: MakeAuth, clock: ManualClock
) -> None:
    auth = await made(make_auth, clock, account={"account_linking": {"require_local_email_verified": False}})
    await auth.api.sign_up_email(body={"name": "Ada", "email": "ada@example.com", "password": "correct horse"})
    for verified in (False, None, "yes", 1, "True", ["true"]):
        reply = await send(Client(auth.app), token(clock, email="ADA@example.com", email_verified=verified))
        assert (reply.status, reply.json()) == (401, {"message": "account not linked"}), verified
    assert await count(auth, "user", "account", "session") == [1, 1, 1]


async def test_who_signed_up_first_with_the_address_shares_no_account(make_auth: MakeAuth, clock: ManualClock) -> None:
    """Eve has signed up with Ada's address and waits for Ada to come."""
    auth = await made(make_auth, clock)
    await auth.api.sign_up_email(body={"name": "Eve", "email": "ada@example.com", "password": "correct horse"})
    reply = await send(Client(auth.app), token(clock))
    assert (reply.status, reply.json()) == (401, {"message": "account not linked"})
    assert await count(auth, "user", "account", "session") == [1, 1, 1]


@pytest.mark.parametrize("enabled", [True, False])
async def test_only_users_of_the_domain_get_in(make_auth: MakeAuth, clock: ManualClock, enabled: bool) -> None:
    google = {"client_id": "web", "client_secret": "secret", "hd": "example.com", "enabled": enabled}
    auth = await made(make_auth, clock, social_providers={"google": google}, plugins={"one-tap": {}})
    for hosted in (None, "", "*", "other.test", "Example.com", "sub.example.com", ["example.com"], True):
        reply = await send(Client(auth.app), token(clock, hd=hosted))
        assert (reply.status, reply.json()) == (400, INVALID), hosted
    assert (await send(Client(auth.app), token(clock, hd="example.com"))).status == 200


@pytest.mark.parametrize("whose", ["plugin", "provider"])
async def test_nobody_new_where_sign_up_is_off(
    make_auth: MakeAuth, clock: ManualClock, stored: dict[str, Any], whose: str
) -> None:
    google = {"client_id": "web", "client_secret": "secret", "disable_sign_up": whose == "provider"}
    plugin = {"disable_signup": whose == "plugin"}
    auth = await made(make_auth, clock, social_providers={"google": google}, plugins={"one-tap": plugin}, **stored)
    replies = await asyncio.gather(*(send(Client(auth.app), token(clock)) for _ in range(4)))
    assert [(reply.status, reply.json()) for reply in replies] == [(401, {"message": "signup disabled"})] * 4
    assert await count(auth, "user", "account", "session") == [0, 0, 0]


async def test_many_at_once_make_one_user(make_auth: MakeAuth, clock: ManualClock, stored: dict[str, Any]) -> None:
    google = Google()
    auth = await made(make_auth, clock, google, **stored)
    replies = await asyncio.gather(*(send(Client(auth.app), token(clock)) for _ in range(6)))
    assert {reply.status for reply in replies} == {200}
    assert await count(auth, "user", "account", "session") == [1, 1, 6]
    assert len(google.asked) == 1


async def test_with_google_down_the_answer_is_that_of_a_bad_token(
    make_auth: MakeAuth, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    auth = await made(make_auth, clock, Google(is_down=True))
    sent = token(clock)
    reply = await send(Client(auth.app), sent)
    assert (reply.status, reply.json()) == (400, INVALID)
    assert sent not in caplog.text
    assert "the provider's keys are not to be had" in caplog.text


def _fails(*_: Any) -> Any:
    raise RuntimeError("broken")


@pytest.mark.parametrize("name", ["map_profile_to_user", "get_user_info"])
async def test_a_function_that_fails_makes_no_error_of_ours(make_auth: MakeAuth, clock: ManualClock, name: str) -> None:
    google = {"client_id": "web", "client_secret": "secret", name: _fails}
    auth = await made(make_auth, clock, social_providers={"google": google}, plugins={"one-tap": {}})
    reply = await send(Client(auth.app), token(clock))
    assert (reply.status, reply.json()) == (400, INVALID)


async def test_a_function_cannot_choose_the_account(make_auth: MakeAuth, clock: ManualClock) -> None:
    def told(_: Any) -> dict[str, Any]:
        return {"user": {"id": "1", "email": "ada@example.com", "emailVerified": True}, "data": {"sub": "1"}}

    google = {"client_id": "web", "client_secret": "secret", "get_user_info": told}
    auth = await made(make_auth, clock, social_providers={"google": google}, plugins={"one-tap": {}})
    await send(Client(auth.app), token(clock))
    (account,) = await auth.context.rows.find_many("account")
    assert (account["providerId"], account["accountId"]) == ("google", "70")


async def test_the_call_in_process_signs_in(make_auth: MakeAuth, clock: ManualClock) -> None:
    auth = await made(make_auth, clock, plugins={"one-tap": {"client_id": ["page", "web"]}})
    answer = await auth.api.one_tap_callback(body={"idToken": token(clock)})
    assert answer["user"]["email"] == "ada@example.com"


@pytest.mark.parametrize("client_id", [None, "", []])
async def test_without_a_client_id_the_start_stops(make_auth: MakeAuth, clock: ManualClock, client_id: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"Option `plugins.one-tap.client_id` is missing\. Set it, or"):
        await made(make_auth, clock, plugins={"one-tap": {"client_id": client_id}})
