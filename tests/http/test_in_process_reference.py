"""`auth.api.<operation>(...)` returns and raises what better-auth's own does, call by call."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from betterauth_py import APIError, BetterAuth
from betterauth_py.core.messages import Response
from betterauth_py.http.in_process import Result
from betterauth_py.javascript.dates import to_wire
from betterauth_py.wire.headers import ResponseHeaders
from tests.conftest import MakeAuth

ORACLE = Path(__file__).parents[2] / "contracts" / "oracle"
PASSWORD = "password1234"
ADA = {"email": "ada@example.com", "password": PASSWORD}
NEW = {**ADA, "name": "Ada", "image": "/ada.png"}

Call = dict[str, Any]


def call(operation: str, argument: Any = None, **more: Any) -> Call:
    return {"operation": operation, **({} if argument is None else {"argument": argument}), **more}


def as_ada(operation: str, **argument: Any) -> Call:
    return call(operation, argument, **{"as": "ada"})


CALLS: list[Call] = [
    call("signUpEmail", {"body": NEW, "returnHeaders": True}, keep="ada"),
    call("signUpEmail", {"body": NEW}),
    call("signUpEmail", {"body": NEW, "asResponse": True}),
    call("signUpEmail", {"body": NEW, "returnHeaders": True, "returnStatus": True}),
    call("signUpEmail", {}),
    call("signUpEmail"),
    call("signUpEmail", {"body": None}),
    call("signUpEmail", {"body": [1]}),
    call("signUpEmail", {"body": {**ADA, "email": "x"}}),
    call("signInEmail", {"body": ADA, "returnStatus": True}),
    call("signInEmail", {"body": {**ADA, "callbackURL": "http://evil.test"}, "returnHeaders": True}),
    call("signInEmail", {"body": {**ADA, "rememberMe": False}, "returnHeaders": True, "returnStatus": True}),
    call("signInEmail", {"body": {**ADA, "password": "wrong password"}, "asResponse": True}),
    call("signInEmail", {"body": {**ADA, "password": "wrong password"}, "returnStatus": True}),
    call("getSession", {}),
    call("getSession", {"headers": {}}),
    as_ada("getSession"),
    as_ada("getSession", query={"disableRefresh": True, "disableCookieCache": "x"}),
    as_ada("getSession", query=[1]),
    as_ada("getSession", method="POST"),
    as_ada("getSession", asResponse=True),
    as_ada("getSession", returnHeaders=True, returnStatus=True),
    call("listSessions", {}),
    call("listSessions", {"headers": {"cookie": "x"}}),
    as_ada("listSessions"),
    as_ada("updateUser", body={"name": "Ada L"}, returnHeaders=True),
    as_ada("updateUser", body={}),
    as_ada("updateUser", body={"email": "other@example.com"}),
    call("updateUser", {"body": {"name": "Nobody"}}),
    as_ada("setPassword", body={"newPassword": "password5678"}),
    as_ada("setPassword", body={"newPassword": "short"}),
    as_ada("setPassword", body={"newPassword": "x" * 129}),
    as_ada("setPassword", body={}),
    call("setPassword", {"body": {"newPassword": "password5678"}}),
    as_ada("verifyPassword", body={"password": PASSWORD}),
    as_ada("verifyPassword", body={"password": "nope"}),
    as_ada("changePassword", body={"currentPassword": PASSWORD, "newPassword": "password5678"}, returnHeaders=True),
    call("requestPasswordReset", {"body": {"email": "ada@example.com", "redirectTo": "http://evil.test/x"}}),
    call("requestPasswordReset", {"body": {"email": "nobody@example.com"}}),
    call("requestPasswordResetCallback", {"params": {"token": "no"}, "query": {"callbackURL": "http://evil.test/x"}}),
    call(
        "requestPasswordResetCallback", {"params": {"token": "no"}, "query": {"callbackURL": "/x"}, "asResponse": True}
    ),
    call("requestPasswordResetCallback", {"params": {"token": "no"}}),
    call("resetPassword", {"query": {"token": {"$": "token"}}, "body": {"newPassword": PASSWORD}}),
    call("resetPassword", {"query": {"token": {"$": "token"}}, "body": {"newPassword": PASSWORD}}),
    call("resetPassword", {"body": {"newPassword": PASSWORD}}),
    call("verifyEmail", {"query": {"token": "x"}}),
    call("verifyEmail", {"query": {"token": "x", "callbackURL": "http://evil.test"}}),
    call("verifyEmail", {}),
    call("sendVerificationEmail", {"body": {"email": "ada@example.com"}}),
    as_ada("sendVerificationEmail", body={"email": "other@example.com"}),
    as_ada("changeEmail", body={"newEmail": "ada@example.com"}),
    as_ada("changeEmail", body={"newEmail": "ada2@example.com"}),
    as_ada("listUserAccounts"),
    as_ada("revokeSession", body={"token": "x"}),
    as_ada("revokeOtherSessions"),
    as_ada("updateSession", body={}),
    as_ada("unlinkAccount", body={"accountId": "x"}),
    as_ada("deleteUserCallback", query={"token": "x"}),
    as_ada("deleteUserCallback", query={"token": "x", "callbackURL": "http://evil.test"}, asResponse=True),
    call("ok", {}),
    call("signOut", {}),
    as_ada("deleteUser"),
    as_ada("deleteUser", body={"password": "wrong password"}),
    as_ada("deleteUser", body={}, returnHeaders=True),
    as_ada("getSession", returnHeaders=True),
    as_ada("signOut", returnHeaders=True),
]


def snake_case(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def headers_of(headers: list[tuple[str, str]]) -> list[list[str]]:
    return [[name, value.split(";")[0].split(".")[0]] for name, value in headers]


def plain(value: Any) -> Any:
    """As JSON, with random and absent values alike on both sides."""
    if isinstance(value, datetime):
        return "<date>" if to_wire(value) else None
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, str):
        return re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "<date>", re.sub(r"\b[A-Za-z0-9]{32}\b", "<id>", value))
    return value


class Player:
    """Plays calls against our API."""

    def __init__(self, auth: BetterAuth, mailed: dict[str, str]) -> None:
        self._auth = auth
        self._mailed = mailed
        self._jars: dict[str, str] = {}

    async def play(self, given: Call) -> Any:
        arguments = {snake_case(name): self._filled(value) for name, value in given.get("argument", {}).items()}
        if "as" in given:
            arguments["headers"] = {**arguments.get("headers", {}), "cookie": self._jars[given["as"]]}
        try:
            result = await getattr(self._auth.api, snake_case(given["operation"]))(**arguments)
        except APIError as error:
            location = error.headers.get("location")
            return {"raised": {"status": error.status, "body": error.body, "location": location}}
        if "keep" in given:
            self._jars[given["keep"]] = "; ".join(cookie.split(";")[0] for cookie in result.headers.cookies)
        await asyncio.sleep(0)
        return {"returned": self._shown(result, arguments)}

    def _filled(self, value: Any) -> Any:
        if isinstance(value, dict):
            return self._mailed[value["$"]] if "$" in value else {key: self._filled(it) for key, it in value.items()}
        return value

    def _shown(self, result: Any, arguments: dict[str, Any]) -> Any:
        if isinstance(result, Response):
            headers = headers_of(result.headers)
            return {"status": result.status, "headers": headers, "body": result.body.decode()}
        if isinstance(result, Result):
            assert isinstance(result.headers, ResponseHeaders)
            shown: dict[str, Any] = {"response": result.response}
            if arguments.get("return_headers"):
                shown["headers"] = headers_of(result.headers.items())
            if arguments.get("return_status") and result.status is not None:
                shown["status"] = result.status
            return shown
        return result


async def test_every_call_ends_as_in_better_auth(make_auth: MakeAuth) -> None:
    if shutil.which("node") is None or not (ORACLE / "node_modules").is_dir():
        pytest.skip("needs Node and the packages of contracts/oracle (make setup-node)")
    arguments = ["node", str(ORACLE / "in_process.mjs"), json.dumps(CALLS)]
    run = await asyncio.to_thread(subprocess.run, arguments, capture_output=True, check=True, text=True)
    reference = json.loads(run.stdout)
    mailed: dict[str, str] = {}
    auth = await make_auth(
        email_and_password={
            "enabled": True,
            "send_reset_password": lambda data, _: mailed.update(token=data["token"]),
            "password": {"algorithm": "scrypt"},
        },
        email_verification={"send_verification_email": lambda *_: None},
        user={"delete_user": {"enabled": True}, "change_email": {"enabled": True}},
    )
    player = Player(auth, mailed)
    for number, (given, theirs) in enumerate(zip(CALLS, reference, strict=True)):
        assert plain(await player.play(given)) == plain(theirs), f"call {number}: {given}"
