"""Users and sessions are made without any request: by the command line, an import, a plugin's own timer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from betterauth_py.current import current_endpoint_context
from betterauth_py.flows.session import SessionClient, create_session
from betterauth_py.flows.users import (
    UserNotAdmittedError,
    UserRefusedError,
    create_user,
    credential_account,
    new_user,
)
from betterauth_py.store.errors import NotStoredError
from tests.conftest import MakeAuth
from tests.http.client import Client
from tests.http.people import PASSWORD


async def test_an_imported_user_signs_in(make_auth: MakeAuth) -> None:
    auth = await make_auth()
    row = new_user(auth.context, "Ada@Example.com", {"name": "Ada", "emailVerified": True})
    async with auth.context.database.transaction():
        user = await create_user(auth.context, row, {"method": "import"})
        hashed = await auth.context.passwords.hash(PASSWORD)
        await auth.context.accounts.create(credential_account(auth.context, user["id"], hashed))
    assert (user["email"], user["emailVerified"]) == ("ada@example.com", True)
    client = Client(auth.app)
    reply = await client.post("/api/auth/sign-in/email", {"email": "ada@example.com", "password": PASSWORD})
    assert reply.status == 200
    with pytest.raises(NotStoredError):
        await create_user(
            auth.context, new_user(auth.context, "ada@example.com", {"name": "Ada"}), {"method": "import"}
        )


async def test_the_deployment_and_its_hooks_decide_who_is_admitted(make_auth: MakeAuth) -> None:
    asked: list[Any] = []

    def validate(data: dict[str, Any], ctx: Any) -> Any:
        asked.append((data["source"], data["user"]["email"], ctx, current_endpoint_context()))
        return {"error": "not_you", "error_description": "Not you"} if data["user"]["name"] == "Eve" else None

    auth = await make_auth(
        user={"validate_user_info": validate},
        database_hooks={"user": {"create": {"before": lambda row, _: False if row["name"] == "Bob" else None}}},
    )

    def named(name: str) -> dict[str, Any]:
        return new_user(auth.context, f"{name}@example.com", {"name": name})

    with pytest.raises(UserNotAdmittedError) as refused:
        await create_user(auth.context, named("Eve"), {"method": "import"})
    assert (refused.value.code, refused.value.message) == ("not_you", "Not you")
    with pytest.raises(UserRefusedError):
        await create_user(auth.context, named("Bob"), {"method": "import"})
    assert asked[0] == ({"method": "import", "action": "create-user"}, "eve@example.com", None, None)
    assert not await auth.context.users.exists("eve@example.com")
    assert not await auth.context.users.exists("bob@example.com")


async def test_a_session_has_the_client_the_end_and_the_fields_it_is_given(make_auth: MakeAuth) -> None:
    auth = await make_auth(session={"additional_fields": {"device": {"type": "string", "default_value": "?"}}})
    context = auth.context
    user = await create_user(context, new_user(context, "ada@example.com", {"name": "Ada"}), {"method": "import"})
    usual, short, own = (
        await create_session(context, user["id"]),
        await create_session(context, user["id"], remember=False),
        await create_session(
            context,
            user["id"],
            client=SessionClient("192.0.2.1", "curl"),
            fields={"expiresAt": context.after(3600), "device": "phone"},
        ),
    )
    assert usual
    assert short
    assert own
    assert usual["expiresAt"] - usual["createdAt"] == timedelta(days=7)
    assert short["expiresAt"] - short["createdAt"] == timedelta(days=1)
    assert (usual["ipAddress"], usual["userAgent"], usual["device"]) == ("", "", "?")
    assert own["expiresAt"] - own["createdAt"] == timedelta(hours=1)
    assert (own["ipAddress"], own["userAgent"], own["device"]) == ("192.0.2.1", "curl", "phone")
