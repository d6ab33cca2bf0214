"""``{{name|filter|filter}}`` in the text of a step: captured values and cookies, and ways to spoil them.

``{{cookie JAR NAME}}`` is a cookie as the jar holds it. Filters: ``decoded`` and ``encoded`` (percent),
``token`` (a signed value without its signature), ``signed`` and ``signed with SECRET``, ``jwt`` and ``jwt with SECRET``
(a JSON text as the payload of an HS256 token), ``of NAME`` (adds the captured value as ``userId`` to a JSON text),
``payload SECONDS`` (adds ``iat`` and an ``exp`` so many seconds from now to a JSON text), ``path`` (a URL without its
origin), ``tampered`` (its first character changed), ``cut`` (its last character gone), ``times N``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from urllib.parse import quote, unquote

from .durations import now_ms
from .jars import Jar
from .sealed import compact_json, cookie_signature, seal_jwt

_HOLE = re.compile(r"\{\{(.+?)\}\}")
_UNRESERVED = "-_.!~*'()"


def encode_component(text: str) -> str:
    """``encodeURIComponent``."""
    return quote(text, safe=_UNRESERVED)


class UnavailableError(Exception):
    """What a step needs cannot be had from this side; the message says what it needs."""


class Templates:
    """Fills the holes of one playing."""

    def __init__(self, secret: str, captures: Mapping[str, str | UnavailableError], jars: Mapping[str, Jar]) -> None:
        self._secret = secret
        self._captures = captures
        self._jars = jars

    def fill(self, text: str) -> str:
        """The text with every hole filled."""
        return _HOLE.sub(lambda hole: self._value(hole[1]), text)

    def _value(self, expression: str) -> str:
        source, *filters = (part.strip() for part in expression.split("|"))
        value = self._source(source)
        for name in filters:
            value = self._filtered(name, value)
        return value

    def _source(self, source: str) -> str:
        if source.startswith("cookie "):
            _, jar, name = source.split(" ")
            return self._jars[jar][name]
        if source == "text" or source.startswith("text "):
            return source[5:]
        captured = self._captures[source]
        if isinstance(captured, UnavailableError):
            raise captured
        return captured

    def _known_secret(self) -> str:
        if not self._secret:
            raise UnavailableError("needs the secret (give --secret)")
        return self._secret

    def _filtered(self, name: str, value: str) -> str:
        if name.startswith("times "):
            return value * int(name.removeprefix("times "))
        if name.startswith("of "):
            return compact_json({**json.loads(value), "userId": self._source(name.removeprefix("of "))})
        if name.startswith("payload "):
            now = now_ms() // 1000
            return compact_json({**json.loads(value), "iat": now, "exp": now + int(name.removeprefix("payload "))})
        if name == "jwt" or name.startswith("jwt with "):
            return seal_jwt(name[9:] or self._known_secret(), {"alg": "HS256"}, json.loads(value))
        if name.startswith("signed with "):
            return _signed(name.removeprefix("signed with "), value)
        match name:
            case "decoded":
                return unquote(value)
            case "encoded":
                return encode_component(value)
            case "token":
                return unquote(value).rpartition(".")[0]
            case "signed":
                return _signed(self._known_secret(), value)
            case "path":
                return re.sub("^https?://[^/]+", "", value)
            case "tampered":
                return ("B" if value[0] != "B" else "C") + value[1:]
            case "cut":
                return value[:-1]
            case _:
                raise ValueError(f"no filter is named {name!r}")


def _signed(secret: str, value: str) -> str:
    return encode_component(f"{value}.{cookie_signature(secret, value)}")
