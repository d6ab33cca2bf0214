"""Random values become placeholders, instants become tokens with a role; everything else stays byte for byte.

A random value gets its number when it first appears (``<id 3>``), so a captured id has to reappear in the same places
on both sides. An instant is identified by its form, its role and its value: ``<iso session.expires_at 2 of step 7>`` is
the second one of that role first seen in step 7. :attr:`Placeholders.distances` keeps how far each lay from the sending
of the step that first showed it. An instant that the scenario itself names, or that lies years away, is no clock's:
it stays as it is.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .durations import from_iso
from .option_names import snake_case
from .sealed import BrokenSealError, b64url, from_b64url, open_for_any_purpose, open_jwt, open_signed_jwt, open_stored

_FORMS = re.compile(
    r"""
    (?P<jwt>eyJ[\w-]+\.[\w-]+\.[\w-]+)
    |(?P<iso>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)
    |(?P<hash>(?<![\w-])(?![A-Z_]{43}(?![\w-]))[\w-]{43}(?![\w-]))
    |(?P<uuid>(?:(?<![\w-])|(?<=active-sessions-)|(?<=revoked-sessions-before-))
        [0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![\w-]))
    |(?P<scrypt>(?<![\w-])[0-9a-f]{32}:[0-9a-f]{128}(?![\w-]))
    |(?P<sealed>(?:\$ba\$\d+\$)?(?<![\w-])(?:[0-9a-f]{2}){41,}(?![\w-]))
    |(?P<id>(?:(?<![\w-])|(?<=delete-account-)|(?<=active-sessions-)|(?<=revoked-sessions-before-)|(?<=_multi-)|(?<=temp-)
        |(?<=trust-device-)|(?<=2fa-otp-))
        [A-Za-z0-9]{32}(?![\w-]))
    |(?P<token>(?<![\w-])(?:[A-Za-z0-9]{24}|[A-Za-z0-9]{40})(?![\w-])
        |(?<=user_code=)[A-HJ-NP-Z2-9]{5,8}(?!\w))
    |(?P<verifier>(?<![\w-])[\w-]{128}(?![\w-]))
    |(?P<challenge>(?<=2fa-)[\w-]{20}(?![\w-]))
    |(?P<backup_code>(?<![\w-])[A-Za-z0-9]{5}-[A-Za-z0-9]{5}(?![\w-]))
    |(?P<base32>(?<=secret=)[A-Z2-7]{52}(?!\w))
    |(?P<mixed_id>(?:(?<![\w-])|(?<=trust-device-))(?=[\w-]*[a-z])(?=[\w-]*[A-Z])[\w-]{32}(?![\w-]))
    |(?P<ms>(?<![\w.-])1[789]\d{11}(?![\w.-]))
    """,
    re.VERBOSE,
)
_PART_OF_A_KEY = re.compile(r"\.(?:n|x|y|d|p|q|dp|dq|qi)$")
_USER_CODE = re.compile(r"(?<!\w)[A-HJ-NP-Z2-9]{5,8}(?!\w)")
_LONG_TEXT = re.compile(r'"[\w-]{40,}"')
# A one-time code where it is stored, with its wrong guesses or without, or where a sender got it.
_CODE = re.compile(r'"(\d{4,10})((?::\d+)?)"')
_JSON_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')


YEARS = 3 * 365 * 86_400_000
"""Milliseconds from the request beyond which an instant is data rather than the clock's."""


@dataclass(frozen=True)
class Distance:
    """Where a labelled instant lies: so many milliseconds from the sending of a step, usually the first to show it."""

    step: int
    milliseconds: int


class Placeholders:
    """The memory of one side's playing: which random value has which number."""

    def __init__(
        self,
        secret: str,
        source: str,
        translated: Callable[[str], str] = str,
        keys: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        self._secret = secret
        self._keys = keys or {}
        self._source = source
        self._translated = translated
        self._numbers: dict[str, str] = {}
        self._lowered: dict[str, str] = {}
        self._labels: dict[tuple[str, int], str] = {}
        self._labels_in_step: Counter[tuple[str, int]] = Counter()
        self.distances: dict[str, Distance] = {}
        self.step = 0
        self.sent_at = 0

    def plain(self, text: str, role: str = "") -> str:
        """Text of any kind."""
        return self._replaced(self._translated(text), role)

    def json(self, text: str, owner: str = "") -> str:
        """JSON text, kept byte for byte; an instant's role is its key and the object it stands in."""
        pieces: list[str] = []
        parents: list[str] = []
        key, end = owner, 0
        text = self._translated(text)
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
                token = self._value(token, _role(parents, key))
            pieces.append(token)
        pieces.append(text[end:])
        return "".join(pieces)

    def _replaced(self, text: str, role: str) -> str:
        return _FORMS.sub(lambda match: self._token(match, role), text)

    def _value(self, token: str, role: str) -> str:
        if role.endswith((".iat", ".exp", ".nbf")) and re.fullmatch(r"1\d{9}", token):
            # Whole seconds of two steps are equal by chance, so these are never taken for the same instant.
            return self._new_label(f"seconds {role.lstrip('.')}", int(token) * 1000)
        if role.endswith((".public_key", ".private_key")) and token.startswith(('"{', '"\\"')):
            return self._stored_key(str(json.loads(token)))
        if (
            role.endswith((".value", ".code", ".otp"))
            and (code := _CODE.fullmatch(token))
            and code[1] not in self._source
        ):
            return f'"{self._numbered("code", code[1])}{code[2]}"'
        if _PART_OF_A_KEY.search(role) and _LONG_TEXT.fullmatch(token):
            return f'"{self._numbered("key part", token)}"'
        if role.endswith(".user_code"):
            return _USER_CODE.sub(lambda code: self._numbered("token", code[0]), token)
        return self._replaced(token, role)

    def _stored_key(self, text: str) -> str:
        """A key in a column: JSON, or JSON that is encrypted under the secret."""
        try:
            sealed = json.loads(text)
            if not isinstance(sealed, str):
                return f"<{self.json(text)}>"
            version = sealed.rpartition("$")[0]
            return f"<sealed {version}{self.json(open_stored(self._secret, sealed))}>"
        except (BrokenSealError, ValueError) as error:
            return f"<key: {error}>"

    def _numbered(self, kind: str, value: str) -> str:
        return self._numbers.setdefault(value, f"<{kind} {len(self._numbers) + 1}>")

    def _token(self, match: re.Match[str], role: str) -> str:
        kind, value = match.lastgroup or "", match[0]
        if value in self._source:
            return value
        if kind in ("iso", "ms"):
            return self._instant(kind, value, role)
        if kind == "jwt":
            return self._opened(value)
        if kind == "sealed":
            return self._unsealed(value)
        if kind == "verifier":
            return self._verifier(value)
        if value in self._lowered:
            return f"<lower-case {self._lowered[value]}>"
        # An OAuth state may also hold - and _, and by chance holds neither.
        label = self._numbered("id" if kind == "mixed_id" else kind, value)
        if value != value.lower():
            self._lowered[value.lower()] = label
        return label

    def _unsealed(self, value: str) -> str:
        """What is encrypted under the secret; other hexadecimal digits stay."""
        try:
            purpose, text = open_for_any_purpose(self._secret, value)
        except BrokenSealError:
            return value
        opened = self.json(text) if text.startswith("{") else self.plain(text)
        version = value.rpartition("$")[0]
        return f"<sealed{f' {version}' if version else ''}{f' for {purpose}' if purpose else ''} {opened}>"

    def _verifier(self, value: str) -> str:
        """A verifier of RFC 7636 (PKCE) and its challenge, which say that they belong together."""
        challenge = b64url(hashlib.sha256(value.encode()).digest())
        if challenge in self._numbers:
            return self._numbers.setdefault(value, f"<verifier of {self._numbers[challenge]}>")
        label = self._numbered("verifier", value)
        self._numbers[challenge] = f"<challenge of {label}>"
        return label

    def _instant(self, kind: str, value: str, role: str) -> str:
        moment = from_iso(value) if kind == "iso" else int(value)
        if abs(moment - self.sent_at) > YEARS:
            return value
        head = f"{kind} {role.lstrip('.')}".rstrip()
        if (head, moment) not in self._labels:
            self._labels[head, moment] = self._new_label(head, moment)
        return self._labels[head, moment]

    def end_of_life(self, milliseconds: int | None) -> str:
        """When something stored for so long ends; None is for good."""
        if milliseconds is None:
            return "for good"
        return self._new_label("seconds end_of_life", self.sent_at + milliseconds)

    def _new_label(self, head: str, moment: int) -> str:
        self._labels_in_step[head, self.step] += 1
        label = f"<{head} {self._labels_in_step[head, self.step]} of step {self.step}>"
        self.distances[label] = Distance(self.step, moment - self.sent_at)
        return label

    def _opened(self, token: str) -> str:
        try:
            if '"HS256"' in _header(token):
                return f"<jwt {self.json(open_jwt(self._secret, token))}>"
            opened, proved = open_signed_jwt(self._keys, token)
            return f"<jwt {self.json(opened)}, {'good' if proved else 'unproved'} signature>"
        except (BrokenSealError, ValueError) as error:
            return f"<jwt: {error}>"


def _header(token: str) -> str:
    return from_b64url(token.partition(".")[0]).decode()


def _role(parents: list[str], key: str) -> str:
    return snake_case(f"{parents[-1] if parents else ''}.{key}")
