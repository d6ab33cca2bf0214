"""Runs a Node script of this folder, and makes two runs comparable without hiding what a server decides."""

import json
import re
import subprocess
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from urllib.parse import quote, unquote

import pytest

from betterauth_py.conformance.facts import published_keys
from betterauth_py.conformance.protections import is_protection
from betterauth_py.conformance.sealed import (
    BrokenSealError,
    cookie_signature,
    from_b64url,
    open_compact,
    open_jwt,
    open_signed_jwt,
)
from tests.clients.servers import CLIENTS, SECRET

Trace = list[dict[str, Any]]

_SIGNED = re.compile(r"^(?P<head>[^=]+=|Bearer |)(?P<value>[^.; ]+)\.(?P<signature>[^;]+)")
_CACHE_COOKIE = re.compile(r"(?<=^better-auth\.session_data=)[\w-]{100,}")
_JWT = re.compile(r"(?<![\w-])eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+")
# A key first: by chance one may begin like an id that a hyphen ends.
# OAuth's state and one-time tokens have hyphens at better-auth.
# A one-time code is six digits: in a body, or by itself among the mails.
_RANDOM = re.compile(
    r"(?<=state=)[\w-]{32}|(?<=passkey=)[\w-]{32}|(?<![\w-])[\w-]{43}(?![\w-])"
    r"|(?<![\w-])(?=[\w-]*[a-z])(?=[\w-]*[A-Z])[\w-]{32}(?![\w-])"
    r"|\b(?:[A-Za-z0-9]{32}|[A-Za-z0-9]{24}|[A-Za-z0-9]{40}|[A-HJ-NP-Z2-9]{8})\b"
    # The challenge and the trusted device of a second factor, its secret in base32, and codes on paper.
    r"|(?<=2fa-)[\w-]{20}|(?<=trust-device-)[\w-]{32}|(?<=secret=)[A-Z2-7]{52}|\b[A-Za-z0-9]{5}-[A-Za-z0-9]{5}\b"
    r"|(?<=\"code\":\")\d{6}(?=\")|(?<=\"otp\":\")\d{6}(?=\")|^\d{6}$"
)
# What an authenticator has signed holds the challenge and the address, and the signature is another one each time.
_CLIENT_DATA = re.compile(r'(?<="clientDataJSON":")[\w-]+')
_ASSERTION = re.compile(r'(?<="signature":")[\w-]{86}(?=")')
# Seconds that are left of a session, rounded down: whether a millisecond has passed is chance.
_WEEK_BEGUN = 604_799
_WHOLE_WEEK = re.compile(r'(?<="expires_in":)604800\b')
_DATE = re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
_EPOCH = re.compile(r"(?<=:)\d{10}(?:\d{3})?\b")
_MOMENTS = {
    "now": timedelta(0),
    "in 5 minutes": timedelta(minutes=5),
    "in 15 minutes": timedelta(minutes=15),
    "in 1 hour": timedelta(hours=1),
    "in 1 day": timedelta(days=1),
    "in 7 days": timedelta(days=7),
}
_TOLERANCE = timedelta(minutes=1)


def run_script(script: str, *arguments: str, timeout: float) -> Trace:
    """Runs a script of this folder: the steps it printed, or a failure that shows what it said last."""
    try:
        done = subprocess.run(
            ["node", CLIENTS / script, *arguments],
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired as expired:
        pytest.fail(f"{script} took longer than {timeout} s\n{expired.stdout!r}\n{expired.stderr!r}")
    if done.returncode:
        pytest.fail(f"{script} ended with {done.returncode}\n{_shortened(done.stdout)}\n{done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def _shortened(output: str) -> str:
    return "\n".join(line if len(line) < 300 else f"{line[:300]}…" for line in output.splitlines()[-10:])


def without_added_protections(ours: Trace, reference: Trace) -> Trace:
    """Our trace without the headers that only protect an answer and that better-auth's answer does not have."""
    for step, other in zip(ours, reference, strict=True):
        for exchange, theirs in zip(step["exchanges"], other["exchanges"], strict=False):
            kept = theirs["response"]["headers"]
            exchange["response"]["headers"] = {
                name: value
                for name, value in exchange["response"]["headers"].items()
                if name in kept or not is_protection(f"header {name}", value)
            }
    return ours


def normalise(trace: Trace, **addresses: str) -> Trace:
    """Replaces what cannot be equal in two runs, and only where it has the right form.

    - A cached session and a JWT become their content if they are sealed with the secret, or signed with a key that an
      answer of the trace has published.
    - The signature of a cookie or a bearer token becomes `<signature>` if it is the HMAC of the value under the secret.
    - What an authenticator has signed becomes `<client data ...>` and `<signature>`.
    - An id or token of 32, 24 or 40 letters and digits, a `state=` or `passkey=` of 32 characters, 32 random
      bytes of a key, a device's user code, or a one-time code of six digits in a body or by itself, becomes
      `<random N>`; the same value is the same N everywhere.
    - A date with milliseconds in UTC becomes `<now>`, `<in 1 day>` or `<in 7 days>`, any other date stays; likewise
      the seconds or milliseconds in what was sealed.
    - An address given as `auth=...` becomes `http://auth.test`, encoded or not.
    """
    # A page in a browser reports its requests in another form; no key is published there.
    bodies = [exchange["response"]["body"].encode() for step in trace for exchange in step.get("exchanges", ())]
    return cast("Trace", _Normaliser(addresses, published_keys(bodies)).replace(trace))


class _Normaliser:
    def __init__(self, addresses: dict[str, str], keys: dict[str, dict[str, Any]]) -> None:
        self.keys = keys
        plain = [(url, f"http://{name}.test") for name, url in addresses.items()]
        self.addresses = [*plain, *((quote(url, safe=""), quote(name, safe="")) for url, name in plain)]
        self.now = datetime.now(UTC)
        self.known: dict[str, str] = {}

    def replace(self, value: object) -> object:
        if isinstance(value, dict):
            return {key: self.replace(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.replace(inner) for inner in value]
        if isinstance(value, str):
            value = _ASSERTION.sub("<signature>", _CLIENT_DATA.sub(_client_data, value))
            value = _JWT.sub(self._opened, _CACHE_COOKIE.sub(self._opened, value))
            value = _SIGNED.sub(_without_signature, value)
            for address, name in self.addresses:
                value = value.replace(address, name)
            value = _WHOLE_WEEK.sub(str(_WEEK_BEGUN), value)
            return _DATE.sub(self._date, _RANDOM.sub(self._random, value))
        if value == _WEEK_BEGUN + 1:
            return _WEEK_BEGUN
        return value

    def _opened(self, match: re.Match[str]) -> str:
        try:
            content = self._content(match[0])
        except (BrokenSealError, ValueError):
            return match[0]
        return f"<sealed {_EPOCH.sub(self._epoch, content)}>"

    def _content(self, sealed: str) -> str:
        if "." not in sealed:
            return open_compact(SECRET, sealed)
        content, is_proved = open_signed_jwt(self.keys, sealed)
        return content if is_proved else open_jwt(SECRET, sealed)

    def _random(self, match: re.Match[str]) -> str:
        return self.known.setdefault(match[0], f"<random {len(self.known) + 1}>")

    def _date(self, match: re.Match[str]) -> str:
        return self._moment(datetime.fromisoformat(match[0])) or match[0]

    def _epoch(self, match: re.Match[str]) -> str:
        moment = datetime.fromtimestamp(int(match[0][:10]), UTC)
        return json.dumps(self._moment(moment) or match[0])

    def _moment(self, date: datetime) -> str | None:
        for name, moment in _MOMENTS.items():
            if abs(date - self.now - moment) < _TOLERANCE:
                return f"<{name}>"
        return None


def _client_data(match: re.Match[str]) -> str:
    return f"<client data {from_b64url(match[0]).decode()}>"


def _without_signature(match: re.Match[str]) -> str:
    right = unquote(match["signature"]) == cookie_signature(SECRET, unquote(match["value"]))
    return f"{match['head']}{match['value']}.<signature>" if right else match[0]
