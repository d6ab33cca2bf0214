"""The first proof of an unverified address, by a link or a code, leaves nobody else a way in."""

from __future__ import annotations

from asyncio import gather
from typing import Any

import pytest

from betterauth_py import BetterAuth
from betterauth_py.core.plugin import Plugin
from betterauth_py.crypto.random import generate_id
from betterauth_py.flows.proven_sign_in import ProofRefusal, sign_in_by_proof
from betterauth_py.flows.users import create_proven_user
from betterauth_py.plugins import (
    APIError,
    Contributions,
    EndpointContext,
    Reply,
    Security,
    answering,
    endpoint,
    set_session_cookie,
)
from tests.conftest import MakeAuth
from tests.http.client import Client
from tests.http.oauth_world import count

ADA = "ada@example.com"
PASSWORD = "correct horse"


@endpoint("/prove", methods=("POST",), security=Security.PUBLIC, operation_id="prove", reply=Reply("", {}))
async def prove(ctx: EndpointContext[Any, Any]) -> bool:
    """Sign in as whoever has shown that the address is theirs."""

    async def sign_up() -> dict[str, Any]:
        return await create_proven_user(ctx, ADA, {"name": ""}, {"method": "proof"})

    with answering({ProofRefusal.NO_USER: (400, "no user"), ProofRefusal.SESSION_REFUSED: (400, "no session")}):
        signed_in = await sign_in_by_proof(ctx, ADA.upper(), sign_up)
    await set_session_cookie(ctx, signed_in.session, signed_in.user)
    return signed_in.is_new


@pytest.fixture(params=["sqlite", "postgres"])
def stored(request: pytest.FixtureRequest) -> dict[str, Any]:
    if request.param == "sqlite":
        return {}
    return {"database": {"url": request.getfixturevalue("postgres").database(f"proven_{generate_id(8).lower()}")}}


def prover(**more: Any) -> dict[str, Any]:
    return {"plugins": [Plugin(id="prover", endpoints=[prove], **more)], "email_and_password": {"enabled": True}}


async def sign_up(auth: BetterAuth) -> Client:
    client = Client(auth.app)
    reply = await client.post("/api/auth/sign-up/email", {"name": "Eve", "email": ADA, "password": PASSWORD})
    assert reply.status == 200
    return client


async def test_the_first_proof_ends_whatever_was_there_before(make_auth: MakeAuth, stored: dict[str, Any]) -> None:
    mails: list[dict[str, Any]] = []
    revoked: list[str] = []

    async def revoke(user: dict[str, Any]) -> None:
        revoked.append(user["email"])

    options = prover(setup=lambda _: Contributions(access_revokers=[revoke]))
    auth = await make_auth(
        **options,
        **stored,
        user={"change_email": {"enabled": True}},
        email_verification={"send_verification_email": lambda mail, _: mails.append(mail)},
    )
    eve = await sign_up(auth)
    (user,) = await auth.context.rows.find_many("user")
    now = auth.context.now()
    of_github = {"providerId": "github", "accountId": "7", "userId": user["id"], "createdAt": now, "updatedAt": now}
    await auth.context.accounts.create({"id": auth.context.generate_id("account"), **of_github})
    await eve.post("/api/auth/change-email", {"newEmail": "eve@example.com"})
    await auth.context.finish_background_work()
    ada = Client(auth.app)
    assert (await ada.post("/api/auth/prove")).json() is False
    assert await count(auth, "user", "account", "session") == [1, 0, 1]
    assert (await ada.get("/api/auth/get-session")).json()["user"]["emailVerified"] is True
    assert (await eve.get("/api/auth/get-session")).json() is None
    await Client(auth.app).get(mails[0]["url"].removeprefix("http://localhost:3000"))
    assert await auth.context.users.exists(ADA)
    assert revoked == [ADA]


async def test_a_later_proof_takes_nothing_away(make_auth: MakeAuth, stored: dict[str, Any]) -> None:
    auth = await make_auth(**prover(), **stored)
    client = await sign_up(auth)
    (user,) = await auth.context.rows.find_many("user")
    await auth.context.users.update(user["id"], {"emailVerified": True})
    assert (await Client(auth.app).post("/api/auth/prove")).json() is False
    assert (await client.get("/api/auth/get-session")).json()["user"]["id"] == user["id"]
    assert await count(auth, "user", "account", "session") == [1, 1, 2]


async def test_proofs_at_once_make_one_user_and_leave_every_owner_signed_in(
    make_auth: MakeAuth, stored: dict[str, Any]
) -> None:
    auth = await make_auth(**prover(), **stored)
    replies = await gather(*(Client(auth.app).post("/api/auth/prove") for _ in range(8)))
    assert sorted(reply.json() for reply in replies) == [False] * 7 + [True]
    assert await count(auth, "user", "session") == [1, 8]
    (user,) = await auth.context.rows.find_many("user")
    await auth.context.users.update(user["id"], {"emailVerified": False})
    replies = await gather(*(Client(auth.app).post("/api/auth/prove") for _ in range(8)))
    assert {reply.status for reply in replies} == {200}
    # The sessions from before are gone, none of the new ones is.
    assert await count(auth, "user", "session") == [1, 8]


async def test_a_refused_session_does_not_undo_the_proof(make_auth: MakeAuth) -> None:
    refusal: list[Any] = []

    def before(_: dict[str, Any], __: Any) -> Any:
        if refusal and isinstance(refusal[0], APIError):
            raise refusal[0]
        return refusal[0] if refusal else None

    auth = await make_auth(**prover(), database_hooks={"session": {"create": {"before": before}}})
    await sign_up(auth)
    refusal.append(APIError(403, {"code": "BANNED_USER", "message": "no"}))
    reply = await Client(auth.app).post("/api/auth/prove")
    assert (reply.status, reply.json()["code"], reply.set_cookies) == (403, "BANNED_USER", [])
    (user,) = await auth.context.rows.find_many("user")
    assert user["emailVerified"] is True
    assert await count(auth, "account", "session") == [0, 0]
    refusal[0] = False
    reply = await Client(auth.app).post("/api/auth/prove")
    assert (reply.status, reply.json()) == (400, {"message": "no session"})


async def test_a_hook_that_refuses_the_proof_keeps_everything(make_auth: MakeAuth) -> None:
    auth = await make_auth(**prover(), database_hooks={"user": {"update": {"before": lambda *_: False}}})
    eve = await sign_up(auth)
    reply = await Client(auth.app).post("/api/auth/prove")
    assert (reply.status, reply.json()) == (400, {"message": "no user"})
    assert (await eve.get("/api/auth/get-session")).json()["user"]["email"] == ADA
    assert await count(auth, "account", "session") == [1, 1]
