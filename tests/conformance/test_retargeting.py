"""A scenario said to another server, and its answers said back: exactly, or visibly not."""

from __future__ import annotations

import json

import pytest

from betterauth_py.conformance.retargeting import NEEDS_THE_SECRET, Retargeting, new_tag
from betterauth_py.conformance.sealed import open_jwt, seal_jwt

ORIGINS = [
    "http://localhost:3000",
    "http://localhost:3000/path?callbackURL=http%3A%2F%2Flocalhost%3A3000%2Fx",
    "https://localhost:3000 and http://user@localhost:3000",
]
ADDRESSES = [
    '{"email":"ada@example.com"}',
    "ADA@Example.com",
    "BOB@EXAMPLE.COM",
    "a%40example.com",
    "a@x.io b@sub.test",
]


@pytest.mark.parametrize("netloc", ["127.0.0.1:4711", "auth.internal", "localhost:3000", "[::1]:80"])
@pytest.mark.parametrize("text", [*ORIGINS, *ADDRESSES])
def test_what_is_said_there_comes_back(netloc: str, text: str) -> None:
    target = Retargeting(netloc, new_tag())
    assert target.back(target.there(text)) == text


def test_another_server_and_other_people_are_meant() -> None:
    target = Retargeting("127.0.0.1:4711", "bcdfgh")
    said = target.there("http://localhost:3000 LOCALHOST:3000 ada@example.com ADA@Example.com a@x.io")
    assert said == "http://127.0.0.1:4711 127.0.0.1:4711 ada@bcdfgh.test ADA@Bcdfgh.test bcdfgh.a@x.io"
    assert len("ada@bcdfgh.test") == len("ada@example.com")


@pytest.mark.parametrize("text", ["https://app.example.com/x", "http://ada@app.example.com", "a@example", "localhost"])
def test_other_names_stay(text: str) -> None:
    assert Retargeting("127.0.0.1:4711", "bcdfgh").there(text) == text


def test_the_recorded_address_in_an_answer_from_elsewhere_shows() -> None:
    elsewhere = Retargeting("127.0.0.1:4711")
    assert "which is not where this server is" in elsewhere.back("http://localhost:3000/reset")
    assert "which is not where this server is" in elsewhere.back("x?to=http%3A%2F%2Flocalhost%3A3000%2F")
    assert elsewhere.back("http://127.0.0.1:47110/") == "http://127.0.0.1:47110/"
    assert Retargeting("localhost:3000").back("http://localhost:3000/reset") == "http://localhost:3000/reset"


def test_a_token_about_an_address_is_sealed_again() -> None:
    token = seal_jwt("one secret", {"alg": "HS256", "kid": "x"}, {"email": "ada@example.com", "exp": 4000000000})
    there = Retargeting("127.0.0.1:4711", "bcdfgh", "one secret", "another secret").there(f"?token={token}")
    header, payload = json.loads(open_jwt("another secret", there.removeprefix("?token=")))
    assert (header["kid"], payload) == ("x", {"email": "ada@bcdfgh.test", "exp": 4000000000})
    spoilt = token[:-1] + ("A" if token[-1] != "A" else "B")
    assert Retargeting("127.0.0.1:4711", "bcdfgh", "one secret", "x").there(spoilt) == spoilt
    assert Retargeting("127.0.0.1:4711", "bcdfgh", "one secret").there(token) == NEEDS_THE_SECRET
