"""`sign_jwt` and `verify_jwt`: the same claims, in the same order, with the same verdicts as better-auth's."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from betterauth_py import APIError, BetterAuth
from betterauth_py.clock import ManualClock
from betterauth_py.conformance.recorder.oracle import install
from betterauth_py.conformance.sealed import b64url, compact_json, from_b64url
from betterauth_py.plugins.jwt import jwt
from tests.conftest import BASE_URL, MakeAuth
from tests.http.client import Client
from tests.plugins.jwt.support import claims_of, header_of, sign_in, token_of, verified

FAR = 4_000_000_000
BODIES: list[dict[str, Any]] = [
    {"payload": {}},
    {"payload": {"sub": "x"}},
    {"payload": {"sub": "x", "iat": 1_700_000_000}},
    {"payload": {"iat": 1_700_000_000, "name": "Ä😀", "sub": "x", "nested": {"b": [1, 2.5, None, True], "a": {}}}},
    {"payload": {"exp": FAR, "aud": ["a", BASE_URL], "sub": "x", "iss": BASE_URL}},
    {"payload": {"exp": FAR, "aud": ["a", "b"], "sub": "x"}},
    {"payload": {"exp": FAR, "aud": "b", "sub": "x"}},
    {"payload": {"exp": FAR, "sub": "x", "iss": "another"}},
    {"payload": {"exp": FAR, "sub": "x", "iss": "another"}, "issuer": "another"},
    {"payload": {"exp": FAR, "sub": "x", "iss": "another"}, "issuer": ""},
    {"payload": {"exp": FAR, "sub": "x", "nbf": 1_700_000_000, "jti": "j"}},
    {"payload": {"exp": FAR, "sub": "x", "nbf": FAR}},
    {"payload": {"exp": 1_700_000_000, "sub": "x"}},
    {"payload": {"exp": FAR, "sub": ""}},
    {"payload": {"exp": FAR, "sub": None}},
    {"payload": {"exp": None, "iss": None, "aud": None, "sub": "x"}},
    {"payload": {"exp": FAR + 0.5, "sub": "x"}},
    {"payload": {"exp": "2h", "sub": "x"}},
    {"payload": {"exp": "2h", "sub": "x", "iat": "1h", "nbf": "-1h"}},
    {"payload": {"sub": "x"}, "overrideOptions": {"jwt": {"expirationTime": "2h", "issuer": "my", "audience": "a"}}},
    {"payload": {"sub": "x"}, "overrideOptions": {"jwt": {"issuer": "mine"}}, "issuer": "mine"},
    {"payload": {"sub": "x"}, "overrideOptions": {}},
    {"payload": {"sub": 5}},
    {"payload": {"jti": 5}},
    {"payload": {"exp": "soon"}},
    {"payload": {"exp": True}},
    {"payload": {"exp": {}}},
    {"payload": {"nbf": "soon"}},
    {"payload": []},
    {"payload": "text"},
    {"payload": {}, "overrideOptions": 4},
    {},
]  # fmt: skip
_NOW = re.compile(r'"(exp|nbf|iat)":(1[789]\d{8})\b')


def without_now(text: str | None, now: int) -> str | None:
    """The JSON with moments near now as their distance from it, in tens of seconds."""
    return text and _NOW.sub(lambda found: f'"{found[1]}":"now{round((int(found[2]) - now) / 10):+}"', text)


async def played(auth: BetterAuth, body: dict[str, Any]) -> dict[str, Any]:
    """What `reference.mjs` says of better-auth, of ours."""
    try:
        token = (await auth.api.sign_jwt(body=body))["token"]
        payload = await verified(auth, token, **({"issuer": body["issuer"]} if "issuer" in body else {}))
    except APIError as error:
        return {"error": error.body}
    except ValueError:
        return {"error": "error"}
    shown = None if payload is None else compact_json(payload)
    return {"header": list(header_of(token)), "payload": from_b64url(token.split(".")[1]).decode(), "verified": shown}


async def test_claims_are_signed_and_judged_as_in_better_auth(make_auth: MakeAuth) -> None:
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("NOT COMPARED WITH better-auth: there is no Node on this machine")
    install()
    command = ["node", str(Path(__file__).with_name("reference.mjs")), json.dumps(BODIES)]
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, check=True, text=True)
    auth = await make_auth(plugins=["jwt"])
    now = int(time.time())
    for body, theirs in zip(BODIES, json.loads(done.stdout), strict=True):
        ours = await played(auth, body)
        for answer in (ours, theirs):
            answer |= {name: without_now(answer.get(name), now) for name in ("payload", "verified")}
        assert ours == theirs, body


async def test_dates_are_moments(make_auth: MakeAuth) -> None:
    auth = await make_auth(plugins=["jwt"])
    moment = datetime(2040, 1, 1, tzinfo=UTC)
    token = (await auth.api.sign_jwt(body={"payload": {"sub": "x", "exp": moment, "born": moment}}))["token"]
    assert claims_of(token)["exp"] == 2_208_988_800
    assert claims_of(token)["born"] == "2040-01-01T00:00:00.000Z"


async def test_a_token_is_good_until_its_end(make_auth: MakeAuth, clock: ManualClock) -> None:
    auth = await make_auth(plugins=["jwt"], clock=clock)
    token = await token_of(auth, await sign_in(auth))
    clock.advance(899)
    assert await verified(auth, token) == claims_of(token)
    clock.advance(1)
    assert await verified(auth, token) is None


async def test_what_is_no_token_of_ours_is_none(make_auth: MakeAuth) -> None:
    auth = await make_auth(plugins=["jwt"])
    good = await token_of(auth, await sign_in(auth))
    header, payload, signature = good.split(".")
    kid = header_of(good)["kid"]
    heads = [{"alg": "none", "kid": kid}, {"alg": "ES256", "kid": kid}, {"alg": "EdDSA", "kid": "x"}, {"alg": "EdDSA"}]
    changed = [b64url(compact_json(head).encode()) for head in (*heads, [], 5)]
    for bad in (
        *(f"{head}.{payload}.{signature}" for head in (*changed, "", "é", "_")),
        *("", "a", "a.b", "a.b.c", "....", f"{header}.{payload}", f"{good}.x"),
        *(f"{header}.{payload}.{cut}" for cut in ("", signature[:-4])),
    ):
        assert await verified(auth, bad) is None, bad
    assert await verified(auth, good) == claims_of(good)


async def test_the_options_issuer_and_audience_count(make_auth: MakeAuth) -> None:
    auth = await make_auth(plugins=[jwt(jwt={"issuer": "me", "audience": ["a", "b"]})])
    for claims, is_good in (
        ({"sub": "x"}, True),
        ({"sub": "x", "aud": "b"}, True),
        ({"sub": "x", "aud": ["c", "a"]}, True),
        ({"sub": "x", "aud": "c"}, False),
        ({"sub": "x", "iss": "you"}, False),
    ):
        token = (await auth.api.sign_jwt(body={"payload": claims}))["token"]
        assert (await verified(auth, token) is not None) is is_good


async def test_wrong_overriding_options_are_named(make_auth: MakeAuth) -> None:
    auth = await make_auth(plugins=["jwt"])
    with pytest.raises(Exception, match=r"Unknown option `overrideOptions\.jwt\.issuers`\. Did you mean `issuer`\?"):
        await auth.api.sign_jwt(body={"payload": {}, "overrideOptions": {"jwt": {"issuers": "x"}}})


async def test_they_have_no_path(make_auth: MakeAuth) -> None:
    auth = await make_auth(plugins=["jwt"])
    assert [path for path in auth.openapi()["paths"] if "jwt" in path.lower()] == []


async def test_without_a_base_url_the_issuer_is_the_host_that_was_asked_for(
    make_auth: MakeAuth, clock: ManualClock
) -> None:
    auth = await make_auth(plugins=["jwt"], base_url=None, clock=clock)
    cookies = dict(pair.split("=", 1) for pair in (await sign_in(auth))["cookie"].split("; "))
    for host in ("a.example.com", "b.example.com"):
        answer = await Client(auth.app, host=host, cookies=cookies).get("/api/auth/token")
        claims = claims_of(answer.json()["token"])
        assert (claims["iss"], claims["aud"]) == (f"http://{host}", f"http://{host}")


async def test_fields_with_lists_are_signed(make_auth: MakeAuth) -> None:
    auth = await make_auth(
        plugins=["jwt"], user={"additional_fields": {"tags": {"type": "string[]", "required": False}}}
    )
    headers = await sign_in(auth, tags=["a", "b"])
    assert claims_of(await token_of(auth, headers))["tags"] == ["a", "b"]
    assert claims_of(await token_of(auth, headers))["tags"] == ["a", "b"]
