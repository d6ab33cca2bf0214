"""Where a request may come from and where it may lead to: origin, CSRF and callback URL checks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from betterauth_py.core.auth_context import logger
from betterauth_py.core.context import EndpointContext
from betterauth_py.core.messages import Request
from betterauth_py.javascript.values import trim
from betterauth_py.urls.origins import matches_origin_pattern
from betterauth_py.urls.parsing import parse_url
from betterauth_py.wire.errors import APIError, BaseErrorCodes, ErrorCode

_SAFE_METHODS: Final = frozenset({"GET", "OPTIONS", "HEAD"})
_FETCH_METADATA: Final = ("sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest")
_REDIRECTS: Final[tuple[tuple[str, str, ErrorCode], ...]] = (
    ("callbackURL", "callbackURL", BaseErrorCodes.INVALID_CALLBACK_URL),
    ("redirectTo", "redirectURL", BaseErrorCodes.INVALID_REDIRECT_URL),
    ("errorCallbackURL", "errorCallbackURL", BaseErrorCodes.INVALID_ERROR_CALLBACK_URL),
    ("newUserCallbackURL", "newUserCallbackURL", BaseErrorCodes.INVALID_NEW_USER_CALLBACK_URL),
)

Context = EndpointContext[Any, Any]


async def check_origin(ctx: Context) -> None:
    """Check every state-changing request: its origin if it carries cookies, and the URLs it redirects to.

    Raises:
        APIError: 403 with the code of the first check that fails, 400 for a URL that is no string.
    """
    request = ctx.request
    if request is None or request.method in _SAFE_METHODS:
        return
    await _check_request_origin(ctx, request, always=False)
    if _skips_origin_check(ctx):
        return
    body: Mapping[str, Any] = ctx.body if isinstance(ctx.body, Mapping) else {}
    for field, label, error in _REDIRECTS:
        url = body.get(field)
        if field == "callbackURL" and not _is_truthy(url):
            url = ctx.query.get(field) if isinstance(ctx.query, Mapping) else None
        if not _is_truthy(url):
            continue
        if not isinstance(url, str):
            raise APIError(400, {"message": f"Invalid {label}: expected a string"})
        if not await ctx.is_trusted_url(url):
            logger.error("Invalid %s. If it is right, add its origin to trusted_origins.", label)
            raise APIError.of(403, error)


async def check_redirect_parameter(ctx: Context, name: str, refusal: ErrorCode) -> None:
    """Check the URL that a GET endpoint will redirect to.

    Raises:
        APIError: 403 with `refusal` if it leaves the trusted origins.
    """
    url = ctx.query.get(name)
    if ctx.request is None or _skips_origin_check(ctx) or not url:
        return
    if not await ctx.is_trusted_url(url):
        logger.error("Invalid %s. If it is right, add its origin to trusted_origins.", name)
        raise APIError.of(403, refusal)


def lead_to_application(ctx: Context, name: str) -> None:
    """Resolve a relative URL that a GET endpoint will redirect to against `app_url`, if that is set."""
    if url := ctx.query.get(name):
        ctx.query = {**ctx.query, name: at_application(ctx, url)}


def at_application(ctx: Context, url: str) -> str:
    """Return a relative URL resolved against `app_url`, if that is set; others are unchanged."""
    app_url = ctx.options.app_url
    return (
        f"{app_url}{url}" if app_url and url.startswith("/") and not url.startswith(f"{ctx.auth.base_path}/") else url
    )


async def check_form_origin(ctx: Context) -> None:
    """Check a sign-in form's origin even without cookies: a login can be forged too (Fetch Metadata).

    Raises:
        APIError: 403 with the code of the check that fails.
    """
    request = ctx.request
    if request is None or _skips_csrf_check(ctx):
        return
    headers = request.headers
    if "cookie" in headers:
        await _check_request_origin(ctx, request, always=False)
        return
    site, mode, _ = metadata = [headers.value(name) for name in _FETCH_METADATA]
    if any(value and trim(value) for value in metadata):
        if site == "cross-site" and mode == "navigate":
            logger.error("Blocked a cross-site navigation that tried to sign in")
            raise APIError.of(403, BaseErrorCodes.CROSS_SITE_NAVIGATION_LOGIN_BLOCKED)
        await _check_request_origin(ctx, request, always=True)
    elif headers.value("origin") or headers.value("referer"):
        await _check_request_origin(ctx, request, always=True)


async def _check_request_origin(ctx: Context, request: Request, *, always: bool) -> None:
    headers = request.headers
    if _skips_csrf_check(ctx) or _skips_origin_check(ctx) or not (always or "cookie" in headers):
        return
    origin = headers.value("origin") or headers.value("referer") or ""
    if headers.value("origin") == "null" and headers.value("sec-fetch-site") == "same-origin":
        # A privacy setting hid the origin, but the browser states that it is the page's own.
        origin = _own_origin(ctx, request)
    if not origin or origin == "null":
        raise APIError.of(403, BaseErrorCodes.MISSING_OR_NULL_ORIGIN)
    if not any(matches_origin_pattern(origin, trusted) for trusted in await ctx.trusted_origins()):
        logger.error("Invalid origin %r. If it is right, add it to trusted_origins.", _shown(origin))
        raise APIError.of(403, BaseErrorCodes.INVALID_ORIGIN)


def _shown(url: str) -> str:
    """Return an `Origin` or `Referer` for the log, without path and query, which may contain a token."""
    parsed = parse_url(url)
    return "(no URL)" if parsed is None else f"{parsed.protocol}//{parsed.host}"[:200]


def _own_origin(ctx: Context, request: Request) -> str:
    """Return the origin at which the browser reached this server, also behind a proxy that terminates TLS."""
    origin, base = ctx.auth.origin_of_request(request), ctx.auth.base_origin or ""
    return base if base.startswith("https://") and origin == f"http{base[5:]}" else origin


def _skips_csrf_check(ctx: Context) -> bool:
    advanced = ctx.options.advanced
    if advanced.disable_csrf_check is None:
        return advanced.disable_origin_check is True
    return advanced.disable_csrf_check


def _skips_origin_check(ctx: Context) -> bool:
    skipped = ctx.options.advanced.disable_origin_check
    if isinstance(skipped, bool):
        return skipped
    paths = [path.rstrip("/") for path in skipped]
    return any(ctx.path == path or ctx.path.startswith(f"{path}/") for path in paths)


def _is_truthy(value: Any) -> bool:
    """Return JavaScript's truth value: an empty object or list is true."""
    return bool(value) or isinstance(value, list | dict)
