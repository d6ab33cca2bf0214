"""Verification of ID tokens that clients send: signature, issuer, audience, times and nonce."""

from __future__ import annotations

from hashlib import sha256
from hmac import compare_digest
from time import monotonic
from typing import TYPE_CHECKING, Final

from betterauth_py.crypto.compact import decode_segment, read_object, take_apart_signed
from betterauth_py.crypto.jwt import are_current, is_time
from betterauth_py.oauth.errors import OAuthError
from betterauth_py.oauth.http import ProviderClient
from betterauth_py.oauth.provider import IdTokenVerification
from betterauth_py.oauth.tokens import JsonObject
from betterauth_py.turns import Turns

if TYPE_CHECKING:
    from betterauth_py.crypto.jwks import Key

_TOLERANCE: Final = 30
"""Seconds by which a provider's clock may be off."""
_REQUIRED: Final = ("iss", "sub", "aud", "exp", "iat")
_KEEP: Final = 600.0
_COOLDOWN: Final = 30.0


class ProviderKeys:
    """The keys of one provider, fetched when a token needs them; concurrent callers share one request."""

    def __init__(self, expected: IdTokenVerification, http: ProviderClient) -> None:
        """Fetch the keys that `expected` names. A key without an algorithm (Microsoft's) serves all that fit it."""
        # cryptography and joserfc are for those who have a provider with ID tokens: they would lengthen every start.
        from betterauth_py.crypto.published_keys import PublishedKeys  # noqa: PLC0415

        self._expected = expected
        self._http = http
        self._keys = PublishedKeys(expected.algorithms, keep=_KEEP, cooldown=_COOLDOWN, may_name_no_algorithm=True)
        self._turns = Turns()

    async def find(self, kid: str, algorithm: str) -> Key | None:
        """Return the key, or None if the provider has none with this id for this algorithm.

        Raises:
            OAuthError: if the keys cannot be fetched.
        """
        key = self._keys.find((kid, algorithm), monotonic())
        if key is not None or not self._keys.should_ask(monotonic()):
            return key
        async with self._turns.of("keys"):
            # Whoever had the lock before may have brought it.
            key = self._keys.find((kid, algorithm), monotonic())
            if key is None and self._keys.should_ask(monotonic()):
                await self._ask()
                key = self._keys.find((kid, algorithm), monotonic())
            return key

    async def _ask(self) -> None:
        if self._keys.has_just_failed(monotonic()):
            raise OAuthError("the provider's keys could not be asked for a moment ago")
        try:
            answer = await self._http.send("GET", self._expected.jwks_url, headers=self._expected.jwks_headers)
            self._keys.replace(answer.object, monotonic())
        except (OAuthError, ValueError) as error:
            self._keys.note_failure(monotonic())
            raise OAuthError(f"the provider's keys are not to be had: {error}") from None


async def verified_claims(
    token: str, expected: IdTokenVerification, keys: ProviderKeys, *, nonce: str | None, now: int
) -> JsonObject | None:
    """Return the claims of an ID token that is valid at `now` (seconds since the epoch), or None.

    Raises:
        OAuthError: if the provider's keys cannot be fetched.
    """
    try:
        signed = take_apart_signed(token)
    except ValueError:
        return None
    kid, algorithm = signed.header.get("kid"), signed.header.get("alg")
    # The token's own header never decides which algorithms are accepted (RFC 8725, 3.1).
    if algorithm not in expected.algorithms or not isinstance(kid, str):
        return None
    key = await keys.find(kid, algorithm)
    claims = None if key is None else key.verified_claims(signed)
    if claims is None or not _are_as_expected(claims, expected, now):
        return None
    if nonce and not _is_nonce(claims.get("nonce"), nonce, expected):
        return None
    return claims if expected.accepts is None or expected.accepts(claims) else None


def _are_as_expected(claims: JsonObject, expected: IdTokenVerification, now: int) -> bool:
    if any(name not in claims for name in _REQUIRED) or not are_current(claims, now, tolerance=_TOLERANCE):
        return False
    if expected.issuers and claims["iss"] not in expected.issuers:
        return False
    audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    if not any(isinstance(one, str) and one in expected.audiences for one in audience):
        return False
    issued = claims["iat"]
    if not is_time(issued):
        return False
    return expected.max_age is None or -_TOLERANCE <= now - issued <= expected.max_age + _TOLERANCE


def _is_nonce(claimed: object, nonce: str, expected: IdTokenVerification) -> bool:
    if not isinstance(claimed, str):
        return False
    accepted = [nonce, sha256(nonce.encode()).hexdigest()] if expected.hashed_nonce else [nonce]
    return any(compare_digest(claimed.encode(), one.encode()) for one in accepted)


def read_claims(token: str | None) -> JsonObject | None:
    """Return an ID token's claims without verifying its signature; None if it is not a JWT.

    This suffices for a token that comes from the token endpoint itself, over TLS (OpenID Connect Core, 3.1.3.7, 6), and
    for one that has been verified before.
    """
    if token is None or token.count(".") != 2:
        return None
    try:
        return read_object(decode_segment(token.split(".")[1]))
    except ValueError:
        return None
