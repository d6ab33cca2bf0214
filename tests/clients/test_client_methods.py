"""Every method of the unmodified better-auth client for what this server has, as against better-auth itself.

`scenarios/` holds what is called. Both servers are played the same calls, and whatever the client sent, got, returned,
threw and told its hooks must be the same, as must the mails.
"""

import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from betterauth_py.plugins.registry import BY_ID
from tests.clients import profiles
from tests.clients.servers import ROOT, Server, free_port, mails_file, our_server, reference_server
from tests.clients.trace import Trace, normalise, run_script, without_added_protections

PLAYS = {
    "mailed": (profiles.MAILED, ("passwords", "addresses", "users", "sessions", "calls", "signal")),
    "confirmed": (profiles.CONFIRMED, ("confirmed",)),
    "strict": (profiles.STRICT, ("strict", "signal")),
    "tokens": (profiles.TOKENS, ("tokens",)),
    "names": (profiles.USERNAMES, ("names",)),
    "tokens elsewhere": (profiles.TOKENS_ELSEWHERE, ("tokens-elsewhere",)),
    "plain": (profiles.PLAIN, ("unconfigured",)),
    "closed": (profiles.CLOSED, ("closed",)),
}

Played = Callable[[str], tuple[Trace, Trace]]


@pytest.fixture(scope="module")
def played(node_modules: None, tmp_path_factory: pytest.TempPathFactory) -> Played:
    """Plays what `PLAYS` has under a name against our server and against the reference, at the same time and once."""

    @cache
    def traces(name: str) -> tuple[Trace, Trace]:
        with ThreadPoolExecutor() as threads:
            ours, reference = (
                threads.submit(play, server, name, tmp_path_factory.mktemp(server.__name__))
                for server in (our_server, reference_server)
            )
            return without_added_protections(ours.result(), reference.result()), reference.result()

    return traces


def play(server: Server, name: str, folder: Path) -> Trace:
    profile, scenarios = PLAYS[name]
    page_port = free_port()
    page_url = f"http://localhost:{page_port}"
    with server(free_port(), [page_url], folder, profile) as base_url:
        arguments = (base_url, str(mails_file(folder)), str(page_port), *scenarios)
        return normalise(run_script("node_client.mjs", *arguments, timeout=90), auth=base_url, page=page_url)


@pytest.mark.parametrize("name", PLAYS)
def test_the_client_cannot_tell_this_server_from_better_auth(name: str, played: Played) -> None:
    pairs = zip(*played(name), strict=True)
    different = [pair for pair in pairs if pair[0] != pair[1]]
    assert [ours for ours, _ in different] == [reference for _, reference in different]


def test_a_session_that_is_due_is_refreshed_by_a_post_of_an_empty_object(played: Played) -> None:
    """As the client of better-auth 1.7.25 does; that of 1.7.7 sent no body."""
    trace = played("strict")[0]
    refreshes = [
        one for one in exchanges(trace) if line_of(one) == "POST /api/auth/get-session" and one["request"]["body"]
    ]
    assert {(one["request"]["body"], one["response"]["status"]) for one in refreshes} == {("{}", 200)}
    assert {one["request"]["headers"]["content-type"] for one in refreshes} == {"application/json"}


def test_head_has_no_body_and_nothing_polls_outside_a_browser(played: Played) -> None:
    trace = {step["step"]: step for step in played("mailed")[0]}
    (head,) = trace["HEAD with a body"]["exchanges"]
    assert (head["request"]["method"], head["request"]["body"], head["response"]["status"]) == ("HEAD", None, 404)
    assert trace["after the interval"]["exchanges"] == []


def test_every_method_has_worked_and_has_failed(played: Played) -> None:
    answers: dict[str, set[str]] = {path: set() for path in client_paths()}
    for name in PLAYS:
        for exchange in exchanges(played(name)[0]):
            if (path := path_of(exchange["request"]["path"], answers)) is not None:
                answers[path].add(outcome(exchange["response"]))
    assert answers == {path: {"worked", "failed"} for path in answers}


def test_the_documents_name_every_method() -> None:
    named = set(re.findall(r"`([\w.]+)`", (ROOT / "docs" / "clients.md").read_text()))
    links_in_mails = {"/reset-password/:token"}
    assert {method_of(path) for path in client_paths() if path not in links_in_mails} - named == set()


def method_of(path: str) -> str:
    """`/sign-up/email` is called as `signUp.email`."""
    return re.sub(r"-(\w)", lambda match: match[1].upper(), path.removeprefix("/").replace("/", "."))


def exchanges(trace: Trace) -> list[dict[str, Any]]:
    return [exchange for step in trace for exchange in step["exchanges"]]


def client_paths() -> list[str]:
    """The paths that better-auth's client has a method for, without those that this server does not have yet."""
    inventory = json.loads((ROOT / "contracts" / "endpoints.json").read_text())["endpoints"]
    missing = yaml.safe_load((ROOT / "contracts" / "missing.yaml").read_text())["core"]
    hidden_but_reached = ["verifyPassword"]  # the client's types hide it, its proxy does not
    return [
        endpoint["path"]
        for endpoint in inventory
        if endpoint["owner"] in ("core", *BY_ID) and endpoint["operation"] not in missing
        if endpoint["visibility"] == "client" or endpoint["operation"] in hidden_but_reached
    ]


def line_of(exchange: dict[str, Any]) -> str:
    request = exchange["request"]
    return f"{request['method']} {request['path'].partition('?')[0]}"


def path_of(target: str, paths: dict[str, set[str]]) -> str | None:
    path = target.split("?", maxsplit=1)[0].removeprefix("/api/auth")
    return next((known for known in paths if re.fullmatch(re.sub(r":\w+", "[^/]+", known), path)), None)


def outcome(response: dict[str, Any]) -> str:
    """A link that fails leads to the page, too, and says there what went wrong."""
    if response["status"] == 302:
        return "failed" if "error=" in response["headers"]["location"] else "worked"
    if response["redirected_to"]:
        return "failed" if "error=" in response["redirected_to"] else "worked"
    return "worked" if response["status"] == 200 else "failed"
