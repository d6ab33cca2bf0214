"""Trusted origins, checked and normalized at the start."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from betterauth_py.errors import ConfigurationError
from betterauth_py.options.from_environment import EnvironmentText
from betterauth_py.urls.origin_patterns import DEFAULT_PORTS, OriginPatternError, check_app_scheme, check_wildcard
from betterauth_py.urls.parsing import CONTROL_CHARACTER, parse_url
from betterauth_py.urls.wildcards import has_wildcards

_logger = logging.getLogger("betterauth")


def normalize_origins(origins: Iterable[str], setting: str) -> list[str]:
    """Return origins as browsers write them: capitals, a trailing slash and a default port make no difference.

    Args:
        origins: exact, with wildcards, or of an app's scheme; empty ones are left out.
        setting: where they come from, as the message names it.

    Raises:
        ConfigurationError: if one is no origin, or trusts names that anybody can register.
    """
    normalized: list[str] = []
    for origin in origins:
        if not origin.strip():
            continue
        try:
            normalized.append(_normalize(origin))
        except OriginPatternError as error:
            if isinstance(origin, EnvironmentText):
                # The reason may repeat it.
                hint = "Write for example https://app.example.com"
                raise ConfigurationError(f"{setting}: {origin!r} is not an origin. {hint}.") from None
            raise ConfigurationError(f"{setting}: {origin.strip()!r} {error}.") from None
    return list(dict.fromkeys(normalized))


def normalize_app_url(app_url: str) -> str:
    """Return the origin of the application.

    Raises:
        ConfigurationError: if that is not the URL of one site.
    """
    setting = "Option `app_url` (BETTER_AUTH_APP_URL)"
    if has_wildcards(app_url) or not app_url.strip().lower().startswith(("https://", "http://")):
        raise ConfigurationError(f"{setting}: {app_url!r} is not one site. Write for example https://app.example.com.")
    return normalize_origins([app_url], setting)[0]


def usable_origins(origins: Iterable[Any]) -> list[str]:
    """Return the origins that a function returned for a request, without those that would be refused at the start."""
    usable = (_usable(origin) for origin in origins if isinstance(origin, str) and origin)
    return [origin for origin in usable if origin is not None]


@lru_cache(maxsize=1024)
def _usable(origin: str) -> str | None:
    try:
        return _normalize(origin)
    except OriginPatternError as error:
        _logger.error("The function `trusted_origins` returned %r, which %s. It is ignored", origin[:200], error)
        return None


def _normalize(origin: str) -> str:
    text = origin.strip()
    if has_wildcards(text):
        return check_wildcard(text)
    scheme, mark, rest = text.partition("://")
    if scheme.lower() in DEFAULT_PORTS and mark:
        return _web_origin(text)
    # Electron's client calls its origin `com.example.app:/`.
    if mark or text.endswith(":/") or (text.endswith(":") and "." not in text):
        if not mark:
            scheme, rest = text.rstrip("/")[:-1], ""
        if CONTROL_CHARACTER.search(rest) or " " in rest:
            raise OriginPatternError("has white space or control characters in it. Take them out")
        return f"{check_app_scheme(scheme)}://{rest}"
    guess = "http" if text.lower().startswith("localhost") else "https"
    raise OriginPatternError(f"is not an origin. Write {guess}://{text}")


def _web_origin(text: str) -> str:
    url = parse_url(text)
    if url is None or not url.hostname:
        raise OriginPatternError("is not an origin. Write for example https://app.example.com")
    origin = str(url.origin)
    if url.username or url.password or url.search or url.hash or url.pathname not in {"", "/"}:
        raise OriginPatternError(f"is not an origin: an origin has no path. Write {origin}")
    return origin
