"""The unmodified better-auth client in Node: what it sends, gets and makes of it, byte for byte as upstream.

`scenarios/sign-in.mjs` and `scenarios/account.mjs` are played. The tables say what better-auth 1.7.25 does in each
step, and the same steps against better-auth itself give the same trace, with every header and body, as against ours.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.clients.servers import Server, free_port, mails_file, our_server, reference_server
from tests.clients.tables import SCENARIOS, Step
from tests.clients.trace import Trace, normalise, run_script, without_added_protections


@pytest.fixture(scope="module", params=SCENARIOS)
def scenario(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def reference(node_modules: None, scenario: str, tmp_path_factory: pytest.TempPathFactory) -> Trace:
    return play(reference_server, scenario, tmp_path_factory.mktemp("reference"))


@pytest.fixture(scope="module")
def ours(reference: Trace, scenario: str, tmp_path_factory: pytest.TempPathFactory) -> Trace:
    return without_added_protections(play(our_server, scenario, tmp_path_factory.mktemp("ours")), reference)


@pytest.fixture(params=["ours", "reference"])
def trace(request: pytest.FixtureRequest, scenario: str) -> Trace:
    trace: Trace = request.getfixturevalue(request.param)
    return trace


def play(server: Server, scenario: str, folder: Path) -> Trace:
    with server(free_port(), [], folder) as base_url:
        arguments = (base_url, str(mails_file(folder)), str(free_port()), scenario)
        return normalise(run_script("node_client.mjs", *arguments, timeout=90), auth=base_url)


def test_every_call_sends_and_returns_what_the_table_says(scenario: str, trace: Trace) -> None:
    assert [summary(step) for step in trace] == SCENARIOS[scenario]


def test_answers_have_no_other_status_header_or_body_than_the_client_reports(trace: Trace) -> None:
    for step in trace:
        (exchange,) = step["exchanges"]
        path, response = exchange["request"]["path"], exchange["response"]
        if step["error"] is None:
            status, body = 200, step["data"]
        else:
            status, body = step["error"]["status"], without_status(step["error"])
        assert response["status"] == status, step["step"]
        assert response["headers"] == expected_headers(path), step["step"]
        assert json.loads(response["body"] or "{}") == without_dates(body), step["step"]


def test_better_auth_gives_the_same_trace(ours: Trace, reference: Trace) -> None:
    different = [pair for pair in zip(ours, reference, strict=True) if pair[0] != pair[1]]
    assert [our_step for our_step, _ in different] == [reference_step for _, reference_step in different]


def summary(step: dict[str, Any]) -> Step:
    (exchange,) = step["exchanges"]
    sent = exchange["request"]
    return Step(
        step["step"],
        f"{sent['method']} {sent['path'].removeprefix('/api/auth')}",
        tuple(sent["cookies"]),
        tuple(exchange["response"]["set_cookie"]),
        step["data"],
        step["error"],
    )


def expected_headers(path: str) -> dict[str, str]:
    if path.endswith("/no-such-endpoint"):
        return {}
    headers = {"content-type": "application/json"}
    if path.startswith("/api/auth/get-session"):
        headers |= {"cache-control": "no-store", "pragma": "no-cache"}
    return headers


def without_status(error: dict[str, Any]) -> dict[str, Any]:
    """The error object of the client without what it took from the status line."""
    return {key: value for key, value in error.items() if key not in ("status", "statusText")}


def without_dates(value: object) -> object:
    """The value as JSON has it: a Date is a string again."""
    if isinstance(value, dict):
        if value.keys() == {"$date"}:
            return value["$date"]
        return {key: without_dates(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [without_dates(inner) for inner in value]
    return value
