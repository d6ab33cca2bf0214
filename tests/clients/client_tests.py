"""What the unmodified client does with the methods of one owner: here and with better-auth itself.

`scenarios/` holds what is called. Both servers are played the same calls, and whatever the client sent, got, returned,
threw and told its hooks must be the same, as must the mails. A plugin's test file names what is its own::

    class TestClient(ClientTests):
        owner = "jwt"
        plays: ClassVar = {"tokens": (TOKENS, ("tokens",))}
"""

import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import pytest
import yaml

from tests.clients.profiles import Profile
from tests.clients.servers import ROOT, Server, free_port, mails_file, our_server, reference_server
from tests.clients.trace import Trace, normalise, run_script, without_added_protections

Play = tuple[Profile, tuple[str, ...]]
"""The options of a server, and what is called on it."""

Played = Callable[[str], tuple[Trace, Trace]]


class ClientTests:
    """``owner`` is "core" or a plugin; ``plays`` has a name for each of its servers."""

    owner: ClassVar[str]
    plays: ClassVar[dict[str, Play]]

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        if "name" in metafunc.fixturenames:
            metafunc.parametrize("name", self.plays)

    @pytest.fixture(scope="class")
    @classmethod
    def played(cls, node_modules: None, tmp_path_factory: pytest.TempPathFactory) -> Played:
        """Plays what has that name against our server and against the reference, at the same time and once."""

        @cache
        def traces(name: str) -> tuple[Trace, Trace]:
            with ThreadPoolExecutor() as threads:
                ours, reference = (
                    threads.submit(traced, server, cls.plays[name], tmp_path_factory.mktemp(server.__name__))
                    for server in (our_server, reference_server)
                )
                return without_added_protections(ours.result(), reference.result()), reference.result()

        return traces

    def test_the_client_cannot_tell_this_server_from_better_auth(self, name: str, played: Played) -> None:
        pairs = zip(*played(name), strict=True)
        different = [pair for pair in pairs if pair[0] != pair[1]]
        assert [ours for ours, _ in different] == [reference for _, reference in different]

    def test_every_method_has_worked_and_has_failed(self, played: Played) -> None:
        answers: dict[str, set[str]] = {path: set() for path in client_paths(self.owner)}
        for name in self.plays:
            for exchange in exchanges(played(name)[0]):
                if (path := path_of(exchange["request"]["path"], answers)) is not None:
                    answers[path].add(outcome(exchange["response"]))
        assert answers == {path: {"worked", "failed"} for path in answers}

    def test_the_documents_name_every_method(self) -> None:
        named = set(re.findall(r"`([\w.]+)`", (ROOT / "docs" / "clients.md").read_text()))
        links_in_mails = {"/reset-password/:token"}
        assert {method_of(path) for path in client_paths(self.owner) if path not in links_in_mails} - named == set()


def traced(server: Server, play: Play, folder: Path) -> Trace:
    profile, scenarios = play
    page_port = free_port()
    page_url = f"http://localhost:{page_port}"
    with server(free_port(), [page_url], folder, profile) as base_url:
        arguments = (base_url, str(mails_file(folder)), str(page_port), *scenarios)
        return normalise(run_script("node_client.mjs", *arguments, timeout=90), auth=base_url, page=page_url)


def method_of(path: str) -> str:
    """`/sign-up/email` is called as `signUp.email`."""
    return re.sub(r"-(\w)", lambda match: match[1].upper(), path.removeprefix("/").replace("/", "."))


def exchanges(trace: Trace) -> list[dict[str, Any]]:
    return [exchange for step in trace for exchange in step["exchanges"]]


def client_paths(owner: str) -> list[str]:
    """The owner's paths with a method of better-auth's client, without those that this server does not have yet."""
    inventory = json.loads((ROOT / "contracts" / "endpoints.json").read_text())["endpoints"]
    missing = yaml.safe_load((ROOT / "contracts" / "missing.yaml").read_text())["core"]
    hidden_but_reached = ["verifyPassword"]  # the client's types hide it, its proxy does not
    return [
        endpoint["path"]
        for endpoint in inventory
        if endpoint["owner"] == owner and endpoint["operation"] not in missing
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
