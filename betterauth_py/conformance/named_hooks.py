"""The hooks of a profile on our side; ``contracts/oracle/hooks.mjs`` is the other half.

Headers of the request say what they do, so that one profile serves a whole scenario.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx

from betterauth_py import APIError

from .collected_mails import MailCollector

Action = Callable[[Any], Any]

_CHANGED_FIELD = {"user": "name", "session": "userAgent", "account": "scope", "verification": "scope"}


def _refusal(code: str) -> APIError:
    return APIError(403, {"message": "Not today", "code": code})


def _raising(error: Callable[[], Exception], marks: str = "") -> Action:
    def act(ctx: Any) -> None:
        if marks:
            _leave_marks(ctx, marks)
        raise error()

    return act


def _leave_marks(ctx: Any, who: str) -> None:
    ctx.set_header(f"x-{who}", "was here")
    ctx.response_headers.add_cookie(f"seen-{who}=1; Path=/")


def _exposing(value: str, error: APIError | None = None) -> Action:
    def act(ctx: Any) -> None:
        ctx.set_header("access-control-expose-headers", "X-Replaced")
        ctx.set_header("access-control-expose-headers", value)
        if error is not None:
            raise APIError(error.status, error.body, error.headers)

    return act


async def _outside(ctx: Any) -> dict[str, Any]:
    """Ask a server elsewhere what the header says, and show its answer."""
    method, _, url = ctx.headers["x-outside"].partition(" ")
    own = {"accept": "application/json", "content-type": "application/json"}
    given = {"headers": own, "content": '{"a":"b"}'} if method == "POST" else {}
    try:
        answer = await ctx.auth.http_client.request(method, url, follow_redirects=True, **given)
    except httpx.HTTPError:
        return {"failed": True}
    shown = {name: answer.headers.get(name) for name in ("content-type", "content-length", "x-one")}
    return {"status": answer.status_code, "headers": shown, "url": str(answer.url), "text": answer.text}


def _broken() -> Exception:
    return RuntimeError("a hook is broken")


def _elsewhere() -> Exception:
    return APIError.redirect("/elsewhere?a=b")


def _marked_answer(ctx: Any) -> dict[str, Any]:
    _leave_marks(ctx, "before")
    return {"stopped": True}


_BEFORE: dict[str, Action] = {
    "exposes": _exposing("x-before, X-One"),
    "answer": lambda _: {"stopped": True},
    "outside": _outside,
    "empty-answer": lambda _: {},
    "list": lambda _: [1, 2],
    "text": lambda _: "plain",
    "number": lambda _: 7,
    "null": lambda _: None,
    "refuse": _raising(lambda: _refusal("REFUSED_BEFORE")),
    "fail": _raising(_broken),
    "redirect": _raising(_elsewhere),
    "body": lambda _: {"context": {"body": {"name": "From the hook", "nickname": "hooked"}}},
    "body-null": lambda _: {"context": {"body": {"callbackURL": None}}},
    "query": lambda _: {"context": {"query": {"disableCookieCache": "true", "disableRefresh": "true"}}},
    "headers": lambda _: {"context": {"headers": {"user-agent": "hooked agent", "X-Forwarded-For": "203.0.113.9"}}},
    "no-cookie": lambda _: {"context": {"headers": {"cookie": ""}}},
    "marks": lambda ctx: _leave_marks(ctx, "before"),
    "marks-answer": _marked_answer,
    "marks-refuse": _raising(lambda: _refusal("REFUSED_BEFORE"), "before"),
}


def _shown(returned: Any) -> Any:
    if isinstance(returned, APIError):
        return {"error": returned.code, "status": returned.status}
    return list(returned) if isinstance(returned, dict) else returned


_AFTER: dict[str, Action] = {
    "exposes": _exposing(" x-one,, x-after,X-After"),
    "exposes-refuse": _exposing(
        "x-one, x-after",
        APIError(
            403,
            {"message": "Not today", "code": "REFUSED_AFTER"},
            {"access-control-expose-headers": "X-After, x-error"},
        ),
    ),
    "replace": lambda ctx: {"replaced": True, "was": _shown(ctx.returned)},
    "empty-answer": lambda _: {},
    "list": lambda _: [1, 2],
    "text": lambda _: "plain",
    "refuse": _raising(lambda: _refusal("REFUSED_AFTER")),
    "fail": _raising(_broken),
    "redirect": _raising(_elsewhere),
    "marks": lambda ctx: _leave_marks(ctx, "after"),
    "marks-refuse": _raising(lambda: _refusal("REFUSED_AFTER"), "after"),
    "new-session": lambda ctx: {"email": ctx.new_session and ctx.new_session[1]["email"], "path": ctx.path},
    "session": lambda ctx: {
        "email": ctx.session and ctx.session[1]["email"],
        "path": ctx.path,
        "method": ctx.method,
    },
}


def _chosen(table: dict[str, Action], header: str) -> Action:
    def run(ctx: Any) -> Any:
        name = ctx.headers.get(header)
        return table[name](ctx) if name else None

    return run


def _witnessed(row: Any) -> Any:
    """What a row hook is given, in a comparable form: the keys and the plain values."""
    if not isinstance(row, dict):
        return type(row).__name__
    return {key: "date" if isinstance(row[key], datetime) else row[key] for key in sorted(row)}


def _row_hooks(mails: MailCollector, model: str) -> dict[str, Any]:
    def around(change: str) -> dict[str, Any]:
        def note(moment: str, row: Any, ctx: Any) -> str | None:
            if ctx is None:
                return None
            if ctx.headers.get("x-witness"):
                mails.append({"kind": f"{moment}-{change}-{model}", "row": _witnessed(row), "path": ctx.path})
            wish: str | None = ctx.headers.get("x-row")
            return wish

        async def before(row: Any, ctx: Any) -> Any:
            wish = note("before", row, ctx)
            if wish == f"refuse-{change}-{model}":
                return False
            if wish == f"throw-{change}-{model}":
                raise _refusal("REFUSED_ROW")
            if wish == f"fail-{change}-{model}":
                raise RuntimeError("a row hook is broken")
            if wish == f"change-{change}-{model}":
                return {"data": {_CHANGED_FIELD[model]: "changed by a row hook"}}
            return None

        async def after(row: Any, ctx: Any) -> None:
            if note("after", row, ctx) == f"after-throw-{change}-{model}":
                raise _refusal("REFUSED_AFTER_ROW")

        return {"before": before, "after": after}

    return {change: around(change) for change in ("create", "update", "delete")}


def named_hooks(mails: MailCollector) -> dict[str, Any]:
    """The table of names; what hooks saw is kept among ``mails``."""

    async def on_error(error: Any, auth: Any) -> None:
        mails.append({"kind": "api-error", "code": getattr(error, "code", None), "message": str(error)})

    async def validate_user_info(data: dict[str, Any], ctx: Any) -> dict[str, str] | None:
        user, source = data["user"], dict(data["source"])
        if "oauth" in source:
            source["oauth"] = {
                "providerId": source["oauth"]["provider_id"],
                "profile": source["oauth"]["profile"],
            }
        shown = sorted(name for name, value in user.items())
        mails.append({"kind": "validate-user-info", "user": shown, "source": source, "path": ctx.path})
        match user["name"]:
            case "Nobody":
                return {"error": "nobody_is_welcome", "error_description": "Somebody else, please"}
            case "Terse":
                return {"error": "terse"}
            case "Broken":
                raise RuntimeError("the gate is broken")
            case "Thrower":
                raise APIError(400, {"message": "thrown", "code": "THROWN"})
            case _:
                return None

    return {
        "hookBefore": _chosen(_BEFORE, "x-before"),
        "hookAfter": _chosen(_AFTER, "x-after"),
        **{f"{model}RowHooks": _row_hooks(mails, model) for model in _CHANGED_FIELD},
        "onError": on_error,
        "validateUserInfo": validate_user_info,
    }
