"""A plugin made with everything that ``betterauth_py.plugins`` gives the author of one.

``contracts/oracle/functions/probe.mjs`` is the same plugin, made with what better-auth 1.7.25 gives. The scenarios
``plugin-*.yaml`` play on both.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from betterauth_py.conformance.collected_mails import MailCollector
from betterauth_py.plugins import (
    UNDEFINED,
    APIError,
    AuthContext,
    Contributions,
    Cookie,
    CookieAttributes,
    DatabaseHooksOptions,
    Endpoint,
    EndpointContext,
    ErrorCode,
    ErrorCodes,
    Field,
    FieldReference,
    Guard,
    Hook,
    Model,
    PathRule,
    Plugin,
    RateLimitRule,
    Reply,
    Request,
    Response,
    RowHooks,
    Security,
    StateKey,
    TableHooks,
    Where,
    all_of,
    declare,
    endpoint,
    signed_in,
    validation,
)

Context = EndpointContext[Any, Any]
WORD: StateKey[str] = StateKey("the word")
ANYTHING = Reply("Whatever", {})


class ProbeErrors(ErrorCodes):
    """The plugin's errors."""

    TOO_MANY: ErrorCode = declare("You have enough")
    NOT_YOURS: ErrorCode = declare("Somebody else's")


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

THROWN: dict[str, Callable[[], Exception]] = {
    "message-and-code": lambda: APIError(400, {"message": "No", "code": "NO"}),
    "declared": lambda: APIError.of(403, ProbeErrors.NOT_YOURS),
    "message-only": lambda: APIError(401, {"message": "No such thing"}),
    "code-only": lambda: APIError(409, {"code": "TAKEN"}),
    "more-keys": lambda: APIError(422, {"message": "No", "code": "NO", "fields": ["a", None], "more": {"deep": 1}}),
    "no-body": lambda: APIError(404),
    "empty-body": lambda: APIError(404, {}),
    "number": lambda: APIError(418, {"message": "teapot", "code": "TEAPOT"}),
    "headers": lambda: APIError(429, {"message": "Later", "code": "LATER"}, {"retry-after": "7", "x-error": "yes"}),
    "same-header": lambda: APIError(400, {"message": "No", "code": "NO"}, {"x-set": "error's"}),
    "moved-permanently": lambda: APIError(301, None, {"location": "/moved"}),
    "see-other": lambda: APIError(303, None, {"location": "https://elsewhere.example/x"}),
    "ok": lambda: APIError(200, {"message": "fine"}),
    "accepted": lambda: APIError(202, {"later": True}),
    "server": lambda: APIError(500, {"message": "broken", "code": "BROKEN"}),
    "error": lambda: RuntimeError("what nobody shall read"),
    "type": lambda: TypeError("what nobody shall read"),
}
RETURNED: dict[str, Any] = {
    "object": {"a": 1, "c": None, "d": [1, None, "x"], "e": 1.5, "f": "é\u2028"},
    "list": [1, "two", None],
    "empty-list": [],
    "text": "plain words, é",
    "empty-text": "",
    "number": 7,
    "zero": 0,
    "true": True,
    "false": False,
    "null": None,
    "nothing": UNDEFINED,
    "date": {"at": datetime(2001, 9, 9, 1, 46, 40, 5_000, UTC)},
    "json": {"made": "json"},
    "json-status": {"made": "json"},
    "status": {"accepted": True},
    "no-content": UNDEFINED,
}
RAW: dict[str, Callable[[], Response]] = {
    "text": lambda: Response(200, [("content-type", "text/plain;charset=UTF-8")], b"raw words"),
    "html": lambda: Response(203, [("content-type", "text/html"), ("x-raw", "yes")], b"<p>raw</p>"),
    "json": lambda: Response(201, [("content-type", "application/json")], b'{"raw":true}'),
    "empty": lambda: Response(204),
    "redirect": lambda: Response(303, [("location", "/raw")]),
    "cookies": lambda: Response(
        200,
        [
            ("set-cookie", "raw-a=1; Path=/"),
            ("set-cookie", "raw-b=2; Path=/"),
            ("content-type", "application/json"),
        ],
        b"{}",
    ),
    "same-header": lambda: Response(
        200, [("content-type", "text/plain;charset=UTF-8"), ("x-set", "response's")], b"raw"
    ),
}


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


async def _first(ctx: Context) -> Any:
    wish = ctx.headers.get("x-first")
    if wish == "answer":
        return {"answered": "before"}
    if wish == "refuse":
        raise APIError.of(400, ProbeErrors.NOT_YOURS)
    return {"context": {"body": {**ctx.body, "name": "renamed"}}}


def _name_of(body: Any) -> str:
    return str(body.get("name", "undefined")) if isinstance(body, dict) else "undefined"


async def _second(ctx: Context) -> Any:
    name = _name_of(ctx.body)
    ctx.set_header("x-second", name)
    return {"context": {"body": {"name": f"{name} again"}}} if ctx.headers.get("x-again") else None


async def _after(ctx: Context) -> Any:
    returned = ctx.returned
    ctx.set_header("x-after", f"error {returned.status}" if isinstance(returned, APIError) else _name_of(returned))
    return {"replaced": True} if ctx.headers.get("x-replace") else None


async def _welcome(ctx: Context) -> None:
    if ctx.new_session is None:
        return
    user = ctx.new_session[1]
    ctx.set_header("x-welcome", user["email"])
    if user["name"] == "Refused":
        raise APIError.of(403, ProbeErrors.NOT_YOURS)


async def _on_request(request: Request, _: AuthContext) -> Request | Response | None:
    wish = request.headers.get("x-on-request")
    if wish == "answer":
        headers = [("content-type", "application/json"), ("x-early", "yes")]
        return Response(203, headers, b'{"answered":"on request"}')
    return request.with_headers({"x-asked": "on request"}) if wish == "change" else None


async def _on_response(response: Response, _: AuthContext) -> Response | None:
    if not response.header("x-one"):
        return None
    return Response(203, [*response.headers, ("x-on-response", str(response.status))], response.body)


async def _before_user(user: dict[str, Any], _: Any) -> dict[str, Any] | bool:
    if user["name"] == "Nobody":
        return False
    if user["name"] == "Thrown":
        raise APIError.of(400, ProbeErrors.NOT_YOURS)
    return {"data": {**user, "probeRank": len(user["name"])}}


ENDPOINTS = [
    probe_body, probe_form, probe_no_schema, probe_item, probe_redirect, probe_lead, probe_cookies, probe_headers,
    probe_throw, probe_return, probe_raw, probe_knock, probe_who, probe_hooked, probe_add, probe_list, probe_only_here,
]  # fmt: skip
NOTE = Model(
    name="probeNote",
    fields={
        "title": Field(),
        "size": Field(type="number", required=False),
        "ownerId": Field(index=True, references=FieldReference(model="user", field="id")),
        "createdAt": Field(type="date"),
        "state": Field(required=False, default_value="new"),
    },
)
USER_COLUMNS = {
    "probeRank": Field(type="number", required=False, input=False),
    "probeColor": Field(required=False, default_value="red"),
    "probeHidden": Field(required=False, returned=False),
}


def functions(mails: MailCollector) -> dict[str, Any]:
    """The table of names."""

    async def after_user(user: dict[str, Any], ctx: Context | None) -> None:
        path = ctx.path if ctx is not None else None
        origins = ctx is not None and "https://probe.example" in ctx.auth.static_origins
        mails.append({"kind": "probe-created", "rank": user["probeRank"], "path": path, "origins": origins})

    hooks = DatabaseHooksOptions(user=TableHooks(create=RowHooks(before=_before_user, after=after_user)))
    return {
        "probe": Plugin(
            id="probe",
            endpoints=ENDPOINTS,
            schema={"probeNote": NOTE},
            columns={"user": USER_COLUMNS},
            before=[
                Hook(paths=["/probe/hooked"], matcher=lambda ctx: "x-first" in ctx.headers, handler=_first),
                Hook(paths=["/probe/hooked"], handler=_second),
            ],
            after=[
                Hook(paths=["/probe/hooked"], handler=_after),
                Hook(paths=["/sign-up/email"], handler=_welcome),
            ],
            error_codes=ProbeErrors,
            rate_limit=[
                PathRule(matcher=lambda path: path == "/probe/headers", rule=RateLimitRule(window=60, max=2)),
                PathRule(matcher=lambda path: path.startswith("/probe/knock"), rule=RateLimitRule(window=60, max=1)),
            ],
            on_request=_on_request,
            on_response=_on_response,
            setup=lambda _: Contributions(database_hooks=hooks, trusted_origins=["https://probe.example"]),
        )
    }
