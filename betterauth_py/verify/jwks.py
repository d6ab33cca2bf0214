"""The keys that an auth service publishes: fetched when they are needed, no more often than that, and kept a while."""

from __future__ import annotations

from typing import Any, Final

from betterauth_py.crypto.jwks import ALGORITHMS, Key, read_key
from betterauth_py.javascript.plain_json import InvalidJSONError, parse
from betterauth_py.verify.errors import VerificationUnavailableError
from betterauth_py.verify.runtime import FetchError, Request, Runtime

_LARGEST_SET: Final = 262_144
# Seconds in which a service that has just failed is not asked again: anybody can have it asked, by a token of his own.
_RESPITE: Final = 1.0


class KeySet:
    """The keys at one URL, by `kid` and algorithm; the first of equal ones counts, as for better-auth."""

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
        self._keys: dict[tuple[str, str], Key] = {}
        self._fetched_at = float("-inf")
        self._failed_at = float("-inf")

    async def find(self, name: tuple[str, str], runtime: Runtime) -> Key | None:
        """Return the key, or None if the service has none of this id for this algorithm.

        Raises:
            VerificationUnavailableError: if the service could not be asked.
        """
        now = runtime.clock.monotonic()
        age = now - self._fetched_at
        key = self._keys.get(name) if age < self._keep else None
        if key is not None:
            return key
        # Anybody can make up ids: within the cool-down they are answered from what is known.
        if age >= self._cooldown or age >= self._keep:
            if now - self._failed_at < min(self._cooldown, _RESPITE):
                raise VerificationUnavailableError(f"{self._url}: the auth service could not be asked a moment ago")
            await runtime.share(self, lambda: self._renew(runtime))
        return self._keys.get(name)

    async def _renew(self, runtime: Runtime) -> None:
        try:
            self._keys = await self._fetch(runtime)
        except VerificationUnavailableError:
            self._failed_at = runtime.clock.monotonic()
            raise
        self._fetched_at = runtime.clock.monotonic()

    async def _fetch(self, runtime: Runtime) -> dict[tuple[str, str], Key]:
        request = Request(self._url, (("accept", "application/json"),), self._timeout, _LARGEST_SET)
        try:
            fetched = await runtime.fetch(request, self._client)
        except FetchError as error:
            raise VerificationUnavailableError(f"{self._url}: {error}") from None
        if fetched.status != 200:
            raise VerificationUnavailableError(f"{self._url}: the auth service answered {fetched.status}")
        try:
            answer = parse(fetched.body)
        except InvalidJSONError:
            answer = None
        listed = answer.get("keys") if isinstance(answer, dict) else None
        if not isinstance(listed, list):
            raise VerificationUnavailableError(f"{self._url}: the auth service did not answer a set of keys")
        found: dict[tuple[str, str], Key] = {}
        for jwk in listed:
            key = read_key(jwk, self._algorithms)
            if key is not None:
                found.setdefault((jwk["kid"], jwk["alg"]), key)
        if listed and not found and not any(read_key(jwk, ALGORITHMS) for jwk in listed):
            # Keys that are known are not given up for rubbish.
            raise VerificationUnavailableError(f"{self._url}: nothing that the auth service published is a key")
        return found
