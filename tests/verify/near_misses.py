"""Cookies and tokens that are right or nearly so, by the thousand: a seed decides what is spelled otherwise or cut."""

from __future__ import annotations

import hmac
import json
import string
from random import Random
from typing import Any
from urllib.parse import quote

from joserfc.jws import JWSRegistry

from betterauth_py.crypto.jwt import encrypt_jwt
from betterauth_py.crypto.secrets import SecretConfig
from betterauth_py.crypto.signing import encode_base64url, sign_base64
from betterauth_py.wire.cookie_cache_reader import JWE_SALT

SECRET = "wT5mOQpYyJ3s8r2vKx7uZ1aB4cD6eF9g"
SECRETS = SecretConfig(SECRET)
ISSUER = "http://localhost:3000"
START = 1_795_248_000_250
NOW = START // 1000
TOKENS = ["a" * 32, "b" * 32, "dotted.token", "é" * 4, "x%20y"]
_DATE = "2026-11-21T08:00:00.250Z"
_DIGITS = string.ascii_letters + string.digits
_TOKEN, _DATA = "better-auth.session_token", "better-auth.session_data"

# Each is JSON as it stands. Missing are dates of the years 0 and 10000, which Python has none for.
VALUES = [
    *map(json.dumps, (
        "", "Ada", "ADA@EXAMPLE.COM", "İSTANBUL@X.COM", "ΑΣ@x.com", "é😀", "\0", "\u2028", "\ufeff", "Z", "a\nZ\nb",
        None, True,
        False, 0, 1.5, [], {}, {"1": 1, "0": [None], "at": "2026-11-21T08:00:00Z"}, ["2026-11-21T08:00:00.000Z",
        {"a": 1}],
        "2026-12-01T00:00:00.000Z", "2026-12-01T00:00:00Z", "2026-W47-6T08:00:00.000Z", "2026-11-21 08:00:00.000Z",
        "2026-11-21T08:00:00,000Z", "20261121T080000.0000000Z", "2026-02-30T08:00:00.000Z", "2026-13-01T00:00:00.000Z",
        "2026-11-21T24:00:00.000Z", "2026-11-21T23:59:60.000Z", "2026-11-21T08:00:00.1Z",
        "2026-11-21T08:00:00.1234567Z",
        "٢٠٢٦-11-21T08:00:00.000Z", "2026-11-21T08:00:00.000Z\n", "2026-11-21T08:00:00.000+00:00", "2026-11-21",
    )),
    "-0", "1e3", "1.0", "1e21", "9007199254740993", "1e-7", "123456789012345678901234567890", "01", "NaN", ".5",
    r'"\ud800"',
    r'"\u0041"', r'"\/"', '"a\tb"', "tru",
]  # fmt: skip
_TIMES: list[Any] = [
    None,
    True,
    str(NOW),
    NOW - 16,
    NOW - 15,
    NOW - 1,
    NOW,
    NOW + 1,
    NOW + 15,
    NOW + 16,
    NOW + 0.5,
    0,
    -1,
    [],
]
_HEADERS: list[dict[str, Any]] = [
    {"typ": "JWT"}, {"typ": 5}, {"x": 1}, {"jku": 5}, {"x5c": ["z" * 900]}, {"alg": "none"}, {"alg": "HS512"},
    {"alg": None},
    {"alg": "RS256"}, {"crit": []}, {"crit": ["x"], "x": 1}, {"crit": ["exp"]}, {"crit": None}, {"crit": ["b64"]},
    {"b64": False},
    {"crit": ["b64"], "b64": True}, {"crit": ["b64", "b64"], "b64": True}, {"crit": ["b64"], "b64": False},
    {"zip": "DEF"},
    {"kid": None}, {"kid": 5}, {"kid": ""},
]  # fmt: skip


class NearMisses:
    """Makes them, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def rows(self) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Return users and sessions, one for each of the tokens."""
        dates = {"createdAt": _DATE, "updatedAt": _DATE}
        user = {"name": "Ada", "emailVerified": False, "image": None, **dates}
        session = {"expiresAt": "2026-11-28T08:00:00.250Z", "ipAddress": "", "userAgent": "", **dates}
        numbered = list(enumerate(TOKENS))
        return (
            [{"id": f"u{number}", "email": f"a{number}@example.com", **user} for number, _ in numbered],
            [{"id": f"s{number}", "userId": f"u{number}", "token": token, **session} for number, token in numbered],
        )

    def payload_case(self, judge: int, judged_at: int) -> dict[str, Any]:
        """Return a compact cookie whose payload is authentic, whatever it is."""
        payload = self._payload_text(self._changed_payload())
        end = self.random.choice(
            [str(START + 300_000)] * 6 + ["1.7952483e12", f'"{START + 300_000}"', str(START), "null"]
        )
        members = [f'"session":{payload}', f'"expiresAt":{end}', '"signature":"SIGNATURE"']
        if self._one_in(8):
            self.random.shuffle(members)
        space = self.random.choice(["", "", "", " ", "\n"])
        cookie = f"{_TOKEN}={quote(self._signed(TOKENS[0]), safe='')}; {_DATA}=SEALED"
        envelope = f"{space}{{{','.join(members)}{space}}}"
        return {"judge": judge, "at": judged_at, "headers": {"cookie": cookie}, "envelope": envelope}

    def token_case(self, judge: int, judged_at: int, strategy: str) -> dict[str, Any]:
        """Return a cookie of the `jwt` or `jwe` strategy."""
        payload = self._payload_text(self._changed_payload() if self._one_in(2) else self._payload())
        if strategy == "jwe":
            value = encrypt_jwt(json.loads(payload) if _is_json(payload) else {}, SECRET, JWE_SALT, 300, NOW)
        else:
            text = f"{payload[:-1]},{json.dumps(self._times())[1:]}"
            value = self._hs256({"alg": "HS256", **(self.random.choice(_HEADERS) if self._one_in(3) else {})}, text)
        segments = [self.base64(part) if self._one_in(8) else part for part in value.split(".")]
        return {"judge": judge, "at": judged_at, "headers": {"cookie": self._cookies(".".join(segments))}}

    def text_case(self, judge: int, judged_at: int, value: str) -> dict[str, Any]:
        """Return a good cached session that is spelled in another source."""
        return {
            "judge": judge,
            "at": judged_at,
            "headers": {"cookie": self._cookies(value if self._one_in(2) else self.base64(value))},
        }

    def bearer_case(self, judge: int) -> dict[str, Any]:
        """Return a request with a session's token as bearer, as cookie, or as both."""
        headers = {}
        if not self._one_in(5):
            scheme = self.random.choice(["Bearer ", "Bearer ", "bearer ", "Bearer  ", "Bearer\t", "Basic "])
            given = (
                self.random.choice(TOKENS) if self._one_in(5) else self._token(self._signed(self.random.choice(TOKENS)))
            )
            headers["authorization"] = (scheme + given).strip()
        if not self._one_in(3):
            headers["cookie"] = f"{_TOKEN}={quote(self._token(self._signed(self.random.choice(TOKENS))), safe='')}"
        return {"judge": judge, "at": START, "headers": headers}

    def jwt_case(self, judge: int, judged_at: int, key: Any, algorithm: str) -> dict[str, Any]:
        """Return a token of the jwt plugin."""
        claims = {"sub": "u1", "iss": ISSUER, "aud": ISSUER, **self._times()}
        if self._one_in(3):
            name = self.random.choice(["iss", "aud", "jti", "email"])
            claims[name] = self.random.choice([ISSUER, f"{ISSUER}/", None, [ISSUER], ["x", ISSUER], [], {}, 5, ""])
        header = {"alg": algorithm, "kid": algorithm, **(self.random.choice(_HEADERS) if self._one_in(3) else {})}
        head, body = encode_base64url(json.dumps(header).encode()), encode_base64url(json.dumps(claims).encode())
        text = f"{head}.{self.base64(body) if self._one_in(20) else body}"
        signature = encode_base64url(JWSRegistry.algorithms[algorithm].sign(text.encode(), key))
        token = f"{text}.{self.base64(signature) if self._one_in(2) else signature}"
        return {"judge": judge, "at": judged_at, "headers": {"authorization": f"Bearer {token}"}, "token": token}

    def base64(self, text: str) -> str:
        """Return `text` with its padding, its alphabet or a character of it changed."""
        if not text:
            return self.random.choice(["", "=", "A", " "])
        at = self.random.randrange(len(text))
        kept, char, rest = text[:at], self.random.choice(_DIGITS), text[at + 1 :]
        last = _DIGITS[(_DIGITS.find(text[-1]) ^ 1) % 62]
        return self.random.choice([
            text, text + "=", text + "==", text + "=" * (-len(text) % 4), text + char, text + f"={char}",
            text + "=-", text + "=*",
            text[:-1], text[:-2], kept + char + rest, text[:-1] + last, kept + " " + text[at:], kept + "\t" + text[at:],
            kept + "*" + rest, kept + "é" + rest, text + " ", text + '"', text.replace("-", "+").replace("_", "/"),
            text.replace("_", "/"), kept + "+" + rest, kept + "-" + rest,
        ])  # fmt: skip

    def _token(self, signed: str) -> str:
        token, _, signature = signed.rpartition(".")
        return self.random.choice([
            signed, signed, signed, f"{token}.{signature.rstrip('=')}", f"{signed}=", f"{signed}.x", f"{signed}.",
            f".{signed}",
            f"{token}..{signature}", signed.replace(".", "%2E"), quote(signed, safe=""), f"{signed}%zz",
            f"{signed}=%zz", token,
            f"{token}.{self.base64(signature)}", signed.replace("a", "%61", 1), f"{signed}=junk", f"x{signed}",
            f"{token}.",
            f"{token}.{signature.replace('+', '-').replace('/', '_')}", f"{token}.{signature}.{signature}", "a.b", ".",
        ])  # fmt: skip

    def _cookies(self, value: str) -> str:
        parts = [value]
        if self._one_in(3):
            size = max(1, len(value) // self.random.randrange(1, 4))
            parts = [value[at : at + size] for at in range(0, len(value), size)]
        index = self.random.choice([0, 0, 7, 10**15, 2**53 - 2])
        names = (
            [_DATA] if len(parts) == 1 and index == 0 else [f"{_DATA}.{index + number}" for number in range(len(parts))]
        )
        pairs = [[name, self._spelled(part)] for name, part in zip(names, parts, strict=True)]
        if self._one_in(6):
            extra = self.random.choice(["", ".01", ".x", ".-1", ".1e1", ".99", ".", ".9007199254740992", ".0 "])
            pairs.insert(self.random.randrange(len(pairs) + 1), [_DATA + extra, self.random.choice(["", "x", '""'])])
        if self._one_in(12):
            pairs.pop(self.random.randrange(len(pairs)))
        pairs.append([_TOKEN, quote(self._signed(TOKENS[0]), safe="")])
        if self._one_in(3):
            self.random.shuffle(pairs)
        between = self.random.choice(["; "] * 6 + [";", ";;", " ;\t", "; =; ", ", "])
        return between.join("=".join(pair) for pair in pairs)

    def _spelled(self, value: str) -> str:
        plain = quote(value, safe="")
        escaped = "".join(f"%{ord(char):02x}" for char in value[:20]) + quote(value[20:], safe="")
        return self.random.choice(
            [plain] * 8
            + [f'"{plain}"', f'"{plain}', f"  {plain}\t", escaped, f"{plain}%", f"{plain}%E9", f"{plain}\xa0"]
        )

    def _payload(self) -> dict[str, Any]:
        users, sessions = self.rows()
        text = {
            part: {name: json.dumps(value) for name, value in row[0].items()}
            for part, row in (("session", sessions), ("user", users))
        }
        return {**text, "updatedAt": str(START), "version": '"1"'}

    def _changed_payload(self) -> dict[str, Any]:
        payload = self._payload()
        for _ in range(self.random.choice([1, 1, 2])):
            row = payload[self.random.choice(["session", "user"])]
            name = self.random.choice([*row, "since", "meta", "1"])
            # Not compared: an id that is no text or number, which is refused here, and dates that are not there.
            if name in {"userId", "createdAt", "updatedAt"} or not self._one_in(4):
                row[name] = self.random.choice(VALUES if name != "userId" else ["1", '"u0"', '"é"'])
            else:
                row.pop(name, None)
        if self._one_in(5):
            name = self.random.choice(["updatedAt", "version", "x"])
            payload[name] = self.random.choice(VALUES)
        return payload

    def _payload_text(self, payload: dict[str, Any]) -> str:
        between = self.random.choice([":", ":", ":", ": "])
        rows = {name: row if isinstance(row, str) else _object(row, between) for name, row in payload.items()}
        return _object(rows, between)

    def _times(self) -> dict[str, Any]:
        times: dict[str, Any] = {"iat": NOW, "exp": NOW + 300}
        if self._one_in(3):
            times[self.random.choice(["iat", "exp", "nbf"])] = self.random.choice(_TIMES)
        return times

    def _hs256(self, header: dict[str, Any], payload: str) -> str:
        text = f"{encode_base64url(json.dumps(header).encode())}.{encode_base64url(payload.encode())}"
        return f"{text}.{encode_base64url(hmac.digest(SECRET.encode(), text.encode(), 'sha256'))}"

    def _signed(self, token: str) -> str:
        return f"{token}.{sign_base64(SECRET, token)}"

    def _one_in(self, number: int) -> bool:
        return self.random.randrange(number) == 0


def _object(members: dict[str, str], between: str) -> str:
    return f"{{{','.join(f'{json.dumps(name)}{between}{value}' for name, value in members.items())}}}"


def _is_json(text: str) -> bool:
    try:
        json.loads(text, parse_constant=lambda name: name)
    except ValueError:
        return False
    return True
