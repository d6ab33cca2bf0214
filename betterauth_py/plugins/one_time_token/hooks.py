"""The header `set-ott` of answers that set a session."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

from betterauth_py.plugins import EndpointContext
from betterauth_py.plugins.one_time_token.tokens import OneTimeTokens

Context = EndpointContext[Any, Any]

_HEADER: Final = "set-ott"


def starts_session(ctx: Context) -> bool:
    """Return whether the call has started or prolonged a session, or set its cookie again."""
    return ctx.new_session is not None


def sending_tokens(tokens: OneTimeTokens) -> Callable[[Context], Awaitable[None]]:
    """Return the hook that sends a token along with a session, where pages of other origins may read it."""

    async def send_token(ctx: Context) -> None:
        if ctx.new_session is None:
            return
        ctx.set_header(_HEADER, await tokens.generate(ctx, *ctx.new_session))
        ctx.expose_header(_HEADER)

    return send_token
