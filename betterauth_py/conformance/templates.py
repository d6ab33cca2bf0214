"""``{{name|filter|filter}}`` in the text of a step: captured values and cookies, and ways to spoil them.

Sources: ``NAME`` (a captured value), ``cookie JAR NAME`` (a cookie as the jar holds it), ``text ...``, ``claims NAME``
(one of the scenario's, as JSON), ``jwks`` (the key set of the ID tokens).

Filters: ``decoded`` and ``encoded`` (percent), ``token`` (a signed value without its signature), ``signed`` and
``signed with SECRET``, ``sealed for PURPOSE`` (encrypted, :data:`.sealed.PURPOSES`), ``path`` (a URL without its
origin), ``query NAME`` (a parameter of a URL), ``totp`` (the code that an app shows of a base32 secret; ``totp STEPS
DIGITS PERIOD`` so many steps from now), ``tampered`` (its first character changed), ``cut`` (its last character
gone), ``lower`` (in lower case), ``times N``.

Filters of a challenge: ``attested by NAME ...`` and ``asserted by NAME ...``, what a browser sends of a passkey
(:mod:`.passkeys`); of the name of one: ``passkey id``.

Filters of a JSON text: ``payload SECONDS`` (adds ``iat`` and an ``exp`` so many seconds from now), ``aged SECONDS``
(sets ``iat`` so far back), ``set NAME VALUE`` (JSON, or else a text), ``with NAME CAPTURED``, ``of CAPTURED`` (as
``userId``), ``jwt`` and ``jwt with SECRET`` (an HS256 token of it), ``id token`` (also spoilt:
:func:`.id_tokens.id_token`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

from .durations import now_ms
from .id_tokens import JWKS, id_token
from .jars import Jar
from .one_time_passwords import totp
from .passkeys import asserted, attested, credential_id_of
from .sealed import compact_json, cookie_signature, seal_for, seal_jwt

_HOLE = re.compile(r"\{\{(.+?)\}\}")
_UNRESERVED = "-_.!~*'()"


def encode_component(text: str) -> str:
    """``encodeURIComponent``."""
    return quote(text, safe=_UNRESERVED)


class UnavailableError(Exception):
    """What a step needs cannot be had from this side; the message says what it needs."""


class Templates:
    """Fills the holes of one playing."""

    def __init__(
        self,
        secret: str,
        captures: Mapping[str, str | UnavailableError],
        jars: Mapping[str, Jar],
        claims: Mapping[str, Any],
    ) -> None:
        self._secret = secret
        self._claims = claims
        self._captures = captures
        self._jars = jars

    def fill(self, text: str) -> str:
        """The text with every hole filled."""
        return _HOLE.sub(lambda hole: self._value(hole[1]), text)

    def _value(self, expression: str) -> str:
        source, *filters = (part.strip() for part in expression.split("|"))
        return self.filtered(self._source(source), filters)

    def filtered(self, value: str, filters: Iterable[str]) -> str:
        """The value after every filter in turn."""
        for name in filters:
            value = self._filtered(name, value)
        return value

    def _source(self, source: str) -> str:
        if source.startswith("cookie "):
            _, jar, name = source.split(" ")
            return self._jars[jar][name]
        if source.startswith("claims "):
            return compact_json(self._claims[source.removeprefix("claims ")])
        if source == "jwks":
            return JWKS
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

    def _added(self, name: str) -> dict[str, Any] | None:
        """What a filter adds to a JSON text; None if it is another kind of filter."""
        kind, _, argument = name.partition(" ")
        key, _, given = argument.partition(" ")
        now = now_ms() // 1000
        match kind:
            case "of":
                return {"userId": self._source(argument)}
            case "payload":
                return {"iat": now, "exp": now + int(argument)}
            case "aged":
                return {"iat": now - int(argument)}
            case "with":
                return {key: self._source(given)}
            case "set":
                with suppress(ValueError):
                    return {key: json.loads(given)}
                return {key: given}
        return None

    def _filtered(self, name: str, value: str) -> str:
        if (added := self._added(name)) is not None:
            return compact_json({**json.loads(value), **added})
        if name.startswith("times "):
            return value * int(name.removeprefix("times "))
        if name.startswith("attested by "):
            return attested(value, name.removeprefix("attested by "))
        if name.startswith("asserted by "):
            return asserted(value, name.removeprefix("asserted by "))
        if name == "id token" or name.startswith("id token "):
            return id_token(value, name.removeprefix("id token"))
        if name.startswith("query "):
            return parse_qs(urlsplit(value).query, keep_blank_values=True)[name.removeprefix("query ")][0]
        if name == "totp" or name.startswith("totp "):
            return totp(value, *map(int, name.split()[1:]))
        if name == "jwt" or name.startswith("jwt with "):
            return seal_jwt(name[9:] or self._known_secret(), {"alg": "HS256"}, json.loads(value))
        if name.startswith("sealed for "):
            return seal_for(self._known_secret(), name.removeprefix("sealed for "), value)
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
            case "passkey id":
                return credential_id_of(value)
            case "path":
                return re.sub("^https?://[^/]+", "", value)
            case "tampered":
                return ("B" if value[0] != "B" else "C") + value[1:]
            case "lower":
                return value.lower()
            case "cut":
                return value[:-1]
            case _:
                raise ValueError(f"no filter is named {name!r}")


def _signed(secret: str, value: str) -> str:
    return encode_component(f"{value}.{cookie_signature(secret, value)}")
