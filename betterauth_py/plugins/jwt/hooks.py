"""The header `set-auth-jwt` of `/get-session`."""

from __future__ import annotations

from typing import Any, Final

from betterauth_py.plugins import APIError, EndpointContext, Hook
from betterauth_py.plugins.jwt.endpoints import tokens_of
from betterauth_py.plugins.tools import logger

Context = EndpointContext[Any, Any]

_HEADER: Final = "set-auth-jwt"


async def send_token(ctx: Context) -> None:
    """Send a token along with the session, where a page of another origin may read it."""
    if ctx.session is None:
        return
    try:
        token = await tokens_of(ctx).of_session(ctx)
    except APIError:
        raise
    except Exception as error:
        # The session has been read; that there is no token to go with it is told by `/token`.
        logger.error("There is no token for a session: %s", str(error) or type(error).__name__)
        return
    ctx.set_header(_HEADER, token)
    ctx.expose_header(_HEADER)


TOKEN_HEADER: Final = Hook(paths={"/get-session"}, handler=send_token)
