"""The hooks of the probe."""

from __future__ import annotations

from typing import Any

from betterauth_py.conformance.functions.probe.answers import ProbeErrors
from betterauth_py.plugins import APIError, AuthContext, EndpointContext, Request, Response

Context = EndpointContext[Any, Any]


async def answer_first(ctx: Context) -> Any:
    """Answer, refuse or rename."""
    wish = ctx.headers.get("x-first")
    if wish == "answer":
        return {"answered": "before"}
    if wish == "refuse":
        raise APIError.of(400, ProbeErrors.NOT_YOURS)
    return {"context": {"body": {**ctx.body, "name": "renamed"}}}


def _name_of(body: Any) -> str:
    return str(body.get("name", "undefined")) if isinstance(body, dict) else "undefined"


async def show_name(ctx: Context) -> Any:
    """Show the name, and change it again."""
    name = _name_of(ctx.body)
    ctx.set_header("x-second", name)
    return {"context": {"body": {"name": f"{name} again"}}} if ctx.headers.get("x-again") else None


async def show_answer(ctx: Context) -> Any:
    """Show what was answered, and replace it."""
    returned = ctx.returned
    ctx.set_header("x-after", f"error {returned.status}" if isinstance(returned, APIError) else _name_of(returned))
    return {"replaced": True} if ctx.headers.get("x-replace") else None


async def welcome(ctx: Context) -> None:
    """Welcome a new user."""
    if ctx.new_session is None:
        return
    user = ctx.new_session[1]
    ctx.set_header("x-welcome", user["email"])
    if user["name"] == "Refused":
        raise APIError.of(403, ProbeErrors.NOT_YOURS)


async def on_request(request: Request, _: AuthContext) -> Request | Response | None:
    """Answer a request, or change it."""
    wish = request.headers.get("x-on-request")
    if wish == "answer":
        headers = [("content-type", "application/json"), ("x-early", "yes")]
        return Response(203, headers, b'{"answered":"on request"}')
    return request.with_headers({"x-asked": "on request"}) if wish == "change" else None


async def on_response(response: Response, _: AuthContext) -> Response | None:
    """Change an answer."""
    if not response.header("x-one"):
        return None
    return Response(203, [*response.headers, ("x-on-response", str(response.status))], response.body)


async def before_user(user: dict[str, Any], _: Any) -> dict[str, Any] | bool:
    """Refuse a user, or rank it."""
    if user["name"] == "Nobody":
        return False
    if user["name"] == "Thrown":
        raise APIError.of(400, ProbeErrors.NOT_YOURS)
    return {"data": {**user, "probeRank": len(user["name"])}}
