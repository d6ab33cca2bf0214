"""Verifying the tokens of better-auth's jwt plugin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from betterauth_py.crypto.jwt import have_times
from betterauth_py.crypto.signing import decode_base64
from betterauth_py.errors import ConfigurationError
from betterauth_py.javascript.dates import from_milliseconds
from betterauth_py.javascript.plain_json import parse
from betterauth_py.verify.credentials import Credentials
from betterauth_py.verify.errors import InvalidSessionError
from betterauth_py.verify.records import Session, User, VerifiedSession
from betterauth_py.verify.remote import service_url
from betterauth_py.verify.session_source import NO_CREDENTIALS, SessionSource, Unanswered

_Claims = dict[str, Any]
# RFC 7519, 4.1; all other claims belong to the user.
_REGISTERED: Final = frozenset({"iss", "sub", "aud", "exp", "nbf", "iat", "jti"})
_LONGEST_TOKEN: Final = 65_536


class JWT(SessionSource):
    """Verifies tokens of better-auth's `jwt` plugin in `Authorization: Bearer` against the service's published keys.

    It guarantees that the auth service issued the token for this issuer and audience, and that it has not expired (the
    plugin's tokens live 15 minutes by default). It knows nothing of what happened since: a revoked session is let in
    until its token ends. No network but for the keys, which are fetched when they are needed. A key that the service
    withdraws is believed for at most `keep_keys_for` seconds more.

    The user has what the plugin's `definePayload` puts into the token (by default everything), `user.id` is the
    token's subject, and the session has `user_id`, `expires_at` and `created_at` only. `verified.claims` has all.
    """

    name = "jwt"

    def __init__(
        self,
        url: str,
        *,
        issuer: str | Sequence[str] | None = None,
        audience: str | Sequence[str] | None = None,
        algorithms: Sequence[str] = ("EdDSA", "ES256", "ES512", "RS256", "PS256"),
        leeway: float = 0,
        keep_keys_for: float = 600,
        cooldown: float = 30,
        timeout: float = 3.0,
        jwks_path: str = "/jwks",
        client: Any = None,
    ) -> None:
        """Accept tokens of the service at `url`.

        Args:
            url: the auth service, as for `Remote`. Its keys are at `/api/auth/jwks`.
            issuer: who must have issued the token; the origin of `url` when left out, as the plugin does. Give the
                auth server's public `baseURL` here if `url` is an internal address.
            audience: for whom the token must be; the origin of `url` when left out, as the plugin does.
            algorithms: those allowed. Each key is used with its own one only, whatever a token's header says.
            leeway: seconds by which the clocks of the two services may differ.
            keep_keys_for: seconds after which the keys are fetched again.
            cooldown: seconds that pass between two fetches because of unknown keys.
            timeout: seconds until the keys have to be there.
            jwks_path: `jwks.jwksPath` of the plugin.
            client: an `httpx.AsyncClient` (for `sync`: an `httpx.Client`) to use instead of the built-in one.

        Raises:
            ConfigurationError: if `url` is not one of an auth service, or an option is none of the above.
        """
        from betterauth_py.crypto.jwks import ALGORITHMS
        from betterauth_py.verify.jwks import KeySet

        base = service_url(url, "JWT")
        parts = urlsplit(base)
        origin = f"{parts.scheme}://{parts.netloc}"
        unknown = [name for name in algorithms if name not in ALGORITHMS]
        if unknown or not algorithms:
            raise ConfigurationError(f"JWT: `algorithms` may hold {', '.join(ALGORITHMS)}; not {unknown or 'nothing'}.")
        if min(leeway, cooldown) < 0 or min(timeout, keep_keys_for) <= 0:
            raise ConfigurationError("JWT: `leeway` and `cooldown` must not be below 0, the other times above it.")
        self._issuers = _texts(origin if issuer is None else issuer, "issuer")
        self._audiences = _texts(origin if audience is None else audience, "audience")
        self._leeway = leeway
        self._client = client
        self._keys = KeySet(
            f"{base}{jwks_path}",
            tuple(algorithms),
            keep=keep_keys_for,
            cooldown=cooldown,
            timeout=timeout,
            client=client,
        )

    async def find(self, credentials: Credentials) -> VerifiedSession | Unanswered:
        """See `SessionSource.find`."""
        token = credentials.bearer_token()
        # Session tokens of the bearer plugin have at most one dot.
        if token is None or token.count(".") != 2:
            return NO_CREDENTIALS
        key = await self._keys.find(_key_id(token), self.runtime)
        if key is None:
            raise InvalidSessionError("the token names a key that the auth service does not have")
        claims = key.claims(token)
        if claims is None:
            raise InvalidSessionError("the token's signature is wrong, or it holds no claims")
        self._check(claims)
        try:
            return _verified(claims, self.name)
        except RecursionError:
            raise InvalidSessionError("the token's claims are nested too deeply") from None

    def _check(self, claims: _Claims) -> None:
        now = self._clock.milliseconds() // 1000
        if not have_times(claims):
            raise InvalidSessionError("a time in the token is none")
        if "exp" not in claims:
            raise InvalidSessionError("the token does not say until when it is good")
        if claims["exp"] <= now - self._leeway:
            raise InvalidSessionError("the token has expired")
        if "nbf" in claims and claims["nbf"] > now + self._leeway:
            raise InvalidSessionError("the token is not good yet")
        if claims.get("iss") not in self._issuers:
            raise InvalidSessionError("the token is of another issuer")
        audience = claims.get("aud")
        given = audience if isinstance(audience, list) else [audience]
        if not any(isinstance(one, str) and one in self._audiences for one in given):
            raise InvalidSessionError("the token is for another audience")
        if not isinstance(claims.get("sub"), str) or not claims["sub"]:
            raise InvalidSessionError("the token has no subject")


def _key_id(token: str) -> tuple[str, str]:
    """Return the key id and the algorithm from the token's header."""
    if len(token) > _LONGEST_TOKEN:
        raise InvalidSessionError("the token is too long")
    try:
        header = parse(decode_base64(token.partition(".")[0]))
    except ValueError:
        header = None
    kid, algorithm = (header.get("kid"), header.get("alg")) if isinstance(header, dict) else (None, None)
    if not isinstance(kid, str) or not kid or not isinstance(algorithm, str):
        raise InvalidSessionError("the token names no key")
    return kid, algorithm


def _verified(claims: _Claims, source: str) -> VerifiedSession:
    subject = claims["sub"]
    session: _Claims = {"userId": subject, "expiresAt": _date(claims["exp"])}
    if "iat" in claims:
        session["createdAt"] = _date(claims["iat"])
    fields = {name: value for name, value in claims.items() if name not in _REGISTERED}
    return VerifiedSession(Session(session), User.from_json({**fields, "id": subject}), (), source, claims)


def _date(seconds: float) -> Any:
    try:
        return from_milliseconds(int(seconds * 1000))
    except OverflowError:
        raise InvalidSessionError("the token names a time beyond the calendar") from None


def _texts(given: str | Sequence[str], option: str) -> tuple[str, ...]:
    texts = (given,) if isinstance(given, str) else tuple(given)
    if not texts or not all(texts):
        raise ConfigurationError(f"JWT: `{option}` is empty. Tokens for anybody are never accepted; name one.")
    return texts
