"""What the right answers look like. A benchmark of wrong answers would measure nothing."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Literal

Kind = Literal["session", "null", "sign-in", "sign-up"]

_SESSION = {"id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent"}
_USER = {"id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt"}


def looks_right(kind: Kind, expected: bytes, body: bytes) -> bool:
    """Tell cheaply, for every single answer, whether `body` is the one about `expected`."""
    if kind == "null":
        return body == b"null"
    return expected in body and b'"user":{' in body and body.startswith(b"{") and body.endswith(b"}")


def problem_with(kind: Kind, expected: bytes, body: bytes) -> str | None:
    """Read `body` completely; return what is wrong with it, or None. `expected` is a token or an e-mail address."""
    try:
        answer = json.loads(body)
    except ValueError:
        return f"no JSON: {body[:200]!r}"
    if kind == "null":
        return None if answer is None else f"not null: {body[:200]!r}"
    try:
        user = answer["user"]
        right = user["email"] == expected.decode() if kind != "session" else _is_session(answer, expected.decode())
        complete = set(user) == _USER and (kind == "session" or len(answer["token"]) == 32)
    except (KeyError, TypeError):
        right = complete = False
    return None if right and complete else f"not the answer about {expected.decode()}: {body[:600]!r}"


def _is_session(answer: dict[str, Any], token: str) -> bool:
    session, user = answer["session"], answer["user"]
    dates = [row[name] for row in (session, user) for name in ("createdAt", "updatedAt")] + [session["expiresAt"]]
    return (
        set(session) == _SESSION
        and session["token"] == token
        and session["userId"] == user["id"]
        and all(date.endswith("Z") and datetime.fromisoformat(date) for date in dates)
    )
