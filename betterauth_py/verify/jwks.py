"""The published keys of an auth service: fetched when needed, and cached."""

from __future__ import annotations

from typing import Any, Final

from betterauth_py.crypto.jwks import Key
from betterauth_py.crypto.published_keys import PublishedKeys
from betterauth_py.javascript.plain_json import InvalidJSONError, parse
from betterauth_py.verify.errors import VerificationUnavailableError
from betterauth_py.verify.runtime import FetchError, Request, Runtime

_LARGEST_SET: Final = 262_144


class KeySet:
    """The keys at one URL, by `kid` and algorithm; the first of equal ones counts, as for better-auth."""

    def __init__(
        self, url: str, algorithms: tuple[str, ...], *, keep: float, cooldown: float, timeout: float, client: Any
    ) -> None:
        """Fetch from `url`; see `JWT` for the rest."""
        self._url = url
        self._timeout = timeout
        self._client = client
        self._keys = PublishedKeys(algorithms, keep=keep, cooldown=cooldown)

    async def find(self, name: tuple[str, str], runtime: Runtime) -> Key | None:
        """Return the key, or None if the service has none of this id for this algorithm.

        Raises:
            VerificationUnavailableError: if the service could not be asked.
        """
        now = runtime.clock.monotonic()
        key = self._keys.find(name, now)
        if key is None and self._keys.should_ask(now):
            if self._keys.has_just_failed(now):
                raise VerificationUnavailableError(f"{self._url}: the auth service could not be asked a moment ago")
            await runtime.share(self, lambda: self._renew(runtime))
            key = self._keys.find(name, runtime.clock.monotonic())
        return key

    async def _renew(self, runtime: Runtime) -> None:
        try:
            answer = await self._fetch(runtime)
            try:
                self._keys.replace(answer, runtime.clock.monotonic())
            except ValueError as error:
                raise VerificationUnavailableError(f"{self._url}: the auth service's answer is {error}") from None
        except VerificationUnavailableError:
            self._keys.note_failure(runtime.clock.monotonic())
            raise

    async def _fetch(self, runtime: Runtime) -> Any:
        request = Request(self._url, (("accept", "application/json"),), self._timeout, _LARGEST_SET)
        try:
            fetched = await runtime.fetch(request, self._client)
        except FetchError as error:
            raise VerificationUnavailableError(f"{self._url}: {error}") from None
        if fetched.status != 200:
            raise VerificationUnavailableError(f"{self._url}: the auth service answered {fetched.status}")
        try:
            return parse(fetched.body)
        except InvalidJSONError:
            return None
