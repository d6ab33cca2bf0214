"""Requests made from the OpenAPI document, good and bad ones: every answer is one that the document promises."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from re import sub
from time import process_time
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.python.asgi import shutdown_lifespans
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from betterauth_py import BetterAuth
from scripts.write_contracts import DESCRIBED
from tests.conftest import BASE_URL, CHEAP_PASSWORDS, SECRET
from tests.fuzz.effort import EFFORT
from tests.fuzz.service import PLUGINS

OPERATIONS = [
    (sub(r":(\w+)", r"{\1}", f"/api/auth{item.path}"), method)
    for item in DESCRIBED
    if item.path
    for method in item.methods
]
WITH_INPUT = [
    (sub(r":(\w+)", r"{\1}", f"/api/auth{item.path}"), method)
    for item in DESCRIBED
    if item.path and (item.body or item.query or ":" in item.path)
    for method in item.methods
]


def no_bare_server_error(_context: Any, response: Any, _case: Any) -> None:
    """Fail for a 500 that says nothing; better-auth answers some refusals with a 500 that has a message."""
    assert is_told(response), f"{response.status_code} {response.text}"


def is_told(response: Any) -> bool:
    return response.status_code < 500 or bool(response.text and response.json().get("message"))


CHECKS = [no_bare_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
MOST_SECONDS = 2.0
"""Of this process's own time, which other processes do not lengthen; with the making of the request."""
PATIENT = settings(
    max_examples=15 * EFFORT,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


class Nowhere:
    """A transport that delivers no mail."""

    async def send(self, _message: Any) -> None:
        """Do nothing."""


def new_auth(folder: Path, **options: Any) -> BetterAuth:
    auth = BetterAuth(
        base_url=BASE_URL,
        secret=SECRET,
        database={"url": f"sqlite:///{folder / 'auth.db'}"},
        email_and_password={"enabled": True, "password": CHEAP_PASSWORDS, "min_password_length": 1},
        user={"additional_fields": {"age": {"type": "number", "required": False}}},
        plugins=PLUGINS,
        mail={"transport": Nowhere(), "sender": "auth@example.com"},
        sms={"transport": lambda _message: None},
        **options,
    )

    async def migrate() -> None:
        await auth.migrate()
        await auth.context.database.close()

    asyncio.run(migrate())
    return auth


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    auth = new_auth(tmp_path_factory.mktemp("contract"))
    yield schemathesis.openapi.from_asgi("/openapi.json", auth.app)
    shutdown_lifespans()


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_answer_is_a_promised_one(described: Any, path: str, method: str) -> None:
    @PATIENT
    @given(described[path][method].as_strategy())
    def play(case: Any) -> None:
        case.call_and_validate(checks=CHECKS, allow_redirects=False)

    play()


@pytest.mark.parametrize(("path", "method"), WITH_INPUT)
def test_no_broken_request_is_too_much(described: Any, path: str, method: str) -> None:
    wrong = described[path][method].as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE)

    @PATIENT
    @given(wrong)
    def play(case: Any) -> None:
        case.call_and_validate(checks=[no_bare_server_error], allow_redirects=False)

    play()


def blown_up(value: Any, times: int) -> Any:
    """Return what was generated with every text repeated and every list and object made long, inner ones less so."""
    if isinstance(value, str):
        return (value or "a.") * times
    if isinstance(value, list):
        return [blown_up(item, 2) for item in value] * times
    if isinstance(value, dict):
        more = {str(number): number for number in range(times)}
        return {
            name: blown_up(item, times if isinstance(item, str) else times // 50 + 2) for name, item in value.items()
        } | more
    return value


@pytest.mark.parametrize(("path", "method"), WITH_INPUT)
def test_no_request_that_is_blown_up_takes_long(described: Any, path: str, method: str) -> None:
    @settings(PATIENT, max_examples=5 * EFFORT)
    @given(described[path][method].as_strategy(), st.sampled_from([100, 3_000, 30_000]))
    def play(case: Any, times: int) -> None:
        if isinstance(case.body, dict):
            case.body = blown_up(case.body, times)
        case.query = {name: blown_up(value, times // 10) for name, value in (case.query or {}).items()}
        started = process_time()
        response = case.call(allow_redirects=False)
        assert process_time() - started < MOST_SECONDS
        assert is_told(response), f"{response.status_code} {response.text}"

    play()
