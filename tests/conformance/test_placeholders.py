"""What random and encrypted values are shown as: alike on every playing, and only what is known to be one."""

from __future__ import annotations

import base64
import hashlib
from urllib.parse import quote

import pytest

from betterauth_py.conformance.placeholders import Placeholders
from betterauth_py.conformance.scenario import SECRET
from betterauth_py.conformance.sealed import ACCOUNT_SALT, PURPOSES, compact_json, seal_for, seal_jwe
from betterauth_py.conformance.set_cookies import Seals, set_cookie_texts

VERIFIER = "aB3-_" * 25 + "xyz"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


@pytest.fixture
def placeholders() -> Placeholders:
    return Placeholders(SECRET, "")


@pytest.mark.parametrize("state", ["aB" * 16, "aB-_" * 8, "-B" + "a" * 29 + "_"])
def test_a_state_is_shown_alike_whichever_letters_it_has_by_chance(state: str, placeholders: Placeholders) -> None:
    assert placeholders.plain(f"https://x.test/?state={state}&scope=a") == "https://x.test/?state=<id 1>&scope=a"
    assert placeholders.plain(f"auth-state:{state}") == "auth-state:<id 1>"


@pytest.mark.parametrize(
    "text", ["Access-Control-Allow-Credential", "access-control-allow-credentials", "A_CODE_OF_THIRTY_TWO_CHARACTERS_"]
)
def test_a_word_of_that_length_is_no_state(text: str, placeholders: Placeholders) -> None:
    assert placeholders.plain(text) == text


def test_a_verifier_and_its_challenge_belong_together_whichever_comes_first(placeholders: Placeholders) -> None:
    assert placeholders.plain(f"code_challenge={CHALLENGE}&x") == "code_challenge=<hash 1>&x"
    assert placeholders.plain(f"code_verifier={VERIFIER}") == "code_verifier=<verifier of <hash 1>>"
    assert placeholders.plain(f"code_verifier={VERIFIER[::-1]}") == "code_verifier=<verifier 3>"
    other = Placeholders(SECRET, "")
    assert other.json(compact_json({"codeVerifier": VERIFIER})) == '{"codeVerifier":"<verifier 1>"}'
    assert other.plain(CHALLENGE) == "<challenge of <verifier 1>>"


@pytest.mark.parametrize("purpose", PURPOSES)
def test_what_is_encrypted_is_opened_for_its_purpose(purpose: str, placeholders: Placeholders) -> None:
    sealed = seal_for(SECRET, purpose, '{"a":"b"}')
    named = f" for {purpose}" if purpose else ""
    assert placeholders.json(compact_json({"token": sealed})) == f'{{"token":"<sealed{named} {{"a":"b"}}>"}}'
    assert placeholders.plain(f"$ba$2${sealed}") == f'<sealed $ba$2{named} {{"a":"b"}}>'
    for other in (sealed[:-1] + "0g"[sealed[-1] == "0"], seal_for("another secret", purpose, "a"), "0123456789" * 20):
        assert placeholders.plain(other) == other


@pytest.mark.parametrize("length", [3000, 50])
def test_the_cookie_of_an_account_is_opened_whole_or_in_chunks(length: int, placeholders: Placeholders) -> None:
    value = seal_jwe(SECRET, {"alg": "dir"}, {"accessToken": "at"}, ACCOUNT_SALT)
    pieces = [value[start : start + length] for start in range(0, len(value), length)]
    names = ["x.account_data"] if len(pieces) == 1 else [f"x.account_data.{number}" for number in range(len(pieces))]
    lines = [f"{name}={quote(piece)}; Path=/" for name, piece in zip(names, pieces, strict=True)]
    first, *rest = set_cookie_texts(lines, Seals(SECRET, "compact", ".session_data"), placeholders)
    opened = '<jwe of an account [{"alg":"dir"},{"accessToken":"at"}]>'
    if not rest:
        assert first == f"x.account_data={opened}; Path=/"
        return
    assert first == f"x.account_data.0=<chunk of 50 bytes, all: {opened}>; Path=/"
    assert rest[0] == "x.account_data.1=<chunk of 50 bytes>; Path=/"
