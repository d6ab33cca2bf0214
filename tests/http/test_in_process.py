"""The in-process API: the same endpoints without HTTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from betterauth_py import APIError
from betterauth_py.clock import ManualClock
from betterauth_py.core.messages import Response
from betterauth_py.http.in_process import Result
from tests.conftest import MakeAuth
from tests.http.people import ALICE, PASSWORD

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
CREDENTIALS = {"email": ALICE["email"], "password": PASSWORD}


def cookie_of(result: Result) -> dict[str, str]:
    return {"cookie": "; ".join(cookie.partition(";")[0] for cookie in result.headers.cookies)}


async def test_a_call_returns_what_the_endpoint_answers_with_dates_as_dates(
    make_auth: MakeAuth, clock: ManualClock
) -> None:
    auth = await make_auth(clock=clock)
    answer = await auth.api.sign_up_email(body=ALICE)
    user = answer["user"]
    assert answer == {
        "token": answer["token"],
        "user": {
            "name": "Alice",
            "email": "alice@example.com",
            "emailVerified": False,
            "image": None,
            "createdAt": NOW,
            "updatedAt": NOW,
            "id": user["id"],
        },
    }
    assert [len(answer["token"]), len(user["id"])] == [32, 32]
    signed_in = await auth.api.sign_in_email(body=CREDENTIALS)
    assert signed_in == {"redirect": False, "token": signed_in["token"], "user": user}


async def test_headers_and_status_come_along_when_asked_for(make_auth: MakeAuth, clock: ManualClock) -> None:
    auth = await make_auth(clock=clock)
    result = await auth.api.sign_up_email(body=ALICE, headers={"User-Agent": "tests"}, return_headers=True)
    assert [cookie.partition(";")[2] for cookie in result.headers.cookies] == [
        " Max-Age=604800; Path=/; HttpOnly; SameSite=Lax"
    ]
    with_status = await auth.api.get_session(headers=cookie_of(result), return_status=True)
    session = with_status.response["session"]
    assert with_status.response == {
        "session": {
            "expiresAt": NOW + timedelta(days=7),
            "token": result.response["token"],
            "createdAt": NOW,
            "updatedAt": NOW,
            "ipAddress": "127.0.0.1",
            "userAgent": "tests",
            "userId": result.response["user"]["id"],
            "id": session["id"],
        },
        "user": result.response["user"],
    }
    assert with_status.headers.items() == [("cache-control", "no-store"), ("pragma", "no-cache")]


async def test_an_error_is_raised_as_one_value(make_auth: MakeAuth) -> None:
    auth = await make_auth()
    with pytest.raises(APIError, match="Invalid email or password") as caught:
        await auth.api.sign_in_email(body=CREDENTIALS)
    assert (caught.value.status, caught.value.code) == (401, "INVALID_EMAIL_OR_PASSWORD")
    assert caught.value.body == {"message": "Invalid email or password", "code": "INVALID_EMAIL_OR_PASSWORD"}


async def test_an_error_is_a_response_when_a_response_is_asked_for(make_auth: MakeAuth) -> None:
    auth = await make_auth()
    response = await auth.api.sign_in_email(body=CREDENTIALS, as_response=True)
    assert response == Response(
        401,
        [("content-type", "application/json")],
        b'{"message":"Invalid email or password","code":"INVALID_EMAIL_OR_PASSWORD"}',
    )


async def test_a_good_answer_is_a_response_when_a_response_is_asked_for(make_auth: MakeAuth) -> None:
    auth = await make_auth()
    assert await auth.api.ok(as_response=True) == Response(200, [("content-type", "application/json")], b'{"ok":true}')


async def test_a_call_is_trusted_whatever_origin_its_headers_name(make_auth: MakeAuth) -> None:
    auth = await make_auth(
        rate_limit={"enabled": True, "max": 1, "custom_rules": {"/sign-up/*": {"window": 9, "max": 1}}}
    )
    headers = {
        "origin": "https://evil.test",
        "cookie": "a=b",
        "sec-fetch-site": "cross-site",
        "sec-fetch-mode": "navigate",
    }
    for number in range(3):
        answer = await auth.api.sign_up_email(body={**ALICE, "email": f"a{number}@b.co"}, headers=headers)
        assert answer["user"]["email"] == f"a{number}@b.co"


async def test_the_body_is_validated_as_over_http(make_auth: MakeAuth) -> None:
    auth = await make_auth()
    with pytest.raises(APIError) as caught:
        await auth.api.sign_in_email(body={"email": 1})
    assert caught.value.body == {
        "message": "[body.email] Invalid input: expected string, received number; "
        "[body.password] Invalid input: expected string, received undefined",
        "code": "VALIDATION_ERROR",
    }
    with pytest.raises(APIError, match=r"\[body\] Invalid input: expected object, received undefined"):
        await auth.api.sign_in_email()


@pytest.mark.parametrize("operation", ["get_session", "sign_out", "session"])
async def test_an_operation_that_reads_cookies_wants_headers(make_auth: MakeAuth, operation: str) -> None:
    auth = await make_auth()
    with pytest.raises(APIError) as caught:
        await getattr(auth.api, operation)()
    assert caught.value.body == {"message": "Headers is required", "code": "VALIDATION_ERROR"}


async def test_no_session_is_none_and_query_flags_may_be_given(make_auth: MakeAuth) -> None:
    auth = await make_auth()
    assert await auth.api.get_session(headers={}, query={"disableCookieCache": True}) is None
    assert await auth.api.session(headers={}) == {"user": None, "session": None}


async def test_the_other_method_of_an_endpoint_can_be_chosen(make_auth: MakeAuth) -> None:
    auth = await make_auth()
    with pytest.raises(APIError) as caught:
        await auth.api.get_session(headers={}, method="POST")
    assert (caught.value.status, caught.value.code) == (405, "METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED")


async def test_an_unknown_operation_names_the_known_ones(make_auth: MakeAuth) -> None:
    auth = await make_auth()
    with pytest.raises(AttributeError, match=r"no operation 'sign_in_mail'\. Operations: account_info, "):
        auth.api.sign_in_mail  # noqa: B018
    listed: list[Any] = dir(auth.api)
    assert "sign_in_email" in listed
    assert auth.api.sign_in_email.__doc__ == "Sign in with email and password."
