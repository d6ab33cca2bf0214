"""What ``{"$fn": "name"}`` in a profile means on our side; ``contracts/oracle/callables.mjs`` is the other half."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import betterauth_py
from betterauth_py.oauth.tokens import Tokens

from .collected_mails import MailCollector
from .functions import functions_of_plugins
from .named_hooks import named_hooks


def _get(thing: Any, name: str) -> Any:
    """An attribute or an item, whichever the server hands over; None when there is neither."""
    if isinstance(thing, Mapping):
        return thing.get(name)
    return getattr(thing, name, None)


def _digest(password: str) -> str:
    return "digest:" + hashlib.sha256(password.encode("utf-8", "surrogatepass")).hexdigest()


def _header(request: Any, name: str) -> str | None:
    if request is None:
        return None
    value = request.headers.get(name)
    return value.decode() if isinstance(value, bytes) else value


def _in_brackets(value: Any) -> Any:
    return f"<{value}>" if isinstance(value, str) else value


async def _in_brackets_later(value: Any) -> Any:
    return _in_brackets(value)


def _failing_transform(value: Any) -> Any:
    if value == "break":
        raise RuntimeError("a transform is broken")
    return value


def _short_text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > 5:
        raise ValueError("at most five")
    return f"{value}!"


def _map_github_profile(profile: dict[str, Any]) -> dict[str, Any]:
    if profile["login"] == "break":
        raise RuntimeError("a mapping is broken")
    known: dict[str, Any] = {name: profile[name] for name in ("company", "level") if name in profile}
    return {**known, "role": "admin", "unheardOf": True}


async def _is_not_bad(token: str, nonce: str | None) -> bool:
    return token != "bad"


async def _user_of_tokens(tokens: Any) -> dict[str, Any]:
    token = tokens.id_token
    user = {
        "name": f"{token} of the provider",
        "email": f"{token}@example.com",
        "image": None,
        "emailVerified": True,
    }
    return {"user": user, "data": {"sub": token, "given": True}}


async def _fresh_tokens(refresh_token: str) -> Tokens:
    return Tokens(
        access_token=f"access for {refresh_token}",
        refresh_token=f"{refresh_token}+",
        access_token_expires_at=datetime.now(UTC) + timedelta(hours=1),
        scopes=("email",),
    )


def _nameless_issue(_: Any) -> Any:
    raise ValueError


_FIELD_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "fixedNumber": lambda: 7,
    "fixedDate": lambda: datetime(2001, 2, 3, 4, 5, 6, 789_000, UTC),
    "fixedFalse": lambda: False,
    "fixedList": lambda: ["a", "b"],
    "inBrackets": _in_brackets,
    "inBracketsLater": _in_brackets_later,
    "upperCase": lambda value: value.upper() if isinstance(value, str) else value,
    "filled": lambda value: "filled" if value is None else value,
    "doubled": lambda value: value * 2 if isinstance(value, int) else value,
    "failingTransform": _failing_transform,
    "shortText": _short_text,
    "namelessIssue": _nameless_issue,
    "isNotBad": _is_not_bad,
    "userOfTokens": _user_of_tokens,
    "freshTokens": _fresh_tokens,
    "mapGitHubProfile": _map_github_profile,
}


def named_functions(mails: MailCollector) -> dict[str, Callable[..., Any]]:
    """Every name there is; mail functions append to ``mails``. Raises ValueError for a name that is given twice."""
    known: dict[str, Callable[..., Any]] = {}
    for table in (_core_functions(mails), *functions_of_plugins(mails)):
        if twice := known.keys() & table.keys():
            raise ValueError(f"two functions are named {', '.join(sorted(twice))}")
        known |= table
    return known


def _core_functions(mails: MailCollector) -> dict[str, Callable[..., Any]]:

    def collector(kind: str) -> Callable[..., Any]:
        async def collect(message: Any, request: Any = None) -> None:
            user = _get(message, "user")
            mails.append(
                {
                    "kind": kind,
                    "to": _get(user, "email"),
                    "url": _get(message, "url"),
                    "token": _get(message, "token"),
                    "newEmail": _get(message, "new_email"),
                }
            )

        return collect

    def witness(kind: str) -> Callable[..., Any]:
        """Told about a user: kept among the mails with what it saw of the user and of the request."""

        async def note(message: Any, request: Any = None) -> None:
            user = _get(message, "user") or message
            verified = _get(user, "emailVerified")
            path = request.path if request else None
            mails.append({"kind": kind, "to": _get(user, "email"), "verified": verified, "path": path})

        return note

    async def refuse_delete(user: Any, request: Any = None) -> None:
        if _get(_get(user, "user") or user, "name") == "Keep":
            raise betterauth_py.APIError(400, {"message": "Not this one", "code": "KEPT"})

    async def failing_mail(message: Any, request: Any = None) -> None:
        raise RuntimeError("the mail server is down")

    async def failing_hook(user: Any, request: Any = None) -> None:
        raise RuntimeError("a hook is broken")

    async def digest_hash(password: str) -> str:
        return _digest(password)

    async def digest_verify(hashed: str, password: str) -> bool:
        return hashed == _digest(password)

    def origins_from_header(request: Any) -> list[str]:
        listed = _header(request, "x-trusted-origins")
        return listed.split(" ") if listed else []

    def rule_from_header(request: Any, usual: Any) -> Any:
        most = _header(request, "x-rate-max")
        if most == "off":
            return False
        return replace(usual, window=10, max=int(most) if most else 2)

    def rule_one_more_than_usual(request: Any, usual: Any) -> Any:
        return replace(usual, max=usual.max + 1)

    def synthetic_user(known: dict[str, Any]) -> dict[str, Any]:
        return {**known["core_fields"], **known["additional_fields"], "nickname": "synthetic", "id": known["id"]}

    return {
        **named_hooks(mails),
        "originsFromHeader": origins_from_header,
        "digestHash": digest_hash,
        "digestVerify": digest_verify,
        "idOfModel": lambda model, _length: model != "account" and f"{model}:{uuid4()}",
        "versionOfUserName": lambda session, user: f"v-{_get(user, 'name')}",
        "ruleFromHeader": rule_from_header,
        "ruleOneMoreThanUsual": rule_one_more_than_usual,
        "sendVerificationEmail": collector("verification"),
        "sendResetPassword": collector("reset"),
        "onPasswordReset": collector("password-was-reset"),
        "onExistingUserSignUp": collector("existing-user"),
        "sendChangeEmailConfirmation": collector("change-email"),
        "sendDeleteAccountVerification": collector("delete-account"),
        "beforeEmailVerification": witness("before-verification"),
        "afterEmailVerification": witness("after-verification"),
        "beforeDelete": witness("before-delete"),
        "afterDelete": witness("after-delete"),
        "refuseDelete": refuse_delete,
        "failingMail": failing_mail,
        "failingHook": failing_hook,
        "markedIdentifier": "marked:{}".format,
        "fixedDefault": lambda: "made by a function",
        **_FIELD_FUNCTIONS,
        "syntheticUser": synthetic_user,
    }
