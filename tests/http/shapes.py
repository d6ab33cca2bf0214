"""Requests that anybody can send, most of which once cost seconds of the event loop, and how each is answered."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode

JSON_TYPE, FORM_TYPE = ("content-type", "application/json"), ("content-type", "application/x-www-form-urlencoded")
SIGN_IN, SIGN_UP = "/api/auth/sign-in/email", "/api/auth/sign-up/email"
GET_SESSION = "/api/auth/get-session"
LARGE = 7_000_000


@dataclass(frozen=True)
class Shape:
    """One request; what is large in it is made when it is sent."""

    method: str = "POST"
    path: str = SIGN_IN
    headers: Callable[[], list[tuple[str, str]]] = field(default=lambda: [JSON_TYPE])
    query: Callable[[], str] = field(default=lambda: "")
    body: Callable[[], bytes] = field(default=lambda: b"")
    status: int = 413


def _numeric_keys(number: int) -> bytes:
    return ("{" + ",".join(f'"{index}":1' for index in range(number, 0, -1)) + "}").encode()


def _repeated(piece: bytes, size: int) -> bytes:
    return piece * (size // len(piece))


def _headers(*more: tuple[str, str]) -> Callable[[], list[tuple[str, str]]]:
    return lambda: [JSON_TYPE, *more]


def _sign_up(**fields: str) -> bytes:
    body = {"name": "Ada", "email": "ada@example.com", "password": "correct horse", **fields}
    return json.dumps(body).encode()


def _sign_in(**fields: str) -> bytes:
    return json.dumps({"email": "ada@example.com", "password": "wrong password", **fields}).encode()


SHAPES: dict[str, Shape] = {
    "a header repeated": Shape(headers=lambda: [JSON_TYPE] + [("x-a", "b")] * 100_000, status=431),
    "many headers": Shape(headers=lambda: [JSON_TYPE, *((f"x-{n}", "b") for n in range(100_000))], status=431),
    "a header of megabytes": Shape(headers=_headers(("x-a", "b" * LARGE)), status=431),
    "cookies of megabytes": Shape(
        "GET", GET_SESSION, lambda: [("cookie", "; ".join(f"c{n}=%41" for n in range(700_000)))], status=431
    ),
    "as many cookies as pass": Shape(
        "GET", GET_SESSION, lambda: [("cookie", ";".join(f"{n}=%41" for n in range(6_000)))], status=200
    ),
    "a cookie of escapes": Shape(
        "GET", GET_SESSION, lambda: [("cookie", "better-auth.session_token=" + "%41" * 20_000)], status=200
    ),
    "chunks of a cached session": Shape(
        "GET", GET_SESSION, lambda: [("cookie", ";".join(f"better-auth.session_data.{n}=x" for n in range(2_000)))],
        status=200,
    ),
    "a user agent of megabytes": Shape(headers=_headers(("user-agent", "x" * 3_000_000)), status=431),
    "a query of megabytes": Shape("GET", GET_SESSION, query=lambda: "a=1&" * 500_000, status=431),
    "as large a query as passes": Shape("GET", GET_SESSION, query=lambda: "a=1&" * 4_000, status=200),
    "a path of megabytes": Shape("GET", "/api/auth/" + "a/../" * 100_000, status=431),
    "as long a path as passes": Shape("GET", "/api/auth/" + "a/../" * 3_200, status=404),
    "numeric keys": Shape(body=lambda: _numeric_keys(700_000)),
    "as many numeric keys as pass": Shape(body=lambda: _numeric_keys(4_900), status=400),
    "numbers": Shape(body=lambda: b"[" + _repeated(b"1.5,", LARGE) + b"1]"),
    "objects": Shape(body=lambda: b"[" + _repeated(b'{"1":1},', LARGE) + b"1]"),
    "as many objects as pass": Shape(body=lambda: b"[" + b'{"1":1},' * 3_200 + b"1]", status=400),
    "nested lists": Shape(body=lambda: b"[" * LARGE),
    "a text of megabytes": Shape(body=lambda: b'{"email":"' + b"x" * LARGE + b'"}'),
    "structure where an image is taken": Shape(path=SIGN_UP, body=lambda: b'{"x":[' + b"1," * 900_000 + b"1]}"),
    "objects where an image is taken": Shape(path=SIGN_UP, body=lambda: b"[" + b'{"1":1},' * 200_000 + b"1]"),
    "texts where an image is taken": Shape(path=SIGN_UP, body=lambda: b"[" + b'"",' * 600_000 + b"1]"),
    "a broken text of quotes": Shape(
        path=SIGN_UP, body=lambda: b'["' + b"," * 10_001 + b'",' + b'"' * 1_900_000
    ),
    "a name of megabytes": Shape(path=SIGN_UP, body=lambda: _sign_up(name="x" * 1_900_000)),
    "an e-mail address of megabytes": Shape(path=SIGN_UP, body=lambda: _sign_up(email="x" * 1_900_000 + "@a.test")),
    "an additional text of megabytes": Shape(path=SIGN_UP, body=lambda: _sign_up(bio="x" * 1_900_000)),
    "a form of megabytes": Shape(headers=lambda: [FORM_TYPE], body=lambda: _repeated(b"a=1&", 8_400_000)),
    "a form of many fields": Shape(headers=lambda: [FORM_TYPE], body=lambda: _repeated(b"a=&", 65_000)),
    "a form of escapes": Shape(
        headers=lambda: [FORM_TYPE], body=lambda: b"email=" + _repeated(b"%41", 65_000), status=400
    ),
    "a long Origin": Shape(headers=_headers(("cookie", "a=b"), ("origin", "https://" + "a." * 10_000)), status=403),
    "an Origin of slashes": Shape(headers=_headers(("cookie", "a=b"), ("origin", "xhttps:////" * 2_000)), status=403),
    "a long callbackURL": Shape(
        body=lambda: _sign_in(callbackURL="https://" + "a." * 20_000),
        status=403,
    ),
    "a callbackURL of dots": Shape(
        body=lambda: _sign_in(callbackURL="/" + "../" * 20_000 + "//"),
        status=403,
    ),
    "a long callbackURL in a query": Shape(
        "GET", "/api/auth/verify-email",
        query=lambda: urlencode({"token": "x", "callbackURL": "https://" + "a." * 7_000}), status=403,
    ),
    "an e-mail address of dots": Shape(
        body=lambda: _sign_in(email="a." * 30_000), status=400
    ),
    "a token of dots": Shape("GET", "/api/auth/verify-email", query=lambda: "token=" + "e30." * 4_000, status=401),
    "a chain of proxies": Shape(
        headers=_headers(("x-forwarded-for", ", ".join(["127.0.0.1"] * 5_000))),
        body=_sign_in, status=401,
    ),
    "a Host of labels": Shape("GET", GET_SESSION, headers=lambda: [("host", "a." * 30_000)], status=200),
}  # fmt: skip
