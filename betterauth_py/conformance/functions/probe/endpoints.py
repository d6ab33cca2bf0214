"""The endpoints of the probe."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from betterauth_py.conformance.functions.probe.answers import RAW, RETURNED, THROWN, ProbeErrors
from betterauth_py.plugins import (
    UNDEFINED,
    APIError,
    Cookie,
    CookieAttributes,
    Endpoint,
    EndpointContext,
    Guard,
    Reply,
    Security,
    StateKey,
    Where,
    all_of,
    endpoint,
    signed_in,
    validation,
)

Context = EndpointContext[Any, Any]
WORD: StateKey[str] = StateKey("the word")
ANYTHING = Reply("Whatever", {})
ENTRY = validation.Object(
    {
        "name": validation.Checked(validation.String(), (validation.MinLength(2),)),
        "count": validation.Optional(validation.Checked(validation.Number(), (validation.Integer(),))),
        "kind": validation.Default(validation.OneOf(("a", "b")), lambda: "a"),
        "tags": validation.Optional(validation.Array(validation.String())),
    }
)
WHAT = validation.Object({"what": validation.String()})
FORM = ("application/x-www-form-urlencoded", "application/json")


def _plain(name: str, *, same_site: str | None = None, path: str = "/", max_age: int | None = None) -> Cookie:
    attributes = CookieAttributes(path=path, http_only=False, same_site=same_site, max_age=max_age)
    return Cookie(name, attributes)


async def _knock(ctx: Context) -> None:
    word = ctx.headers.get("x-word")
    ctx.set_header("x-knocked", word or "silence")
    if not word:
        raise APIError(401, {"message": "Say the word", "code": "SILENCE"})
    if word == "cookie":
        ctx.set_cookie(_plain("knocked"), "1")
    ctx.state.set(WORD, word)


KNOCK = Guard(name="knock", sentence="Whoever says the word.", check=_knock)


def _mark(ctx: Context) -> None:
    ctx.set_header("x-set", "endpoint's")
    ctx.set_cookie(_plain("set"), "1")


def _endpoint(
    path: str | None, *methods: str, security: Guard = Security.PUBLIC, **declarations: Any
) -> Callable[[Callable[[Context], Awaitable[Any]]], Endpoint[Any, Any]]:
    def declare_it(handler: Callable[[Context], Awaitable[Any]]) -> Endpoint[Any, Any]:
        declared = {"operation_id": handler.__name__, "reply": ANYTHING, "no_store": False, **declarations}
        made: Endpoint[Any, Any] = endpoint(path, methods=methods, security=security, **declared)(handler)
        return made

    return declare_it


@_endpoint(
    "/probe/body",
    "POST",
    body=ENTRY,
    query=validation.Object({"flag": validation.Optional(validation.String())}),
)
async def probe_body(ctx: Context) -> Any:
    """Answer what was sent."""
    return {"body": ctx.body, "query": ctx.query}


@_endpoint("/probe/form", "POST", body=validation.Object({"a": validation.String()}), media_types=FORM)
async def probe_form(ctx: Context) -> Any:
    """Take a form."""
    return {"a": ctx.body["a"]}


@_endpoint("/probe/no-schema", "GET", "POST", "PUT")
async def probe_no_schema(ctx: Context) -> Any:
    """Take anything."""
    body = None if ctx.body is UNDEFINED else ctx.body
    return {"method": ctx.method, "body": body, "query": ctx.query, "path": ctx.path}


@_endpoint("/probe/items/:id/:part", "GET")
async def probe_item(ctx: Context) -> Any:
    """Answer the path parameters."""
    return {"params": ctx.params, "path": ctx.path}


@_endpoint("/probe/redirect", "GET", query=validation.Object({"to": validation.String()}))
async def probe_redirect(ctx: Context) -> Any:
    """Redirect anywhere."""
    _mark(ctx)
    raise APIError.redirect(ctx.query["to"])


@_endpoint(
    "/probe/lead",
    "GET",
    query=validation.Object({"callbackURL": validation.Optional(validation.String())}),
    redirect_parameters=("callbackURL",),
)
async def probe_lead(ctx: Context) -> Any:
    """Redirect where it is trusted."""
    raise APIError.redirect(ctx.query.get("callbackURL", "/nowhere"))


@_endpoint("/probe/cookies", "GET")
async def probe_cookies(ctx: Context) -> Any:
    """Read cookies and set them."""
    own = ctx.auth.make_cookie("probe", 60)
    read = {"plain": ctx.get_cookie("plain"), "own": ctx.get_signed_cookie(own)}
    ctx.set_cookie(_plain("plain", path="/probe", max_age=5, same_site="strict"), "a b;c%")
    ctx.set_cookie(own, "unsigned")
    ctx.set_signed_cookie(own, "vouched for", max_age=60)
    return read


@_endpoint("/probe/headers", "GET")
async def probe_headers(ctx: Context) -> Any:
    """Set headers."""
    ctx.set_header("X-One", "1")
    ctx.set_header("x-one", "2")
    ctx.set_header("Cache-Control", "max-age=9")
    ctx.set_header("content-type", "text/x-own")
    return {"asked": ctx.headers.get("x-asked"), "agent": ctx.headers.get("user-agent")}


@_endpoint("/probe/throw", "GET", "POST", query=WHAT)
async def probe_throw(ctx: Context) -> Any:
    """Raise."""
    _mark(ctx)
    raise THROWN[ctx.query["what"]]()


@_endpoint("/probe/return", "GET", query=WHAT)
async def probe_return(ctx: Context) -> Any:
    """Answer a value."""
    _mark(ctx)
    what = ctx.query["what"]
    ctx.response_status = {"status": 202, "no-content": 204}.get(what)
    return RETURNED[what]


@_endpoint("/probe/raw", "GET", query=WHAT)
async def probe_raw(ctx: Context) -> Any:
    """Answer a response."""
    _mark(ctx)
    return RAW[ctx.query["what"]]()


@_endpoint("/probe/knock", "GET", security=KNOCK)
async def probe_knock(ctx: Context) -> Any:
    """Ask for the word."""
    return {"word": ctx.state.get(WORD)}


@_endpoint("/probe/who", "GET", security=all_of(Security.SESSION, KNOCK))
async def probe_who(ctx: Context) -> Any:
    """Ask for the user and the word."""
    return {"who": signed_in(ctx)[1]["email"], "word": ctx.state.get(WORD)}


@_endpoint("/probe/hooked", "POST", body=validation.Object({"name": validation.String()}))
async def probe_hooked(ctx: Context) -> Any:
    """Have hooks."""
    if ctx.body["name"] == "throw":
        raise APIError.of(403, ProbeErrors.TOO_MANY)
    return {"name": ctx.body["name"]}


@_endpoint(
    "/probe/add",
    "POST",
    security=Security.SESSION,
    body=validation.Object({"title": validation.String(), "size": validation.Optional(validation.Number())}),
)
async def probe_add(ctx: Context) -> Any:
    """Write a note."""
    owner = signed_in(ctx)[1]["id"]
    if await ctx.auth.rows.count("probeNote", Where("ownerId", owner)) >= 2:
        raise APIError.of(403, ProbeErrors.TOO_MANY)
    row = {"id": ctx.auth.generate_id("probeNote"), **ctx.body, "ownerId": owner, "createdAt": ctx.auth.now()}
    return await ctx.auth.rows.create("probeNote", row)


@_endpoint("/probe/list", "GET", security=Security.SESSION)
async def probe_list(ctx: Context) -> Any:
    """List your notes."""
    owned = Where("ownerId", signed_in(ctx)[1]["id"])
    return await ctx.auth.rows.find_many("probeNote", owned, order_by="title", descending=True)


@_endpoint(None, "POST", security=Security.SERVER_ONLY)
async def probe_only_here(_: Context) -> Any:
    """Serve nobody."""
    return {"never": "served"}


ENDPOINTS = [
    probe_body, probe_form, probe_no_schema, probe_item, probe_redirect, probe_lead, probe_cookies, probe_headers,
    probe_throw, probe_return, probe_raw, probe_knock, probe_who, probe_hooked, probe_add, probe_list, probe_only_here,
]  # fmt: skip
