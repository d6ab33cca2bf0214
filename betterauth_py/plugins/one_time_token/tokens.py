"""Generating one-time tokens, and taking them back."""

from __future__ import annotations

from typing import Any, Final

from betterauth_py.plugins import EndpointContext, Row
from betterauth_py.plugins.one_time_token.options import OneTimeTokenOptions
from betterauth_py.plugins.tools import generate_id, hash_base64url, resolve, store_single_use_value

Context = EndpointContext[Any, Any]

_LENGTH: Final = 32


class OneTimeTokens:
    """The one-time tokens of one deployment, by its options."""

    def __init__(self, options: OneTimeTokenOptions) -> None:
        """Use these options."""
        self.options = options

    async def generate(self, ctx: Context, session: Row, user: Row) -> str:
        """Store a new token for a session and return it."""
        generate = self.options.generate_token
        token = (
            generate_id(_LENGTH)
            if generate is None
            else await resolve(generate({"session": session, "user": user}, ctx))
        )
        life = self.options.expires_in * 60
        await store_single_use_value(ctx.auth, await self._identifier(token), session["token"], life)
        return token

    async def take(self, ctx: Context, token: str) -> str | None:
        """Return the session token of an unexpired one-time token, to one caller only; None to all others."""
        taken = await ctx.auth.verifications.consume(await self._identifier(token), ctx.auth.now())
        return None if taken is None else str(taken["value"])

    async def _identifier(self, token: str) -> str:
        store = self.options.store_token
        if store == "hashed":
            token = hash_base64url(token)
        elif store != "plain":
            token = await resolve(store.hash(token))
        return f"one-time-token:{token}"
