"""The keys that a service publishes (RFC 7517, 5): which are known, and when to ask for them again. No I/O."""

from __future__ import annotations

from typing import Any, Final

from betterauth_py.crypto.jwks import ALL_ALGORITHMS, Key, read_key

# Seconds in which a service that has just failed is not asked again: anybody can have it asked, by a token of his own.
_RESPITE: Final = 1.0


class PublishedKeys:
    """The keys of one set, by `kid` and algorithm; the first of equal ones counts, as for better-auth.

    Moments are seconds of a monotonic clock.
    """

    def __init__(
        self, algorithms: tuple[str, ...], *, keep: float, cooldown: float, may_name_no_algorithm: bool = False
    ) -> None:
        """Know none yet.

        Args:
            algorithms: those that a key may be for.
            keep: seconds for which a set is good.
            cooldown: seconds between two times that a set is asked for early, because of an id that it does not have.
                The first time needs no wait, so that a key is found that the service begins to use right after.
            may_name_no_algorithm: whether a key that does not say so is for all algorithms of its kind.
        """
        self._algorithms = algorithms
        self._keep = keep
        self._cooldown = cooldown
        self._may_name_no_algorithm = may_name_no_algorithm
        self._keys: dict[tuple[str, str], Key] = {}
        self._fetched_at = float("-inf")
        self._asked_early_at = float("-inf")
        self._failed_at = float("-inf")

    def find(self, name: tuple[str, str], now: float) -> Key | None:
        """Return the key of this id for this algorithm, if it is known and still good."""
        return self._keys.get(name) if now - self._fetched_at < self._keep else None

    def should_ask(self, now: float) -> bool:
        """Return whether an unknown id is a reason to ask: anybody can make up ids."""
        return now - self._fetched_at >= self._keep or now - self._asked_early_at >= self._cooldown

    def has_just_failed(self, now: float) -> bool:
        """Return whether the service could not be asked a moment ago."""
        return now - self._failed_at < min(self._cooldown, _RESPITE)

    def note_failure(self, now: float) -> None:
        """Remember that the service could not be asked."""
        self._failed_at = now

    def replace(self, answer: Any, now: float) -> None:
        """Know the keys of a set; keys that are known are not given up for rubbish.

        Raises:
            ValueError: if it is no set of keys, or none of them is a key.
        """
        listed = answer.get("keys") if isinstance(answer, dict) else None
        if not isinstance(listed, list):
            raise ValueError("not a set of keys")
        named = [one for jwk in listed for one in self._with_algorithms(jwk)]
        found: dict[tuple[str, str], Key] = {}
        for jwk in named:
            key = read_key(jwk, self._algorithms)
            if key is not None:
                found.setdefault((jwk["kid"], jwk["alg"]), key)
        if listed and not found and not any(read_key(jwk, ALL_ALGORITHMS) for jwk in named):
            raise ValueError("nothing in it is a key")
        self._keys = found
        if now - self._fetched_at < self._keep:
            self._asked_early_at = now
        self._fetched_at = now

    def _with_algorithms(self, jwk: Any) -> list[Any]:
        if not self._may_name_no_algorithm or not isinstance(jwk, dict) or "alg" in jwk:
            return [jwk]
        return [{**jwk, "alg": algorithm} for algorithm in self._algorithms]
