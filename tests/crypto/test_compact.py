"""Compact JWS and JWE are taken apart as jose takes them apart; what jose said of each was asked of it."""

from __future__ import annotations

import hmac
import json
import zlib
from typing import Any

import pytest
from joserfc import jwe

from betterauth_py.crypto import jose
from betterauth_py.crypto.compact import decode_segment, sign, signed_payload, take_apart_signed
from betterauth_py.crypto.jwt import decrypt_jwt, verify_jwt
from betterauth_py.crypto.secrets import SecretConfig
from betterauth_py.crypto.signing import decode_base64, encode_base64url

SECRET, SALT, NOW = "wT5mOQpYyJ3s8r2vKx7uZ1aB4cD6eF9g", "better-auth-session", 1_795_248_000
CLAIMS = {"a": 1, "sub": "u1", "aud": ["x"], "exp": NOW + 60}
HMACS = ("HS256", "HS384", "HS512")


@pytest.mark.parametrize("text", ["QQ", "QQ==", "QR", " Q\tQ\n", "QQ\r\f", "Q Q = =", "-_-_", ""])
def test_a_segment_may_have_padding_white_space_and_unused_bits(text: str) -> None:
    assert decode_segment(text) in {b"A", b"\xfb\xff\xbf", b""}


@pytest.mark.parametrize(
    "text", ["Q", "QQ=", "QQ===", "QQ====", "=", "====", "QQ==Q", "Q=Q=", "QUJDR", "+/+/", "-/-/", "Q*", "Qé",
    "Q\x0bQ", "QQ\xa0"]
)  # fmt: skip
def test_a_segment_has_to_be_base64url(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any of them
        decode_segment(text)


def test_better_auths_own_decoder_sheds_what_fills_no_byte_but_knows_one_alphabet_at_a_time() -> None:
    for text in ("QQ", "QQ=", "QQ==*", "QUJDR", "+/+/", "-_-_"):
        decode_base64(text)
    for text in ("Q*", "QUJD*", "QUJD ", "-/-/", "+_", "+/+/=-"):
        with pytest.raises(ValueError):  # noqa: PT011 - any of them
            decode_base64(text)


def signed(header: str | bytes, payload: bytes = b"{}") -> str:
    _, body, _ = sign(payload, SECRET).split(".")
    head = encode_base64url(header.encode() if isinstance(header, str) else header)
    signature = hmac.digest(SECRET.encode(), f"{head}.{body}".encode(), "sha256")
    return f"{head}.{body}.{encode_base64url(signature)}"


@pytest.mark.parametrize(
    "header",
    ['{"alg":"HS256"}', ' {"alg":"HS256"}\n', '\ufeff{"alg":"HS256"}', '{"alg":"none","alg":"HS256"}',
    '{"alg":"HS256","typ":5}',
     '{"alg":"HS256","jku":5,"x":{}}', '{"alg":"HS256","b64":false}', '{"alg":"HS256","crit":["b64"],"b64":true}',
     json.dumps({"alg": "HS256", "x5c": ["z" * 900]})],
)  # fmt: skip
def test_headers_of_ones_own_are_passed_over(header: str) -> None:
    assert signed_payload(signed(header), SECRET, HMACS) == b"{}"


@pytest.mark.parametrize(
    "header",
    ['{"alg":"none"}', '{"alg":"HS384"}', '{"alg":["HS256"]}', '{"alg":null}', "{}", '["alg"]', '"alg"', "null", "",
    "{",
     '{"alg":"HS256"}x', '{"alg":"HS256","alg":"none"}', '{"alg":"HS256","a":NaN}', b'{"alg":"HS256","a":"\xff"}',
     '{"alg":"HS256"}'.encode("utf-16"), '{"alg":"HS256","crit":[]}', '{"alg":"HS256","crit":null}',
     '{"alg":"HS256","crit":"b64"}',
     '{"alg":"HS256","crit":["x"],"x":1}', '{"alg":"HS256","crit":["alg"]}', '{"alg":"HS256","crit":["b64"]}',
     '{"alg":"HS256","crit":["b64"],"b64":false}', '{"alg":"HS256","crit":["b64"],"b64":1}',
     '{"alg":"HS256","crit":[["b64"]]}'],
)  # fmt: skip
def test_other_headers_are_refused(header: str | bytes) -> None:
    assert signed_payload(signed(header), SECRET, HMACS) is None


def test_what_is_nested_deeper_than_python_follows_is_no_token() -> None:
    nested = "[" * 100_000 + "]" * 100_000
    assert signed_payload(signed(f'{{"alg":"HS256","a":{nested}}}'), SECRET, HMACS) is None
    assert verify_jwt(signed('{"alg":"HS256"}', f'{{"a":{nested}}}'.encode()), SECRET, NOW) is None


def test_a_token_has_three_parts() -> None:
    token = signed('{"alg":"HS256"}')
    for wrong in ("", "..", token + ".", token.replace(".", ""), "a." * 100_000, token.replace(".", "..", 1)):
        with pytest.raises(ValueError):  # noqa: PT011 - any of them
            take_apart_signed(wrong)


@pytest.mark.parametrize("changes", [{"exp": None}, {"nbf": None}, {"iat": None}, {"exp": True}, {"iat": str(NOW)}])
def test_a_time_that_is_none_is_refused(changes: dict[str, Any]) -> None:
    assert verify_jwt(sign(json.dumps(CLAIMS).encode(), SECRET), SECRET, NOW) == CLAIMS
    assert verify_jwt(sign(json.dumps({**CLAIMS, **changes}).encode(), SECRET), SECRET, NOW) is None


def test_claims_have_to_be_utf_8() -> None:
    assert verify_jwt(sign(b'\xef\xbb\xbf{"a":"\xc3\xa9"}', SECRET), SECRET, NOW) == {"a": "é"}
    assert verify_jwt(sign(b'{"a":"\xff"}', SECRET), SECRET, NOW) is None


def encrypted(**changes: Any) -> str:
    """Return a JWE with other headers; "absent" leaves one out."""
    kid = jose.thumbprint(SECRET, SALT)
    header = {"alg": "dir", "enc": "A256CBC-HS512", "kid": kid, **changes}
    header = {name: value for name, value in header.items() if value != "absent"}
    plain = json.dumps(CLAIMS).encode()
    head = encode_base64url(json.dumps(header).encode())
    cipher = jwe.JWERegistry.algorithms["enc"]["A256CBC-HS512"]
    vector = b"\x01" * 16
    if header.get("zip") == "DEF":
        packer = zlib.compressobj(wbits=-15)
        plain = packer.compress(plain) + packer.flush()
    key = jose._derived_key(SECRET, SALT)[0].raw_value
    parts = (vector, *cipher.encrypt(plain, key, vector, head.encode()))
    return ".".join([head, "", *map(encode_base64url, parts)])


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"kid": "absent"},
        {"x": 1},
        {"typ": 5},
        {"p2c": 1},
        {"zip": "DEF"},
        {"sub": "u1"},
        {"aud": ["x"]},
        {"b64": False},
    ],
)
def test_a_cache_with_headers_of_its_own_is_decrypted(changes: dict[str, Any]) -> None:
    assert decrypt_jwt(encrypted(**changes), SecretConfig("other", (SECRET,)), SALT, NOW) == CLAIMS


@pytest.mark.parametrize(
    "changes",
    [{"kid": None}, {"kid": 5}, {"kid": ""}, {"kid": "x"}, {"crit": []}, {"crit": ["exp"]}, {"crit": None},
    {"zip": None},
     {"zip": "GZIP"}, {"alg": "A256KW"}, {"alg": None}, {"enc": "A256GCM"}, {"enc": ["A256CBC-HS512"]},
     {"enc": "absent"},
     {"sub": "u2"}, {"aud": "x"}, {"iss": "x"}],
)  # fmt: skip
def test_one_with_headers_that_mean_something_else_is_not(changes: dict[str, Any]) -> None:
    assert decrypt_jwt(encrypted(**changes), SecretConfig(SECRET), SALT, NOW) is None


@pytest.mark.parametrize("key", ["=", "==", "A", "AA", " "])
def test_nothing_may_stand_where_an_encrypted_key_would(key: str) -> None:
    token = encrypted()
    assert decrypt_jwt(token, SecretConfig(SECRET), SALT, NOW) == CLAIMS
    assert decrypt_jwt(token.replace("..", f".{key}.", 1), SecretConfig(SECRET), SALT, NOW) is None


@pytest.mark.parametrize("part", [2, 3, 4])
def test_no_part_of_an_encrypted_token_may_be_cut_or_have_more(part: int) -> None:
    parts = encrypted().split(".")
    for changed in ("", parts[part][:-2], f"{parts[part]}=", f"{parts[part]}AAAA", "+" + parts[part][1:]):
        token = ".".join([*parts[:part], changed, *parts[part + 1 :]])
        padded = changed.endswith("=") and len(changed) % 4 == 0
        assert (decrypt_jwt(token, SecretConfig(SECRET), SALT, NOW) == CLAIMS) is padded
