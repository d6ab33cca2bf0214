"""CORS with credentials for trusted origins, which better-auth leaves to its host."""

from __future__ import annotations

from typing import Final

from betterauth_py.core.auth_context import AuthContext
from betterauth_py.core.messages import Request, Response
from betterauth_py.core.trusted_origins import trusted_origins_for
from betterauth_py.urls.origins import matches_origin_pattern
from betterauth_py.urls.parsing import get_origin
from betterauth_py.wire.headers import EXPOSE_HEADERS, join_exposed

_METHODS: Final = "GET, POST, PUT, PATCH, DELETE"
_EXPOSED: Final = "X-Retry-After, Set-Auth-Token, Set-Auth-Jwt"
_REMEMBERED_SECONDS: Final = "600"
_DEFAULT_REQUEST_HEADERS: Final = "content-type"


def is_preflight(request: Request) -> bool:
    """Return whether this is a CORS preflight (Fetch standard, 3.2.3); any other OPTIONS is a 404."""
    headers = request.headers
    return request.method == "OPTIONS" and "origin" in headers and "access-control-request-method" in headers


async def answer_preflight(auth: AuthContext, request: Request) -> Response:
    """Return the answer to a preflight: CORS headers for a trusted origin, otherwise a bare 204."""
    origin = request.headers.value("origin") or ""
    vary = ("vary", "Origin, Access-Control-Request-Headers")
    if not await _is_trusted(auth, request, origin):
        return Response(204, [vary])
    wanted = request.headers.value("access-control-request-headers") or _DEFAULT_REQUEST_HEADERS
    return Response(
        204,
        [
            ("access-control-allow-credentials", "true"),
            ("access-control-allow-headers", wanted),
            ("access-control-allow-methods", _METHODS),
            ("access-control-allow-origin", origin),
            ("access-control-max-age", _REMEMBERED_SECONDS),
            vary,
        ],
    )


async def add_cors_headers(auth: AuthContext, request: Request, response: Response) -> None:
    """Add CORS headers, if the request's origin is trusted and not this server's own."""
    origin = request.headers.value("origin")
    if not origin or origin in (auth.base_origin, request.origin):
        return
    response.headers.append(("vary", "Origin"))
    if await _is_trusted(auth, request, origin):
        own = response.header(EXPOSE_HEADERS)
        if own is not None:
            response.headers = [header for header in response.headers if header[0] != EXPOSE_HEADERS]
        response.headers += [
            ("access-control-allow-credentials", "true"),
            ("access-control-allow-origin", origin),
            (EXPOSE_HEADERS, _EXPOSED if own is None else join_exposed(_EXPOSED, own)),
        ]


async def _is_trusted(auth: AuthContext, request: Request, origin: str) -> bool:
    # Browsers send normalized origins only.
    if origin == "null" or (origin[:4].lower() == "http" and get_origin(origin) != origin):
        return False
    return any(matches_origin_pattern(origin, trusted) for trusted in await trusted_origins_for(auth, request))
