"""The origins that a request may come from and redirect to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from betterauth_py.awaiting import resolve
from betterauth_py.core.messages import Request
from betterauth_py.options.trusted_origins import usable_origins
from betterauth_py.urls.parsing import get_origin

if TYPE_CHECKING:
    from betterauth_py.core.auth_context import AuthContext


async def trusted_origins_for(auth: AuthContext, request: Request | None) -> list[str]:
    """Return the trusted origins: the server's own and the configured ones."""
    origins = await configured_origins(auth, request)
    if auth.base_origin is None and request is not None and (own := get_origin(auth.origin_of_request(request))):
        return [own, *origins]
    return origins


async def configured_origins(auth: AuthContext, request: Request | None) -> list[str]:
    """Return the origins of the options (a function is called each time) and of the environment."""
    if not callable(auth.options.trusted_origins):
        return auth.static_origins
    return [*auth.static_origins, *usable_origins(await resolve(auth.options.trusted_origins(request)) or ())]
