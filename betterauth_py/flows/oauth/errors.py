"""Errors of a sign-in with a provider, as the error redirect passes them to a page: `?error=invalid_code`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

from betterauth_py.core.context import EndpointContext
from betterauth_py.core.origin import at_application
from betterauth_py.urls.parsing import append_query
from betterauth_py.urls.queries import encode_query
from betterauth_py.wire.errors import APIError

Context = EndpointContext[Any, Any]


class OAuthErrorCode(StrEnum):
    """The codes of better-auth 1.7.25's error redirects."""

    STATE_NOT_FOUND = "state_not_found"
    STATE_MISMATCH = "state_mismatch"
    STATE_INVALID = "state_invalid"
    INTERNAL_SERVER_ERROR = "internal_server_error"
    INVALID_CALLBACK_REQUEST = "invalid_callback_request"
    NO_CODE = "no_code"
    PROVIDER_NOT_FOUND = "oauth_provider_not_found"
    ISSUER_MISMATCH = "issuer_mismatch"
    INVALID_CODE = "invalid_code"
    NONCE_BINDING_MISSING = "nonce_binding_missing"
    UNABLE_TO_GET_USER_INFO = "unable_to_get_user_info"
    UNABLE_TO_LINK_ACCOUNT = "unable_to_link_account"
    EMAIL_DOES_NOT_MATCH = "email_does_not_match"
    ACCOUNT_ALREADY_LINKED_TO_DIFFERENT_USER = "account_already_linked_to_different_user"
    EMAIL_NOT_FOUND = "email_not_found"
    EMAIL_NOT_VERIFIED = "email_not_verified"
    ACCOUNT_NOT_LINKED = "account_not_linked"
    SIGNUP_DISABLED = "signup_disabled"
    UNABLE_TO_CREATE_USER = "unable_to_create_user"
    UNABLE_TO_CREATE_SESSION = "unable_to_create_session"
    UNABLE_TO_UPDATE_ACCOUNT = "unable_to_update_account"


class OAuthFailedError(Exception):
    """A sign-in or a link with a provider has failed."""

    def __init__(self, code: str, description: str | None = None) -> None:
        """Take what the client gets: a code and, optionally, a description."""
        super().__init__(code)
        self.code = code
        self.description = description


def error_page(ctx: Context) -> str:
    """Return the URL of the error page, for errors that name no URL of their own."""
    return ctx.options.on_api_error.error_url or f"{ctx.base_url}/error"


def error_redirect(ctx: Context, url: str | None, code: str, description: str | None = None) -> APIError:
    """Return the redirect that reports an error, to `url` or, without one, to the error page."""
    parameters = {"error": code, **({"error_description": description} if description else {})}
    for place in (at_application(ctx, url) if url else error_page(ctx), f"{ctx.base_url}/error"):
        try:
            return APIError.redirect(append_query(place, encode_query(parameters)))
        except ValueError:
            continue
    return APIError(500)


@contextmanager
def redirecting_failures(ctx: Context, url: str | None) -> Iterator[None]:
    """Turn a failed sign-in or link, and the refusal of a hook, into the redirect to `url` that reports it.

    Raises:
        APIError: the redirect, or an error without a code as it is.
    """
    try:
        yield
    except OAuthFailedError as error:
        raise error_redirect(ctx, url, error.code, error.description) from None
    except APIError as error:
        if error.code is None:
            raise
        raise error_redirect(ctx, url, error.code, str((error.body or {}).get("message") or "")) from None
