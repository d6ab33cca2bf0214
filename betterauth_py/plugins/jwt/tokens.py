"""Signing and verifying tokens (RFC 7519), with the claims and in the order of better-auth 1.7.25."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from math import isfinite
from typing import Any, Final

from betterauth_py.plugins import AuthContext, EndpointContext, signed_in
from betterauth_py.plugins.jwt.keys import KeyRing
from betterauth_py.plugins.jwt.options import JwtOptions, KeyChoice
from betterauth_py.plugins.tools import (
    InvalidJSONError,
    SigningKey,
    are_current,
    decode_base64,
    parse,
    resolve,
    seconds_of,
    stringify,
    without_hidden_fields,
)

Claims = dict[str, Any]
Row = dict[str, Any]
Context = EndpointContext[Any, Any]


_NEWEST: Final = KeyChoice()


class Tokens:
    """Makes and reads the tokens of one auth."""

    def __init__(self, auth: AuthContext, options: JwtOptions) -> None:
        """Sign with the keys of `auth`."""
        self.options = options
        self.keys = KeyRing(auth, options)
        self._schema = auth.schema
        self._clock = auth.clock
        tokens = options.jwt
        self._asks_functions = any((tokens.define_payload, tokens.get_subject, tokens.sign))
        self._made: dict[tuple[Any, ...], str] = {}
        self._made_in: tuple[int, SigningKey | None] = (0, None)

    async def of_session(self, ctx: Context) -> str:
        """Return a token for whoever is signed in.

        Raises:
            UnusableKeyError: if the key cannot be read.
        """
        session, user = signed_in(ctx)
        user = without_hidden_fields(self._schema, "user", user)
        if self._asks_functions:
            return await self._defined(ctx, without_hidden_fields(self._schema, "session", session), user)
        # Everything in the token follows from the user and the second: who asks again gets the same one.
        made_in = (now := self._now(), self.keys.current() or await self.keys.signing_key())
        if made_in != self._made_in:
            self._made_in, self._made = made_in, {}
        made_of = (origin_of(ctx), *user.values())
        try:
            token = self._made.get(made_of)
        except TypeError:
            # A field with a list or an object.
            return await self.sign(ctx, {"iat": now, **user, "sub": user["id"]}, self.options)
        if token is None:
            token = self._made[made_of] = await self.sign(ctx, {"iat": now, **user, "sub": user["id"]}, self.options)
        return token

    async def _defined(self, ctx: Context, session: Row, user: Row) -> str:
        tokens, known = self.options.jwt, {"session": session, "user": user}
        payload, subject = user, None
        if tokens.define_payload is not None:
            payload = await resolve(tokens.define_payload(known)) or {}
        if tokens.get_subject is not None:
            subject = await resolve(tokens.get_subject(known))
        subject = user["id"] if subject is None else subject
        return await self.sign(ctx, {"iat": self._now(), **payload, "sub": subject}, self.options)

    async def sign(
        self,
        ctx: Context,
        payload: Claims,
        options: JwtOptions | None = None,
        *,
        header: Mapping[str, Any] | None = None,
        key: KeyChoice = _NEWEST,
    ) -> str:
        """Return a token with these claims; one without an issuer, an audience or an end gets that of `options`.

        `header` has parameters besides `alg` and `kid`, such as `typ`; `key` says which one signs.

        Raises:
            ValueError: if a registered claim cannot be what it is.
            UnusableKeyError: if the key cannot be read.
        """
        options = options or self.options
        claims = _completed(payload, origin_of(ctx) or "", options, self._now())
        if options.jwt.sign is not None:
            signed: str = await resolve(options.jwt.sign(claims, {**(header or {})}, key))
            return signed
        keys = self.keys if options.jwks == self.options.jwks else KeyRing(ctx.auth, options)
        if key != _NEWEST:
            return (await keys.chosen_key(key)).sign(stringify(claims), header)
        return (keys.current() or await keys.signing_key()).sign(stringify(claims), header)

    async def verify(self, ctx: Context, token: str, options: JwtOptions) -> Claims | None:
        """Return the claims of a token that was signed here, is not over, and is for this issuer and audience."""
        kid = header_of(token).get("kid")
        key = await self.keys.public_key(kid) if isinstance(kid, str) else None
        claims = key.claims(token) if key is not None else None
        if claims is None or not are_current(claims, self._now()):
            return None
        wanted = (options.jwt.issuer, options.jwt.audience)
        issuer, audience = (origin_of(ctx) if own is None else own for own in wanted)
        if issuer and claims.get("iss") != issuer:
            return None
        if audience and not _texts(claims.get("aud")) & _texts(audience):
            return None
        return claims if claims.get("sub") and claims.get("aud") else None

    def _now(self) -> int:
        return self._clock.milliseconds() // 1000


def origin_of(ctx: Context) -> str | None:
    """Return where clients reach this server: what the options say, or else what this request has asked for."""
    if ctx.auth.base_origin is not None or ctx.request is None:
        return ctx.auth.base_origin
    return ctx.auth.origin_of_request(ctx.request)


def _completed(payload: Claims, origin: str, options: JwtOptions, now: int) -> Claims:
    """Return the claims in the order in which better-auth's token has them."""
    tokens, claims = options.jwt, {**payload}
    end, issued = payload.get("exp"), payload.get("iat")
    claims["exp"] = _end(tokens.expiration_time, now if issued is None else issued) if end is None else end
    for name, wanted in (("iss", tokens.issuer), ("aud", tokens.audience)):
        if payload.get(name) is None:
            claims[name] = origin if wanted is None else wanted
    for name in ("exp", "nbf", "iat"):
        # RFC 7519, 4.1: seconds since the epoch. As jose, dates and spans from now will do; what is false is let be.
        if name == "exp" or claims.get(name) not in (None, 0, ""):
            claims[name] = _moment(name, claims[name], now)
    for name in ("sub", "jti"):
        if claims.get(name) and not isinstance(claims[name], str):
            raise ValueError(f"the claim {name!r} must be a string")
    return claims


def _end(expiration: str | int | datetime, issued: Any) -> Any:
    if not isinstance(expiration, str):
        return expiration
    return _moment("iat", issued, 0) + seconds_of(expiration)


def _moment(claim: str, value: Any, now: int) -> int | float:
    if isinstance(value, datetime):
        return int(value.timestamp())
    if isinstance(value, str):
        return now + seconds_of(value)
    if isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value):
        return value
    raise ValueError(f"the claim {claim!r} must be a moment: seconds since the epoch, a date or a span such as '15m'")


def header_of(token: str) -> dict[str, Any]:
    """Return the header of a signed token, unproved; an empty one if it is none."""
    if token.count(".") != 2:
        return {}
    try:
        header = parse(decode_base64(token.partition(".")[0]))
    except (ValueError, InvalidJSONError):
        return {}
    return header if isinstance(header, dict) else {}


def _texts(value: Any) -> set[str]:
    return {one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)}
