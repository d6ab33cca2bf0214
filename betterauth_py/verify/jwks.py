"""The keys that an auth service publishes: fetched when they are needed, no more often than that, and kept a while."""

from __future__ import annotations

import json
from functools import lru_cache
from time import monotonic
from typing import Any, Final, NoReturn

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from betterauth_py.crypto.signing import decode_base64, recoded
from betterauth_py.verify.errors import CannotTellError
from betterauth_py.verify.runtime import FetchError, Request, Runtime
from betterauth_py.wire.cached_session import own_copy
from betterauth_py.wire.plain_json import InvalidJSONError, parse

# The algorithms of better-auth's jwt plugin, each with the one kind of key it is used with (RFC 7518, RFC 8037).
_KIND_OF: Final = {
    "EdDSA": ("OKP", "Ed25519"),
    "ES256": ("EC", "P-256"),
    "ES512": ("EC", "P-521"),
    "RS256": ("RSA", None),
    "PS256": ("RSA", None),
}
_SHORTEST_RSA_BITS: Final = 2048
_LARGEST_SET: Final = 262_144
_MOST_REMEMBERED: Final = 1_000
_LONGEST_REMEMBERED: Final = 4_096
ALGORITHMS: Final = tuple(_KIND_OF)


def _refuse(constant: str) -> NoReturn:
    # Not JSON, and a time that is none would never be over.
    raise ValueError(constant)


_decode: Final = json.JSONDecoder(parse_constant=_refuse).decode


class OneAlgorithm(JWSRegistry):
    """Knows the algorithm of one key and no other, whatever a token's header says."""

    def __init__(self, name: str) -> None:
        """Allow `name`; headers of a service's own are let pass, as jose does, but no unknown critical ones."""
        super().__init__(algorithms=[name], strict_check_header=False)
        self._name = name

    def get_alg(self, name: str) -> Any:
        """Return the algorithm if it is the one; without the library's warning that EdDSA got another name (RFC 9864).

        Raises:
            ValueError: if it is another one.
        """
        if name != self._name:
            raise ValueError("the token names another algorithm than its key")
        return self.algorithms[name]


class Key:
    """A public key, bound to its algorithm."""

    def __init__(self, jwk: OKPKey | ECKey | RSAKey, algorithm: str) -> None:
        """Use `jwk` with `algorithm` only."""
        self._jwk = jwk
        self._registry = OneAlgorithm(algorithm)
        # A client sends its token again and again; what is in it never changes. What was remembered goes with the key.
        self._remembered = lru_cache(_MOST_REMEMBERED)(self._claims)

    def claims(self, token: str) -> dict[str, Any] | None:
        """Return what this key has signed, or None; whether it is still good is for the caller to judge."""
        claims = self._remembered(token) if len(token) <= _LONGEST_REMEMBERED else self._claims(token)
        return None if claims is None else own_copy(claims)

    def _claims(self, token: str) -> dict[str, Any] | None:
        try:
            signed = jws.deserialize_compact(recoded(token, 2).encode(), self._jwk, registry=self._registry)
            claims = _decode(signed.payload.decode())
        except (JoseError, RecursionError, ValueError, TypeError, KeyError):
            return None
        return claims if isinstance(claims, dict) else None


class KeySet:
    """The keys at one URL, by `kid`."""

    def __init__(
        self, url: str, algorithms: tuple[str, ...], *, keep: float, cooldown: float, timeout: float, client: Any
    ) -> None:
        """Fetch from `url`; see `JWT` for the rest."""
        self._url = url
        self._algorithms = algorithms
        self._keep = keep
        self._cooldown = cooldown
        self._timeout = timeout
        self._client = client
        self._keys: dict[str, Key] = {}
        self._fetched_at = float("-inf")

    async def find(self, kid: str, runtime: Runtime) -> Key | None:
        """Return the key, or None if the service has none of this id.

        Raises:
            CannotTellError: if the service could not be asked.
        """
        age = monotonic() - self._fetched_at
        key = self._keys.get(kid) if age < self._keep else None
        if key is not None:
            return key
        # Anybody can make up ids: within the cool-down they are answered from what is known.
        if age >= self._cooldown or age >= self._keep:
            await runtime.share(self, lambda: self._fetch(runtime))
        return self._keys.get(kid)

    async def _fetch(self, runtime: Runtime) -> None:
        request = Request(self._url, (("accept", "application/json"),), self._timeout, _LARGEST_SET)
        try:
            fetched = await runtime.fetch(request, self._client)
        except FetchError as error:
            raise CannotTellError(f"{self._url}: {error}") from None
        if fetched.status != 200:
            raise CannotTellError(f"{self._url}: the auth service answered {fetched.status}")
        try:
            answer = parse(fetched.body)
        except InvalidJSONError:
            answer = None
        listed = answer.get("keys") if isinstance(answer, dict) else None
        if not isinstance(listed, list):
            raise CannotTellError(f"{self._url}: the auth service did not answer a set of keys")
        found = {}
        for jwk in listed:
            key = read_key(jwk, self._algorithms)
            if key is not None:
                found[str(jwk["kid"])] = key
        self._keys, self._fetched_at = found, monotonic()


def read_key(jwk: Any, algorithms: tuple[str, ...]) -> Key | None:
    """Return a public key of the set, or None if it is no good for any of the algorithms."""
    if not isinstance(jwk, dict) or not isinstance(jwk.get("kid"), str) or jwk.get("use", "sig") != "sig":
        return None
    algorithm = jwk.get("alg")
    if algorithm not in algorithms or not isinstance(algorithm, str):
        return None
    kind, curve = _KIND_OF[algorithm]
    if jwk.get("kty") != kind or (curve is not None and jwk.get("crv") != curve):
        return None
    public = {name: jwk[name] for name in ("kty", "crv", "x", "y", "n", "e") if name in jwk}
    importer: dict[str, Any] = {"OKP": OKPKey, "EC": ECKey, "RSA": RSAKey}
    try:
        if kind == "RSA" and len(decode_base64(public["n"])) * 8 < _SHORTEST_RSA_BITS:
            return None
        key = importer[kind].import_key(public)
        # Reading the key is the costly part; do it once, here.
        key.get_op_key("verify")
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        return None
    return Key(key, algorithm)
