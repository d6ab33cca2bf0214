"""Redirects back to the application with a parameter."""

from __future__ import annotations

from urllib.parse import urlencode

from betterauth_py.urls.parsing import append_query, with_query_parameter
from betterauth_py.wire.errors import APIError, BaseErrorCodes


def redirect_with(callback_url: str, base_url: str, name: str, value: str) -> APIError:
    """Return the redirect to the absolute form of `callback_url`, with one parameter set or replaced."""
    try:
        return APIError.redirect(with_query_parameter(callback_url, base_url, name, value))
    except ValueError:
        return APIError.of(403, BaseErrorCodes.INVALID_CALLBACK_URL)


def redirect_appending(callback_url: str, name: str, value: str) -> APIError:
    """Return the redirect to `callback_url` as it is, relative or not, with one parameter appended."""
    try:
        return APIError.redirect(append_query(callback_url, urlencode({name: value})))
    except ValueError:
        return APIError.of(403, BaseErrorCodes.INVALID_CALLBACK_URL)
