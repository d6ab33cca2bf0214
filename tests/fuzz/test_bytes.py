"""Bytes that no client sends on purpose: no 500, nothing hangs, and nobody gets another's session."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from time import process_time
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from betterauth_py.crypto.random import generate_id
from scripts.write_contracts import DESCRIBED
from tests.fuzz.effort import EFFORT
from tests.fuzz.service import Service, running
from tests.http.client import Client, Reply

TOKEN, DATA = "better-auth.session_token", "better-auth.session_data"
PATHS = [f"/api/auth{endpoint.path}" for endpoint in DESCRIBED] + ["/session"]
OPTIONS: dict[str, dict[str, Any]] = {
    "no-cache": {},
    **{
        strategy: {"session": {"cookie_cache": {"enabled": True, "strategy": strategy}}}
        for strategy in ("compact", "jwt", "jwe")
    },
}
ADDITIONAL = {
    "age": "number",
    "born": "date",
    "tags": "string[]",
    "marks": "number[]",
    "blob": "json",
    "vip": "boolean",
}
QUICK = settings(max_examples=50 * EFFORT, deadline=None, database=None, suppress_health_check=list(HealthCheck))

LATIN = st.text(st.characters(max_codepoint=255), max_size=60)
NAMES = st.sampled_from(
    ["origin", "referer", "cookie", "host", "content-type", "content-length", "x-forwarded-for", "x-forwarded-host",
     "sec-fetch-site", "sec-fetch-mode", "user-agent", "accept", "transfer-encoding", "x-request-id",
     "access-control-request-method", "authorization"]
)  # fmt: skip
HEADERS = st.lists(st.tuples(NAMES, LATIN), max_size=6)
TYPES = st.sampled_from(
    ["application/json", "application/x-www-form-urlencoded", "text/plain", "application/jsonx", "multipart/form-data",
     "application/json; charset=utf-16", "APPLICATION/JSON", ""]
)  # fmt: skip
METHODS = st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "PRI"])
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture(scope="module", params=list(OPTIONS))
def cached(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running(tmp_path_factory.mktemp("bytes"), **OPTIONS[request.param]) as started:
        yield started


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    limits = {"rate_limit": {"enabled": True, "max": 1_000_000, "custom_rules": {"/**": {"window": 1, "max": 10**9}}}}
    fields = {name: {"type": kind, "required": False} for name, kind in ADDITIONAL.items()}
    options = {**limits, "trusted_origins": ["https://*.wild.test", "my-app://"], "user": {"additional_fields": fields}}
    with running(tmp_path_factory.mktemp("bytes"), **options) as started:
        yield started


def assert_sane(reply: Reply) -> None:
    """An answer that a client can read: no failure of the server, JSON where it says so, headers of one line."""
    assert reply.status < 500
    if reply.header("content-type") == "application/json" and reply.body:
        reply.json()
    assert [pair for pair in reply.headers if set("\r\n\0") & set("".join(pair))] == []


@pytest.mark.parametrize("path", PATHS)
def test_no_header_is_too_strange(service: Service, path: str) -> None:
    @QUICK
    @given(METHODS, HEADERS)
    def play(method: str, headers: list[tuple[str, str]]) -> None:
        assert_sane(service.run(service.client().send(method, path, headers)))

    play()


def test_no_path_and_no_query_is_too_strange(service: Service) -> None:
    segments = st.sampled_from(
        ["api", "auth", "..", ".", "%2e%2e", "%2f", "", "ok", "session", "\\", "error", "%00", "é"]
    )

    @QUICK
    @given(METHODS, st.lists(segments | LATIN.map(quote), max_size=6), LATIN)
    @example("GET", ["api", "auth", "error"], "error=<script>&error_description=\r\nset-cookie: a=b")
    @example("GET", ["api", "auth", "error"], "error=%0d%0aset-cookie:a=b&error=2&error_description=%ff%00%f0%9f%98%80")
    @example("GET", ["api", "auth", "get-session"], "disableRefresh=1&disableRefresh=2&disableCookieCache[]=x")
    def play(method: str, path: list[str], query: str) -> None:
        target = f"/{'/'.join(path)}?{query}".replace("#", "")
        assert_sane(service.run(service.client().send(method, target)))

    play()


@pytest.mark.parametrize("path", ["/api/auth/sign-up/email", "/api/auth/sign-in/email", "/api/auth/sign-out"])
def test_no_body_is_too_strange(service: Service, path: str) -> None:
    fields = st.sampled_from(
        [
            "name",
            "email",
            "password",
            "image",
            "callbackURL",
            "rememberMe",
            "redirectTo",
            "id",
            "emailVerified",
            "__proto__",
        ]
    )
    values = JSON | st.sampled_from(["a@b.co", "password1234", "/x", "//x", "\0", "\ud800", "x" * 5000])
    forms = st.dictionaries(fields, values, max_size=8)

    @QUICK
    @given(TYPES, st.binary(max_size=200) | forms)
    @example("application/json", b"[" * 100_000)
    @example("application/json", b'{"email":"a@b.co","password":"password1234","name":"\\u0000"}')
    @example("application/json", b'{"email":"b@b.co","password":"password1234","name":"\\ud800","image":"\\udfff"}')
    @example("application/json", b'{"email":"a@b.co","password":"\\ud800aaaaaaaa"}')
    @example("application/json", b'{"email":"' + b"a" * 100_000 + b'@b.co","password":"x"}')
    @example("application/x-www-form-urlencoded", b"email=%ff&password=%00&email=2&=&&rememberMe=false")
    def play(content_type: str, body: bytes | dict[str, Any]) -> None:
        sent = body if isinstance(body, bytes) else _json_bytes(body)
        headers = {"content-type": content_type, "origin": "http://localhost:3000"}
        assert_sane(service.run(service.client().send("POST", path, headers, sent)))

    play()


@pytest.mark.parametrize("field", [*ADDITIONAL, "name", "image"])
def test_no_value_of_a_field_is_too_strange(service: Service, field: str) -> None:
    dates = st.datetimes().map(lambda date: f"{date.isoformat()}Z") | st.just("9999-99-99T99:99:99Z")
    numbers = st.integers() | st.floats() | st.just(2**63) | st.just(-(2**64))

    @QUICK
    @given(JSON | dates | numbers | st.sampled_from(["\0", "\ud800", ["\0"], {"a": "\ud800"}]))
    def play(value: Any) -> None:
        email = f"{generate_id(12)}@b.co"
        body = {"name": "n", "email": email, "password": "password1234", field: value}
        headers = {"content-type": "application/json"}
        client = service.client()
        reply = service.run(client.send("POST", "/api/auth/sign-up/email", headers, _json_bytes(body)))
        assert_sane(reply)
        if reply.status == 200:
            assert session_of(service, client)["user"]["email"] == email.lower()

    play()


def _json_bytes(value: Any) -> bytes:
    return json.dumps(value).encode()


def session_of(service: Service, client: Client) -> Any:
    reply = service.run(client.get("/api/auth/get-session"))
    assert reply.status == 200
    assert_sane(reply)
    return reply.json()


def _nested(depth: int) -> str:
    envelope = b'{"session":{"a":%s%s},"expiresAt":1,"signature":"x"}' % (b"[" * depth, b"]" * depth)
    return urlsafe_b64encode(envelope).rstrip(b"=").decode()


def test_no_cookie_is_too_strange_and_none_is_believed(cached: Service) -> None:
    junk = st.text(st.characters(min_codepoint=33, max_codepoint=255, exclude_characters=";"), max_size=80)
    suffixes = st.sampled_from(["", ".0", ".1", ".99", ".x", ".-1", ".00", ".9999999999999999999999"])

    @QUICK
    @given(junk, st.dictionaries(suffixes, junk | st.just("e30.e30.e30") | st.just("e30"), max_size=4))
    @example("x", {"": _nested(300)})
    @example("x", {"": _nested(600)})
    def play(token: str, data: dict[str, str]) -> None:
        chunks = {f"{DATA}{suffix}": value for suffix, value in data.items()}
        assert session_of(cached, cached.client(**{TOKEN: token, **chunks})) is None
        # With a good token the junk is thrown away, and the database is asked.
        assert session_of(cached, cached.client(**{TOKEN: cached.cookies[TOKEN], **chunks}))["user"]["name"] == "Alice"

    play()


@pytest.mark.parametrize("name", [TOKEN, DATA])
def test_a_cookie_with_a_changed_letter_is_worthless_or_means_the_same(cached: Service, name: str) -> None:
    real = cached.cookies.get(name, "")
    other = {key: value for key, value in cached.cookies.items() if key != name}
    whole = session_of(cached, cached.client(**cached.cookies))

    @QUICK
    @given(st.integers(0, max(len(real) - 1, 0)), st.sampled_from("Aa0-_.%="))
    def play(position: int, letter: str) -> None:
        changed = real[:position] + letter + real[position + 1 :]
        found = session_of(cached, cached.client(**other, **{name: changed}))
        assert found is None or (found["session"], found["user"]) == (whole["session"], whole["user"])

    play()


def test_raw_cookie_headers_are_read_without_harm(cached: Service) -> None:
    @QUICK
    @given(st.lists(st.tuples(st.just("cookie"), LATIN), min_size=1, max_size=3))
    @example([("cookie", f"{TOKEN}")])
    @example([("cookie", f'{TOKEN}="')])
    @example([("cookie", f"{TOKEN}=.{'A' * 43}=")])
    @example([("cookie", f"{DATA}={'e30.' * 2000}; {TOKEN}=x")])
    @example([("cookie", "; ".join(f"{DATA}.{index}=A" for index in range(3000)))])
    def play(headers: list[tuple[str, str]]) -> None:
        for method, path in (("GET", "/api/auth/get-session"), ("GET", "/session"), ("POST", "/api/auth/sign-out")):
            assert_sane(cached.run(cached.client().send(method, path, headers)))

    play()


# What repetition has made slow in some parser: separators, escapes, dots, what opens and never closes.
PIECES = st.sampled_from(
    ["a.", "../", "/./", "%41", "%", "\\", "https:////", "a=1;", "a=1&", ";", ",", '"1":1,', "[", "{", '"a":{', '\\"',
     '"', "e30.", "*", "?", " ", "-", "@", "a@", "1", "1.5,", "\\u0041", "\xff", "\xc3", "127.0.0.1, ",
     "better-auth.session_data.1=x;"]
) | st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\0"), min_size=1, max_size=8)  # fmt: skip
JSON_TYPE, FORM_TYPE = ("content-type", "application/json"), ("content-type", "application/x-www-form-urlencoded")
SIZES = st.sampled_from([60_000, 400_000, 3_000_000])
PLACES: dict[str, Callable[[str], tuple[str, str, list[tuple[str, str]], bytes]]] = {
    "cookie": lambda text: ("GET", "/api/auth/get-session", [("cookie", text)], b""),
    "session token": lambda text: ("GET", "/api/auth/get-session", [("cookie", f"{TOKEN}={text}")], b""),
    "origin": lambda text: ("POST", "/api/auth/sign-out", [("cookie", "a=b"), ("origin", f"https://{text}")], b""),
    "origin of a scheme": lambda text: ("POST", "/api/auth/sign-out", [("cookie", "a=b"), ("origin", text)], b""),
    "host": lambda text: ("GET", "/api/auth/get-session", [("host", text)], b""),
    "forwarded": lambda text: ("GET", "/api/auth/ok", [("x-forwarded-for", text)], b""),
    "accept-language": lambda text: ("GET", "/api/auth/error", [("accept-language", text)], b""),
    "content type": lambda text: ("POST", "/api/auth/sign-in/email", [("content-type", text)], b"{}"),
    "query": lambda text: ("GET", f"/api/auth/error?error={_targeted(text)}", [], b""),
    "callback": lambda text: ("GET", f"/api/auth/verify-email?token=x&callbackURL={quote(text[:4_000])}", [], b""),
    "path": lambda text: ("GET", f"/api/auth/{_targeted(text)}", [], b""),
    "json": lambda text: ("POST", "/api/auth/sign-in/email", [JSON_TYPE], f'{{"email":"a",{text}'.encode("latin-1")),
    "list": lambda text: ("POST", "/api/auth/sign-up/email", [JSON_TYPE], f"[{text}1]".encode("latin-1")),
    "text": lambda text: ("POST", "/api/auth/sign-up/email", [JSON_TYPE], _json_bytes({"email": text, "image": text})),
    "callback in a body": lambda text: (
        "POST", "/api/auth/sign-in/email", [JSON_TYPE],
        _json_bytes({"email": "a@b.co", "password": "x", "callbackURL": text}),
    ),
    "form": lambda text: ("POST", "/api/auth/sign-in/email", [FORM_TYPE], text.encode("latin-1")),
}  # fmt: skip
MOST_SECONDS = 0.5
"""Ten times what a request may take of this process's own time, which other processes do not lengthen."""


def _targeted(text: str) -> str:
    return text.replace("#", "").replace("?", "")


@pytest.mark.parametrize("place", list(PLACES))
def test_no_repetition_takes_long(service: Service, place: str) -> None:
    @settings(QUICK, max_examples=20 * EFFORT)
    @given(PIECES, PIECES, SIZES)
    def play(one: str, other: str, size: int) -> None:
        method, target, headers, body = PLACES[place](
            (one * (size // 2 // len(one))) + other * (size // 2 // len(other))
        )
        request = service.client().prepared(method, target, headers, body)
        started = process_time()
        reply = service.run(request)
        assert process_time() - started <= MOST_SECONDS
        assert_sane(reply)

    play()
