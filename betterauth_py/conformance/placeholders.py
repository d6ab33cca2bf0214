"""Random values become placeholders, instants become tokens with a role; everything else stays byte for byte.

A random value gets its number when it first appears, so a captured id has to reappear in the same places on both
sides. An instant is identified by its role (``session.expiresAt``) and value: where that pair was first seen (``2 of
step 7``, the second instant of its role in that step) is part of the text, and its distance to the moment the step was
sent is compared within a tolerance.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from .durations import from_iso
from .option_names import snake_case
from .sealed import BrokenSealError, open_jwt

_FORMS = re.compile(
    r"""
    (?P<jwt>eyJ[\w-]+\.[\w-]+\.[\w-]+)
    |(?P<iso>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)
    |(?P<hash>(?<![\w-])[\w-]{43}(?![\w-]))
    |(?P<uuid>(?:(?<![\w-])|(?<=active-sessions-))[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![\w-]))
    |(?P<scrypt>(?<![\w-])[0-9a-f]{32}:[0-9a-f]{128}(?![\w-]))
    |(?P<id>(?:(?<![\w-])|(?<=delete-account-)|(?<=active-sessions-))[A-Za-z0-9]{32}(?![\w-]))
    |(?P<token>(?<![\w-])[A-Za-z0-9]{24}(?![\w-]))
    |(?P<ms>(?<![\w.-])1[789]\d{11}(?![\w.-]))
    """,
    re.VERBOSE,
)
_JSON_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')


@dataclass(frozen=True)
class Instant:
    """One instant as met in a text: where it stood, its value, and how far from its step's sending."""

    role: str
    value: int
    offset: int


@dataclass(frozen=True)
class Text:
    """Comparable text and the instants that its tokens stand for, in order."""

    text: str
    instants: tuple[Instant, ...] = ()


class Placeholders:
    """The memory of one side's playing: which random value has which number."""

    def __init__(self, secret: str, source: str) -> None:
        self._secret = secret
        self._source = source
        self._numbers: dict[str, str] = {}
        self._first_seen: dict[tuple[str, str, int], str] = {}
        self._seen_in_step: Counter[tuple[str, str, int]] = Counter()
        self.step = 0
        self.sent_at = 0

    def plain(self, text: str, role: str = "") -> Text:
        """Text of any kind."""
        instants: list[Instant] = []
        return Text(_FORMS.sub(lambda match: self._token(match, role, instants), text), tuple(instants))

    def json(self, text: str, owner: str = "") -> Text:
        """JSON text, kept byte for byte; an instant's role is its key and the object it stands in."""
        instants: list[Instant] = []
        pieces: list[str] = []
        parents: list[str] = []
        key, end = owner, 0
        for match in _JSON_TOKEN.finditer(text):
            token = match[0]
            pieces.append(text[end : match.start()])
            end = match.end()
            if token in "{[":
                parents.append(key)
            elif token in "}]":
                key = parents.pop() if parents else ""
            elif token[0] == '"' and text[end : end + 1] == ":":
                key = token[1:-1]
            else:
                part = self._value(token, self._role(parents, key), instants)
                pieces.append(part)
                continue
            pieces.append(token)
        pieces.append(text[end:])
        return Text("".join(pieces), tuple(instants))

    def _role(self, parents: list[str], key: str) -> str:
        return snake_case(f"{parents[-1] if parents else ''}.{key}")

    def _value(self, token: str, role: str, instants: list[Instant]) -> str:
        if role.endswith((".iat", ".exp", ".nbf")) and re.fullmatch(r"1\d{9}", token):
            instants.append(Instant(role, int(token) * 1000, int(token) * 1000 - self.sent_at))
            return "<seconds>"
        return _FORMS.sub(lambda match: self._token(match, role, instants), token)

    def _token(self, match: re.Match[str], role: str, instants: list[Instant]) -> str:
        kind, value = match.lastgroup or "", match[0]
        if kind in ("iso", "ms"):
            return self._instant(kind, value, role, instants)
        if value in self._source:
            return value
        if kind == "jwt":
            return self._opened(value, instants)
        return self.number(kind, value)

    def _instant(self, kind: str, value: str, role: str, instants: list[Instant]) -> str:
        moment = from_iso(value) if kind == "iso" else int(value)
        instants.append(Instant(role, moment, moment - self.sent_at))
        if (role, kind, moment) not in self._first_seen:
            self._seen_in_step[role, kind, self.step] += 1
            ordinal = self._seen_in_step[role, kind, self.step]
            self._first_seen[role, kind, moment] = f"<{kind} {ordinal} of step {self.step}>"
        return self._first_seen[role, kind, moment]

    def _opened(self, token: str, instants: list[Instant]) -> str:
        try:
            content = self.json(open_jwt(self._secret, token))
        except (BrokenSealError, ValueError) as error:
            return f"<jwt: {error}>"
        instants.extend(content.instants)
        return f"<jwt {content.text}>"

    def number(self, kind: str, value: str) -> str:
        """The placeholder of one random value."""
        return self._numbers.setdefault(value, f"<{kind} {len(self._numbers) + 1}>")
