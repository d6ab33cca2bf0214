"""Runs a Node script of this folder, and makes two runs comparable without hiding what a server decides."""

import base64
import hashlib
import hmac
import json
import re
import subprocess
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from urllib.parse import unquote

import pytest

from tests.clients.servers import CLIENTS, SECRET

Trace = list[dict[str, Any]]

_SIGNED_COOKIE = re.compile(r"^(?P<name>[^=]+)=(?P<value>[^.;]+)\.(?P<signature>[^;]+)")
_RANDOM = re.compile(r"\b[A-Za-z0-9]{32}\b")
_DATE = re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
_MOMENTS = {"now": timedelta(0), "in 1 day": timedelta(days=1), "in 7 days": timedelta(days=7)}
_TOLERANCE = timedelta(minutes=1)


def run_script(script: str, *arguments: str, timeout: float) -> Trace:
    """Runs a script of this folder: the steps it printed, or a failure that shows all of its output."""
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
        pytest.fail(f"{script} ended with {done.returncode}\n{done.stdout}\n{done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def normalise(trace: Trace, base_url: str) -> Trace:
    """Replaces what cannot be equal in two runs, and only where it has the right form.

    - An id or token of 32 letters and digits becomes `<random N>`; the same value is the same N everywhere.
    - A date with milliseconds in UTC becomes `<now>`, `<in 1 day>` or `<in 7 days>`; any other date stays.
    - The signature of a cookie becomes `<signature>` if it is the HMAC of the value under the secret.
    - The address of the server becomes `http://auth.test`.
    """
    return cast("Trace", _Normaliser(base_url).replace(trace))


class _Normaliser:
    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.now = datetime.now(UTC)
        self.known: dict[str, str] = {}

    def replace(self, value: object) -> object:
        if isinstance(value, dict):
            return {key: self.replace(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.replace(inner) for inner in value]
        if isinstance(value, str):
            value = _SIGNED_COOKIE.sub(_without_signature, value).replace(self.base_url, "http://auth.test")
            return _DATE.sub(self._moment, _RANDOM.sub(self._random, value))
        return value

    def _random(self, match: re.Match[str]) -> str:
        return self.known.setdefault(match[0], f"<random {len(self.known) + 1}>")

    def _moment(self, match: re.Match[str]) -> str:
        distance = datetime.fromisoformat(match[0]) - self.now
        for name, moment in _MOMENTS.items():
            if abs(distance - moment) < _TOLERANCE:
                return f"<{name}>"
        return match[0]


def _without_signature(match: re.Match[str]) -> str:
    digest = hmac.digest(SECRET.encode(), match["value"].encode(), hashlib.sha256)
    right = unquote(match["signature"]) == base64.b64encode(digest).decode()
    return f"{match['name']}={match['value']}.<signature>" if right else match[0]
