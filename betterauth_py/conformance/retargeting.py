"""One scenario, said to another server: its address, and e-mail addresses that no other scenario has used there.

Both translations are exact and are undone in every answer before it is compared. The recorded server called itself
``http://localhost:3000``; where the server under test names its own origin, the recorded one is expected, and where it
names the recorded one although it lives elsewhere, that shows as a difference. For a server at an https URL, http and
https change places before its name. ``ada@example.com`` becomes
``ada@k3v9qz.test``: of the same length, so that no size changes, in a domain that no mail can reach (RFC 2606), and
different for each scenario of each run, because a server at a URL keeps its users.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import replace
from functools import cache
from typing import Any

from .scenario import Scenario
from .sealed import BrokenSealError, b64url, from_b64url, mac, open_jwt
from .steps import Change, Delete, Forge, Send, Step

RECORDED = "localhost:3000"
_DOMAIN = "example.com"
_ALPHABET = "bcdfghjkmnpqrstvwxz"
_ADDRESS = re.compile(r"(?<![/\w.+-])([A-Za-z0-9][\w.+-]*)(@|%40)([A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+)")
_TOKEN = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+")
NEEDS_THE_SECRET = "{{text x|signed}}"
"""A text that cannot be filled in without the secret."""


class Retargeting:
    """What stands for the recorded server and its users on the server under test."""

    def __init__(
        self, netloc: str, tag: str = "", recorded_secret: str = "", secret: str = "", *, https: bool = False
    ) -> None:
        self._netloc = netloc
        self._https = https
        self._tag = tag
        self._recorded_secret = recorded_secret
        self._secret = secret
        own, recorded = (f"{re.escape(name)}(?![\\w.:-])" for name in (netloc, RECORDED))
        encoded, recorded_encoded = (re.escape(name.replace(":", "%3A")) for name in (netloc, RECORDED))
        if ":" not in netloc:
            # The name of a server without a port could be any word, so it only counts behind a scheme.
            own, encoded = f"(?<=[/@]){own}", f"(?<=%2F%2F){encoded}"
        self._origin = re.compile(f"(?P<own>{own}|{encoded})|(?P<recorded>{recorded}|{recorded_encoded})")

    def there(self, text: str) -> str:
        """What the scenario says, in the words of the server under test."""
        if self._https:
            text = _scheme_of(RECORDED).sub(_other_scheme, text)
        for name, own in ((RECORDED, self._netloc), (RECORDED.upper(), self._netloc.upper())):
            text = text.replace(name, own).replace(name.replace(":", "%3A"), own.replace(":", "%3A"))
        return _ADDRESS.sub(self._renamed, _TOKEN.sub(self._sealed_again, text)) if self._tag else text

    def _sealed_again(self, match: re.Match[str]) -> str:
        """A token that stands in the scenario, about the address that it is about there."""
        try:
            open_jwt(self._recorded_secret, match[0])
        except (BrokenSealError, ValueError):
            return match[0]
        header, payload, _ = match[0].split(".")
        said = from_b64url(payload).decode()
        meant = _ADDRESS.sub(self._renamed, said)
        if meant == said:
            return match[0]
        signed = f"{header}.{b64url(meant.encode())}"
        return f"{signed}.{b64url(mac(self._secret, signed))}" if self._secret else NEEDS_THE_SECRET

    def _renamed(self, match: re.Match[str]) -> str:
        name, at, domain = match.groups()
        if domain.lower() != _DOMAIN:
            return f"{self._tag}.{name}{at}{domain}"
        own = f"{self._tag}.test"
        return name + at + (own.upper() if domain.isupper() else own.capitalize() if domain[0].isupper() else own)

    def back(self, text: str) -> str:
        """What the server under test says, in the scenario's words."""
        if self._netloc != RECORDED:
            text = self._origin.sub(self._recorded, text)
        if self._https:
            text = _scheme_of(RECORDED).sub(_other_scheme, text)
        if self._tag:
            for own, recorded in ((f"{self._tag}.test", _DOMAIN), (f"{self._tag}.", "")):
                for case in (str.lower, str.upper, str.capitalize):
                    text = text.replace(case(own), case(recorded))
        return text

    def _recorded(self, match: re.Match[str]) -> str:
        if match["own"] is None:
            return f"<{match[0]}, which is not where this server is>"
        is_encoded = "%3A" in match[0] or match.string[: match.start()].endswith("%2F")
        return RECORDED.replace(":", "%3A") if is_encoded else RECORDED

    def all_there(self, value: Any) -> Any:
        """`there` for every text of a tree of options or columns."""
        if isinstance(value, str):
            return self.there(value)
        if isinstance(value, list):
            return [self.all_there(item) for item in value]
        if isinstance(value, dict):
            return {key: self.all_there(item) for key, item in value.items()}
        return value

    def step(self, step: Step) -> Step:
        """The step as it is to be taken there."""
        match step:
            case Send():
                body = step.body
                if body is not None:
                    text = body.decode("utf-8", "surrogateescape")
                    body = self.there(text).encode("utf-8", "surrogateescape")
                headers = tuple((name, self.there(value)) for name, value in step.headers)
                return replace(step, target=self.there(step.target), headers=headers, body=body)
            case Change():
                return replace(step, values=self.all_there(step.values), where=self.all_there(step.where))
            case Delete():
                return replace(step, where=self.all_there(step.where))
            case Forge():
                return replace(step, values=self.all_there(step.values))
            case _:
                return step

    def scenario(self, scenario: Scenario) -> Scenario:
        """The scenario as it is to be played there."""
        return replace(scenario, steps=tuple(map(self.step, scenario.steps)))


@cache
def _scheme_of(netloc: str) -> re.Pattern[str]:
    """The scheme before a server's name, percent-encoded or not."""
    return re.compile(
        rf"http(s?)(?=(?:://|%3A%2F%2F){re.escape(netloc).replace(':', '(?::|%3A)')}(?!\d))", re.IGNORECASE
    )


def _other_scheme(match: re.Match[str]) -> str:
    """Swap http and https: what was another origin than the server's own has to stay another one."""
    if match[1]:
        return match[0][:-1]
    return match[0] + ("S" if match[0].isupper() else "s")


def new_tag() -> str:
    """Six letters that nobody has used: no vowels, so that no word comes of them."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(6))
