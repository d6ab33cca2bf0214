"""The verifier says of thousands of near misses what better-auth 1.7.25, asked just now, says of the same ones."""

from __future__ import annotations

import json
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import ECKey, OKPKey, RSAKey

from betterauth_py.conformance.recorder.oracle import install
from betterauth_py.verify import CookieNames, VerifiedSession, sync
from betterauth_py.wire.cached_session import Strategy
from betterauth_py.wire.cookie_cache import encode_cookie_cache
from tests.verify.near_misses import ISSUER, NOW, SECRET, SECRETS, START, NearMisses
from tests.verify.servers import JsonServer
from tests.verify.vectors import as_json, at

JUDGE = Path(__file__).with_name("reference_judge.mjs")
PLAIN = CookieNames(secure=False)
STRATEGIES: list[Strategy] = ["compact", "jwt", "jwe"]
# More of them: `NearMisses(seed)` of another seed.
SEED = 20_261_121
Case = dict[str, Any]


def ruled(judges: list[Case], cases: list[Case]) -> list[Case]:
    """Return the headers and the reference's verdict of each case."""
    install()
    asked = json.dumps({"judges": judges, "cases": cases})
    done = subprocess.run(["node", str(JUDGE)], input=asked, capture_output=True, text=True, check=True, timeout=60)
    answers: list[Case] = json.loads(done.stdout)
    assert len(answers) == len(cases)
    return answers


def assert_alike(cases: list[Case], rulings: list[Case], say: Callable[[Case, dict[str, str]], Any]) -> None:
    """Every case is judged as it was ruled; neither all of them one source."""
    for case, ruling in zip(cases, rulings, strict=True):
        with at(case["at"]):
            said = say(case, ruling["headers"])
        assert json.loads(json.dumps(said)) == ruling["verdict"], (case, ruling)
    assert len(cases) // 12 < sum(ruling["verdict"] is not None for ruling in rulings) < len(cases)


def shown(verified: VerifiedSession | None) -> Any:
    return None if verified is None else as_json(verified)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_cached_sessions(strategy: Strategy) -> None:
    misses = NearMisses(SEED)
    (user, *_), (session, *_) = misses.rows()
    good = encode_cookie_cache(strategy, session, user, version="1", secrets=SECRETS, max_age=300, now=START)
    moments = [START, START, START, START, START, START + 299_749, START + 299_750, START + 300_001, START + 314_750]
    cases = [misses.text_case(0, misses.random.choice(moments), good) for _ in range(300)]
    for _ in range(500):
        moment = misses.random.choice(moments)
        payload = strategy == "compact"
        cases.append(misses.payload_case(0, moment) if payload else misses.token_case(0, moment, strategy))
    rulings = ruled([{"secret": SECRET, "cookieCache": {"enabled": True, "strategy": strategy}}], cases)
    verifier = sync.SessionVerifier(sync.CookieCache(secret=SECRET, strategy=strategy, cookies=PLAIN))
    assert_alike(cases, rulings, lambda _, headers: shown(verifier.find(headers)))


@pytest.fixture
def stored() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", check_same_thread=False)) as connection:
        for table, rows in zip(("user", "session"), NearMisses(SEED).rows(), strict=True):
            connection.execute(f'CREATE TABLE "{table}" ({", ".join(rows[0])})')
            marks = ", ".join("?" * len(rows[0]))
            connection.executemany(f'INSERT INTO "{table}" VALUES ({marks})', [list(row.values()) for row in rows])
        yield connection


def test_bearer_tokens(stored: sqlite3.Connection) -> None:
    misses = NearMisses(SEED)
    users, sessions = misses.rows()
    judges = [
        {"secret": SECRET, "users": users, "sessions": sessions, "requireSignature": only} for only in (True, False)
    ]
    cases = [misses.bearer_case(number % 2) for number in range(1_200)]
    rulings = ruled(judges, cases)
    signed, anything = (
        sync.SessionVerifier(sync.Database(stored, secret=SECRET, columns="camelCase", cookies=PLAIN, bearer=bearer))
        for bearer in ("signed", "any")
    )

    def say(case: Case, headers: dict[str, str]) -> Any:
        return shown((anything if case["judge"] else signed).find(headers))

    assert_alike(cases, rulings, say)


def test_tokens_of_the_jwt_plugin() -> None:
    misses = NearMisses(SEED)
    # ES512's signatures fill their base64 to the last bit, RS256's and EdDSA's do not.
    made: Case = {
        "EdDSA": OKPKey.generate_key("Ed25519"),
        "ES512": ECKey.generate_key("P-521"),
        "RS256": RSAKey.generate_key(2048),
    }
    public = {alg: key.as_dict(private=False) for alg, key in made.items()}
    rows = [
        {"id": alg, "alg": alg, "publicKey": json.dumps(jwk), "privateKey": "", "createdAt": "2026-11-20T00:00:00.000Z"}
        for alg, jwk in public.items()
    ]
    cases = []
    for number in range(600):
        alg = list(made)[number % 3]
        cases.append(misses.jwt_case(0, (NOW + misses.random.choice([0, 0, 299, 300])) * 1000, made[alg], alg))
    rulings = ruled([{"secret": SECRET, "keys": rows}], cases)
    service = JsonServer({"keys": [{**jwk, "kid": alg, "alg": alg} for alg, jwk in public.items()]})
    with service, sync.SessionVerifier(sync.JWT(service.url, issuer=ISSUER, audience=ISSUER)) as verifier:

        def say(case: Case, headers: dict[str, str]) -> Any:
            verified = verifier.find(headers)
            return None if verified is None else dict(verified.claims)

        assert_alike(cases, rulings, say)
