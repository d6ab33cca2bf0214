"""Stands before routing: requests to protected paths pass with the proof only, whatever their method."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import lru_cache
from re import compile as compile_pattern
from typing import Final

from betterauth_py.plugins import AuthContext, ErrorCode, Request, Response, json_response, wildcard
from betterauth_py.plugins.captcha.errors import CaptchaErrorCodes
from betterauth_py.plugins.captcha.options import ENDPOINTS, CaptchaOptions, VercelBotIdOptions
from betterauth_py.plugins.captcha.verifying import UnavailableError, passes, passes_bot_id
from betterauth_py.plugins.tools import ResponseHeaders, logger

_SLASHES: Final = compile_pattern("/{2,}")
# Every request asks: the server's own paths, mostly. A stranger's make room for each other.
_REMEMBERED_PATHS: Final = 256


def protect(options: CaptchaOptions) -> Callable[[Request, AuthContext], Awaitable[Response | None]]:
    """Return what receives every request, and answers those to protected paths that have no proof."""
    endpoints = options.endpoints or ENDPOINTS
    exact = frozenset(path for path in endpoints if "*" not in path)
    patterns = [wildcard(path) for path in endpoints if "*" in path]

    @lru_cache(_REMEMBERED_PATHS)
    def is_protected(path: str, base_path: str) -> bool:
        path = _normalized(path, base_path)
        return path in exact or any(pattern.fullmatch(path) for pattern in patterns)

    async def check(request: Request, auth: AuthContext) -> Response | None:
        if not is_protected(request.path, auth.base_path):
            return None
        try:
            refusal = await _refusal(options, request, auth)
        except UnavailableError as error:
            logger.error("A captcha could not be verified: %s", error)
            return _answer(500, CaptchaErrorCodes.UNKNOWN_ERROR)
        except Exception:
            logger.exception("A captcha could not be verified")
            return _answer(500, CaptchaErrorCodes.UNKNOWN_ERROR)
        return refusal

    return check


async def _refusal(options: CaptchaOptions, request: Request, auth: AuthContext) -> Response | None:
    if isinstance(options, VercelBotIdOptions):
        passed = await passes_bot_id(options, request)
    else:
        response = request.headers.get("x-captcha-response")
        if not response:
            return _answer(400, CaptchaErrorCodes.MISSING_RESPONSE)
        address = auth.client_ip.resolve(request.headers, request.peer)
        passed = await passes(auth, options, response, address)
    return None if passed else _answer(403, CaptchaErrorCodes.VERIFICATION_FAILED)


def _normalized(path: str, base_path: str) -> str:
    """Return the path as options name it: what the router finds under any spelling has one here."""
    path = path.removeprefix(base_path)
    if "//" in path:
        path = _SLASHES.sub("/", path)
    if not path.startswith("/"):
        path = f"/{path}"
    return path[:-1] if len(path) > 1 and path.endswith("/") else path


def _answer(status: int, error: ErrorCode) -> Response:
    return json_response({"message": error.message, "code": error.code}, ResponseHeaders(), status)
