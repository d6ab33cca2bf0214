"""What an endpoint can declare: who may call it, what it reads, and what it answers with."""

from __future__ import annotations

import json
from typing import Any

import pytest

from betterauth_py import APIError, Plugin
from betterauth_py.core.call_state import StateKey
from betterauth_py.core.context import EndpointContext
from betterauth_py.core.endpoint import Endpoint, Reply, endpoint
from betterauth_py.core.guard import Guard, all_of, any_of
from betterauth_py.flows.security import Security
from betterauth_py.wire.errors import ErrorCode
from betterauth_py.wire.validation import Object, String
from tests.conftest import MakeAuth
from tests.http.client import Client
from tests.http.people import sign_up

Context = EndpointContext[Any, Any]
ANYTHING = Reply("Whatever", {"type": "object"})
NO_TOKEN = ErrorCode("INVALID_TOKEN", "No such token")
BAD_NEXT = ErrorCode("INVALID_NEXT_URL", "Invalid next URL")
ORIGIN = {"origin": "https://evil.test"}


def echoing(
    path: str, method: str = "POST", *, reply: Reply = ANYTHING, security: Guard = Security.PUBLIC, **more: Any
) -> Endpoint[Any, Any]:
    async def echo(ctx: Context) -> Any:
        """Show what came."""
        body = ctx.body.decode() if isinstance(ctx.body, bytes) else ctx.body
        return {"body": body or None, "signed_in": ctx.session is not None}

    name = path.strip("/").replace("/", "_").replace(".", "_").replace("-", "_")
    echo.__name__ = f"{method}_{name}".lower()
    return endpoint(path, methods=(method,), security=security, operation_id=name, reply=reply, **more)(echo)


async def _require_bearer(ctx: Context) -> None:
    if ctx.headers.value("authorization") != "Bearer right":
        raise APIError.of(401, NO_TOKEN)


BEARER = Guard(
    name="bearer",
    sentence="Whoever has the token.",
    check=_require_bearer,
    errors=((401, NO_TOKEN),),
    schemes={"bearer": {"type": "http", "scheme": "bearer"}},
)


def declared(*endpoints: Endpoint[Any, Any]) -> Plugin:
    return Plugin(id="declared", endpoints=endpoints)


async def test_a_guard_of_a_plugin_guards_and_is_described(make_auth: MakeAuth) -> None:
    auth = await make_auth(
        plugins=[
            declared(
                echoing("/token-only", security=BEARER),
                echoing("/both", security=all_of(BEARER, Security.SESSION)),
                echoing("/either", security=any_of(Security.SESSION, BEARER)),
            )
        ]
    )
    client, nobody, token = Client(auth.app), Client(auth.app), {"authorization": "Bearer right"}
    await sign_up(client)
    assert (await nobody.post("/api/auth/token-only")).json()["code"] == "INVALID_TOKEN"
    assert (await nobody.post("/api/auth/token-only", headers=token)).status == 200
    assert (await client.post("/api/auth/both")).json()["code"] == "INVALID_TOKEN"
    assert (await nobody.post("/api/auth/both", headers=token)).json()["code"] == "UNAUTHORIZED"
    assert (await client.post("/api/auth/both", headers=token)).json()["signed_in"] is True
    assert (await nobody.post("/api/auth/either")).json()["code"] == "INVALID_TOKEN"
    assert (await nobody.post("/api/auth/either", headers=token)).json()["signed_in"] is False
    assert (await client.post("/api/auth/either")).json()["signed_in"] is True

    document = auth.openapi()
    either = document["paths"]["/api/auth/either"]["post"]
    assert either["security"] == [{"session": []}, {"bearer": []}]
    assert document["paths"]["/api/auth/both"]["post"]["security"] == [{"bearer": [], "session": []}]
    assert set(either["responses"]["401"]["content"]["application/json"]["examples"]) == {
        "UNAUTHORIZED",
        "INVALID_TOKEN",
    }
    assert document["components"]["securitySchemes"]["bearer"] == {"type": "http", "scheme": "bearer"}
    assert document["components"]["securitySchemes"]["session"]["name"] == "better-auth.session_token"


async def test_what_a_refusing_guard_did_is_forgotten_where_another_lets_pass(make_auth: MakeAuth) -> None:
    auth = await make_auth(plugins=[declared(echoing("/either", security=any_of(Security.SESSION, BEARER)))])
    client = Client(auth.app)
    await sign_up(client)
    await auth.context.sessions.delete(client.cookies["better-auth.session_token"].partition(".")[0])
    passed = await client.post("/api/auth/either", headers={"authorization": "Bearer right"})
    assert (passed.status, passed.set_cookies) == (200, [])
    refused = await client.post("/api/auth/either")
    assert (refused.status, refused.json()["code"]) == (401, "INVALID_TOKEN")
    with pytest.raises(ValueError, match="server only"):
        any_of(Security.SERVER_ONLY, Security.SESSION)


async def test_what_a_refusing_guard_put_into_the_state_is_forgotten(make_auth: MakeAuth) -> None:
    role: StateKey[str] = StateKey("role")

    async def claim_and_refuse(ctx: Context) -> None:
        ctx.state.set(role, "administrator")
        raise APIError.of(401, NO_TOKEN)

    async def tell(ctx: Context) -> Any:
        """Tell the role."""
        return {"role": ctx.state.get(role)}

    claiming = Guard(name="claiming", sentence="Nobody.", check=claim_and_refuse)
    told = endpoint(
        "/role",
        methods=("POST",),
        security=any_of(claiming, Security.PUBLIC),
        operation_id="tellRole",
        reply=ANYTHING,
    )(tell)
    client = Client((await make_auth(plugins=[declared(told)])).app)
    assert (await client.post("/api/auth/role")).json() == {"role": None}


@pytest.mark.parametrize("combine", [all_of, any_of])
def test_no_guards_at_all_do_not_open_an_endpoint(combine: Any) -> None:
    with pytest.raises(ValueError, match="no guards"):
        combine()


async def test_each_redirect_parameter_is_checked_with_its_own_error(make_auth: MakeAuth) -> None:
    leading = echoing("/lead", "GET", redirect_parameters=("callbackURL", ("next", BAD_NEXT)))
    client = Client((await make_auth(plugins=[declared(leading)])).app)
    assert (await client.get("/api/auth/lead?callbackURL=/a&next=/b")).status == 200
    for query, code in (("callbackURL=https://evil.test", "INVALID_CALLBACK_URL"), ("next=//evil.test", BAD_NEXT.code)):
        refused = await client.get(f"/api/auth/lead?{query}")
        assert (refused.status, refused.json()["code"]) == (403, code)


async def test_the_origin_is_not_checked_where_an_endpoint_waives_it(make_auth: MakeAuth) -> None:
    auth = await make_auth(plugins=[declared(echoing("/waived", checks_origin=False), echoing("/checked"))])
    client = Client(auth.app)
    await sign_up(client)
    assert (await client.post("/api/auth/checked", {}, headers=ORIGIN)).json()["code"] == "INVALID_ORIGIN"
    assert (await client.post("/api/auth/waived", {}, headers=ORIGIN)).status == 200


async def test_a_raw_body_is_read_as_it_was_sent_and_bounded(make_auth: MakeAuth) -> None:
    auth = await make_auth(plugins=[declared(echoing("/hook", takes_raw_body=True))])
    client = Client(auth.app)
    for media_type in ("application/json", "application/xml", "text/plain"):
        reply = await client.send("POST", "/api/auth/hook", {"content-type": media_type}, b' {"a" : 1} ')
        assert reply.json()["body"] == ' {"a" : 1} '
    assert (await client.send("POST", "/api/auth/hook", {}, b"x" * 100_000)).status == 413
    described = auth.openapi()["paths"]["/api/auth/hook"]["post"]
    assert "415" not in described["responses"]
    assert list(described["requestBody"]["content"]) == ["*/*"]
    assert await auth.api.post_hook(body=b"in process") == {"body": "in process", "signed_in": False}


async def test_statuses_media_types_and_errors_are_an_endpoints_own(make_auth: MakeAuth) -> None:
    def shaped(error: APIError) -> APIError:
        body = {"schemas": ["urn:error"], "status": str(error.status), "detail": (error.body or {}).get("message")}
        return APIError(error.status, body, {"content-type": "application/scim+json"})

    scim: dict[str, Any] = {"media_types": ("application/scim+json", "application/json"), "shape_error": shaped}
    resource = Reply("Made", {"type": "object"}, "application/scim+json", 201)
    auth = await make_auth(
        plugins=[
            declared(
                echoing("/Users", reply=resource, body=Object({"userName": String()}), **scim),
                echoing("/Users/:id", "PUT", reply=Reply("Changed", {}, "application/scim+json"), **scim),
                echoing("/Users/:id", "DELETE", reply=Reply("Gone", {}, status=204), security=BEARER, **scim),
            )
        ]
    )
    client, media = Client(auth.app), {"content-type": "application/scim+json"}
    made = await client.send("POST", "/api/auth/Users", media, b'{"userName": "ada"}')
    assert (made.status, made.header("content-type"), made.json()["body"]) == (
        201,
        resource.media_type,
        {"userName": "ada"},
    )
    assert (await client.send("PUT", "/api/auth/Users/1", media, b"{}")).header("content-type") == resource.media_type
    gone = await client.send("DELETE", "/api/auth/Users/1", {"authorization": "Bearer right"})
    assert (gone.status, gone.body, gone.header("content-type")) == (204, b"", None)
    for refused, status in (
        (await client.send("POST", "/api/auth/Users", media, b"{}"), 400),
        (await client.send("POST", "/api/auth/Users", media, b"{"), 400),
        (await client.send("POST", "/api/auth/Users", {"content-type": "text/plain"}, b"x"), 415),
        (await client.send("DELETE", "/api/auth/Users/1"), 401),
    ):
        assert (refused.status, refused.header("content-type")) == (status, "application/scim+json")
        assert refused.json()["status"] == str(status)
    responses = auth.openapi()["paths"]["/api/auth/Users"]["post"]["responses"]
    examples = responses["400"]["content"]["application/scim+json"]["examples"]
    assert examples["VALIDATION_ERROR"]["value"]["status"] == "400"
    assert "201" in responses
    assert "200" not in responses


async def test_an_endpoint_may_stand_at_the_root(make_auth: MakeAuth) -> None:
    app, limits = "https://app.example.com", {"enabled": True, "window": 60, "max": 10}
    rooted = echoing("/.well-known/things", "GET", at_root=True)
    auth = await make_auth(plugins=[declared(rooted)], rate_limit=limits, trusted_origins=[app])
    client = Client(auth.app)
    assert (await client.get("/.well-known/things")).status == 200
    assert (await client.get("/api/auth/.well-known/things")).status == 404
    refused = await client.post("/.well-known/things", {})
    assert (refused.status, refused.header("allow"), refused.body) == (405, "GET, HEAD", b"")
    assert (await client.send("HEAD", "/.well-known/things")).status == 200
    allowed = await client.get("/.well-known/things", {"origin": app})
    assert allowed.header("access-control-allow-origin") == app
    assert (await client.get("/.well-known/others")).status == 404
    assert [(await client.get("/.well-known/things")).status for _ in range(10)][-1] == 429
    assert json.dumps(auth.openapi()["paths"]).count('"/.well-known/things"') == 1
