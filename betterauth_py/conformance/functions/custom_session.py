"""Functions in the profiles of the custom-session plugin.

``contracts/oracle/functions/custom-session.mjs`` is the other half.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from betterauth_py import APIError
from betterauth_py.conformance.collected_mails import MailCollector

Function = Callable[[dict[str, Any], Any], Any]


def _fail(_: dict[str, Any], __: Any) -> NoReturn:
    raise RuntimeError("what nobody shall read")


def _refuse(_: dict[str, Any], ctx: Any) -> NoReturn:
    ctx.response_headers.add_cookie("refused=1; Path=/")
    raise APIError(403, {"message": "Not today", "code": "NOT_TODAY"})


def _redirect(_: dict[str, Any], __: Any) -> NoReturn:
    raise APIError.redirect("/elsewhere")


def _set_cookie(_: dict[str, Any], ctx: Any) -> dict[str, Any]:
    ctx.response_headers.add_cookie("own=a%20b; Path=/; HttpOnly")
    ctx.set_header("x-own", "yes")
    ctx.set_header("cache-control", "private")
    return {"own": True}


def _set_status(_: dict[str, Any], ctx: Any) -> dict[str, Any]:
    ctx.response_status = 202
    return {"accepted": True}


_SHOWN: dict[str, Function] = {
    "nothing": lambda _, __: None,
    "list": lambda found, _: [found["user"]["email"], found["user"]["createdAt"], 1],
    "empty-list": lambda _, __: [],
    "empty": lambda _, __: {},
    "text": lambda _, __: "plain words, é",
    "empty-text": lambda _, __: "",
    "number": lambda _, __: 7,
    "false": lambda _, __: False,
    "date": lambda found, _: found["session"]["expiresAt"],
    "user": lambda found, _: found["user"],
    "error": _fail,
    "refuse": _refuse,
    "redirect": _redirect,
    "cookie": _set_cookie,
    "status": _set_status,
}


async def _custom_session(found: dict[str, Any], ctx: Any) -> Any:
    wish = _SHOWN.get(ctx.headers.get("x-shown", ""))
    if wish is not None:
        return wish(found, ctx)
    more = {name: value for name, value in found.items() if name not in {"session", "user"}}
    return {
        "roles": ["admin"],
        "user": {**found["user"], "newField": "new"},
        "session": found["session"],
        "more": more,
        "path": ctx.path,
        "method": ctx.method,
        "query": ctx.query if isinstance(ctx.query, dict) else None,
    }


def _at_once(found: dict[str, Any], _: Any) -> dict[str, Any]:
    user, session = found["user"], found["session"]
    return {"email": user["email"], "born": user["createdAt"], "sid": session["id"]}


def functions(_: MailCollector) -> dict[str, Callable[..., Any]]:
    """The table of names."""
    return {"customSession": _custom_session, "customSessionAtOnce": _at_once}
