"""The outside world of a scenario: what is declared is answered, what is not is named, nothing reaches a network."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from betterauth_py.conformance.comparison import differences
from betterauth_py.conformance.facts import Shown, facts_of
from betterauth_py.conformance.id_tokens import JWKS, id_token
from betterauth_py.conformance.outside import Sent, UndeclaredRequestError, available, declared_replies, reply_to
from betterauth_py.conformance.player import play
from betterauth_py.conformance.profiles import profiles
from betterauth_py.conformance.recorder.oracle import ORACLE, Oracles
from betterauth_py.conformance.recorder.our_server import OurServer
from betterauth_py.conformance.recorder.outside_transport import OutsideTransport
from betterauth_py.conformance.scenario import Scenario, load

GITHUB: dict[str, Any] = {
    "about": "Signing in with GitHub.",
    "options": {"socialProviders": {"github": {"clientId": "cid", "clientSecret": "secret"}}},
    "outside": [
        {"request": "POST https://github.com/login/oauth/access_token", "reply": {"json": {"access_token": "at"}}},
        {"request": "GET https://api.github.com/user", "reply": {"json": {"id": 7, "login": "ada"}}},
        {
            "request": "GET https://api.github.com/user/emails",
            "reply": {"json": [{"email": "ada@example.com", "primary": True, "verified": True}]},
        },
    ],
    "steps": [
        {
            "send": "POST /api/auth/sign-in/social",
            "headers": ["Origin: http://localhost:3000"],
            "json": {"provider": "github"},
            "jar": "ada",
            "capture": {"state": "body.url|query state"},
            "rows": ["verification"],
        },
        {"send": "GET /api/auth/callback/github?code=c&state={{state}}", "jar": "ada", "count": ["session"]},
    ],
}
CLAIMS = {"iss": "https://accounts.google.com", "aud": "cid", "sub": "7", "email": "ada@example.com", "name": "Ada"}
ASKING = {"options": {"hooks": {"before": {"$fn": "hookBefore"}}}}


def step_asking(url: str, **more: Any) -> dict[str, Any]:
    return {"send": "GET /api/auth/ok", "headers": ["X-Before: outside", f"X-Outside: GET {url}"], **more}


@pytest.fixture
def scenario(tmp_path: Path) -> Callable[..., Scenario]:
    def written(**data: Any) -> Scenario:
        file = tmp_path / "written.yaml"
        file.write_text(yaml.safe_dump({"about": "x", **data}), encoding="utf-8")
        return load(file)

    return written


@pytest.fixture
def oracle(oracles: Oracles) -> Callable[[Scenario], Shown]:
    return lambda scenario: facts_of(scenario, play(scenario, oracles.for_scenario(scenario)))


@pytest.fixture
def ours(tmp_path: Path) -> Callable[[Scenario], Shown]:
    def shown(scenario: Scenario) -> Shown:
        with OurServer(scenario, f"sqlite+aiosqlite:///{tmp_path / 'auth.db'}") as server:
            return facts_of(scenario, play(scenario, server, forgiving=True))

    return shown


def test_a_whole_flow_with_a_provider(scenario: Callable[..., Scenario], oracle: Callable[[Scenario], Shown]) -> None:
    begun, ended = oracle(scenario(**GITHUB)).steps
    assert "state=<id 1>" in begun["body"]
    assert "code_challenge=<hash 2>" in begun["body"]
    assert '\\"codeVerifier\\":\\"<verifier of <hash 2>>\\"' in begun["rows verification"]
    assert "outside 1" not in begun
    assert ended["count session"] == "1"
    assert ended["outside 1"].split("\n") == [
        "POST https://github.com/login/oauth/access_token",
        "accept: application/json",
        "content-type: application/x-www-form-urlencoded",
        "",
        "grant_type=authorization_code&code=c&code_verifier=<verifier of <hash 2>>&redirect_uri=http%3A%2F%2Flocalhost"
        "%3A3000%2Fapi%2Fauth%2Fcallback%2Fgithub&client_id=cid&client_secret=secret",
    ]
    assert ended["outside 2"].split("\n") == [
        "GET https://api.github.com/user",
        "authorization: Bearer at",
        "user-agent: better-auth",
    ]


def test_what_the_reference_sends_undeclared_is_named(
    scenario: Callable[..., Scenario], oracle: Callable[[Scenario], Shown]
) -> None:
    without_addresses = scenario(**{**GITHUB, "outside": GITHUB["outside"][:2]})
    with pytest.raises(UndeclaredRequestError, match=r"better-auth 1\.7.*GET https://api\.github\.com/user/emails"):
        oracle(without_addresses)
    asks = scenario(**ASKING, steps=[step_asking("https://outside.test/x")])
    with pytest.raises(UndeclaredRequestError, match=r"GET https://outside\.test/x"):
        oracle(asks)


def test_what_we_send_undeclared_is_named(scenario: Callable[..., Scenario], ours: Callable[[Scenario], Shown]) -> None:
    asks = [step_asking("https://outside.test/x")]
    with pytest.raises(UndeclaredRequestError, match=r"betterauth-py.*GET https://outside\.test/x"):
        ours(scenario(**ASKING, steps=asks))
    # Where the outside takes part at all, it is a difference like others.
    other = [{"request": "GET https://outside.test/y", "reply": {"text": "y"}}]
    [facts] = ours(scenario(**ASKING, outside=other, steps=asks)).steps
    assert facts["outside 1"] == "GET https://outside.test/x\n(the scenario declares no reply)"


def test_id_tokens_are_proved_by_the_key_set_that_the_outside_serves(
    scenario: Callable[..., Scenario], oracle: Callable[[Scenario], Shown]
) -> None:
    ways = [
        "id token by another",
        "id token by hmac",
        "id token unsigned",
        "id token of key unknown",
        "aged 7200|id token",
        "set exp 1|id token",
        "set aud other|id token",
        "set iss https://evil.test|id token",
        "id token",
    ]
    tokens = ["{{claims ada|payload 60|" + way + "}}" for way in ways]
    each = [
        {"it": way, "json": {"provider": "google", "idToken": {"token": it}}}
        for way, it in zip(ways, tokens, strict=True)
    ]
    shown = oracle(
        scenario(
            options={"socialProviders": {"google": {"clientId": "cid", "clientSecret": "secret"}}},
            claims={"ada": CLAIMS},
            outside=[{"request": "GET https://www.googleapis.com/oauth2/v3/certs", "reply": {"jwks": True}}],
            steps=[{"send": "POST /api/auth/sign-in/social", "rows": ["account"], "each": each}],
        )
    )
    statuses = {way: facts["status"] for way, facts in zip(ways, shown.steps, strict=True)}
    assert statuses == {way: "200" if way == "id token" else "401" for way in ways}
    assert "good signature>" in shown.steps[-1]["rows account"]


def test_what_differs_outside_is_a_difference(
    scenario: Callable[..., Scenario], ours: Callable[[Scenario], Shown]
) -> None:
    outside = [{"request": "GET https://outside.test/x", "reply": {"text": "x"}}]
    asks = scenario(**ASKING, outside=outside, steps=[step_asking("https://outside.test/x?a=1")])
    shown = ours(asks)
    recorded = Shown([{**shown.steps[0], "outside 1": "GET https://outside.test/x?a=2"}], {}, shown.sent_at)
    [found] = differences(asks, recorded, shown)
    assert found.place == "outside 1"
    assert found.ours == "GET https://outside.test/x?a=1"


@pytest.mark.parametrize(
    ("name", "value", "is_shown"),
    [
        ("accept", "*/*", False),
        ("accept", "application/json", True),
        ("user-agent", "node", False),
        ("user-agent", "python-httpx/0.28.1", False),
        ("user-agent", "better-auth", True),
        ("host", "outside.test", False),
        ("host", "other.test", True),
        ("content-length", "4", False),
        ("content-length", "5", True),
        ("accept-encoding", "gzip, deflate", False),
        ("accept-encoding", "identity", True),
        ("authorization", "Bearer x", True),
        ("transfer-encoding", "chunked", True),
    ],
)
def test_only_what_the_http_library_adds_is_left_out(name: str, value: str, is_shown: bool) -> None:
    sent = Sent("POST", "https://outside.test/x", ((name, value),), b"body")
    assert bool(sent.chosen_headers) is is_shown


def test_the_first_reply_for_a_url_counts_then_one_without_its_query() -> None:
    [plain, exact, of_ada] = declared_replies(
        [
            {"request": "GET https://outside.test/x", "reply": {"text": "plain"}},
            {"request": "GET https://outside.test/x?a=1", "reply": {"text": "exact"}},
            {"request": "GET https://outside.test/{{ada}}"},
        ]
    )

    def fill(text: str) -> str:
        return re.sub(r"\{\{(\w+)\}\}", lambda hole: {"bob": "1"}[hole[1]], text)

    known = available([plain, exact, of_ada], fill)
    assert known == [plain, exact]
    assert reply_to(known, "GET", "https://outside.test/x?a=1") == exact
    assert reply_to(known, "GET", "https://outside.test/x?a=2") == plain
    assert reply_to(known, "POST", "https://outside.test/x") is None
    assert reply_to(known, "GET", "https://outside.test/x/y") is None


@pytest.mark.parametrize(
    ("request_line", "reply", "problem"),
    [
        ("GET https://outside.test/x", {"jsn": {}}, "no reply has jsn"),
        ("GET https://outside.test/x", {"fails": "always"}, "fails is one of refused, reset, timeout, cut, not always"),
        ("GET /x", {}, "should be a method and a whole URL"),
    ],
)
def test_what_is_misspelt_is_said(request_line: str, reply: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        declared_replies([{"request": request_line, "reply": reply}])
    with pytest.raises(ValueError, match="no ID token is made"):
        id_token("{}", "wrongly")


@pytest.fixture
def transport() -> Iterator[OutsideTransport]:
    transport = OutsideTransport()
    with transport.is_all_there_is():
        yield transport


async def test_our_server_reaches_no_network_by_any_other_library(transport: OutsideTransport) -> None:
    with pytest.raises(ConnectionRefusedError, match="may not connect to"):
        await asyncio.open_connection("outside.test", 443)
    with socket.socket() as connection, pytest.raises(ConnectionRefusedError, match="may not connect to"):
        connection.connect(("192.0.2.1", 443))
    async with httpx.AsyncClient() as own:
        with pytest.raises(httpx.ConnectError):
            await own.get("https://outside.test/")
    elsewhere, address = "tcp://outside.test:443", "tcp://192.0.2.1:443"
    assert [sent.url for sent in transport.sent()] == [elsewhere, address, elsewhere]


def test_the_reference_reaches_no_network_by_any_other_library() -> None:
    script = """
        import net from "node:net";
        import { sentOutside } from "./outside.mjs";
        const refused = [];
        for (const place of [[443, "192.0.2.1"], [{ port: 443, host: "outside.test" }]]) {
          try { net.connect(...place); } catch (error) { refused.push(error.message); }
        }
        console.log(JSON.stringify({ refused, sent: (await sentOutside()).map(({ url }) => url) }));
    """
    command = ["node", "--input-type=module", "-e", script]
    done = subprocess.run(command, cwd=ORACLE, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == {
        "refused": ["the reference may not connect to 192.0.2.1", "the reference may not connect to outside.test"],
        "sent": ["tcp://192.0.2.1:443", "tcp://outside.test:443"],
    }


async def test_a_reply_later_than_our_patience_is_none(transport: OutsideTransport) -> None:
    transport.replies = declared_replies([{"request": "GET https://outside.test/x", "reply": {"after": 60}}])
    async with transport.client() as client:
        with pytest.raises(httpx.ReadTimeout):
            await client.get("https://outside.test/x", timeout=0.01)


def test_servers_at_a_url_are_not_asked_to_use_it(scenario: Callable[..., Scenario]) -> None:
    assert profiles([scenario(**GITHUB)]) == []


def test_the_key_set_holds_one_key() -> None:
    [key] = json.loads(JWKS)["keys"]
    assert (key["kty"], key["alg"], key["use"]) == ("RSA", "RS256", "sig")
