"""Tokens for a code, and for a refresh token (RFC 6749, 4.1.3 and 6)."""

from __future__ import annotations

import logging
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from betterauth_py.awaiting import resolve
from betterauth_py.errors import ConfigurationError
from betterauth_py.javascript.dates import from_milliseconds, to_milliseconds
from betterauth_py.javascript.values import trim
from betterauth_py.oauth.errors import OAuthError
from betterauth_py.oauth.http import Answer, ProviderClient
from betterauth_py.oauth.options import ProviderOptions
from betterauth_py.oauth.provider import (
    NO_AUTHENTICATION,
    POST,
    AssertionRequest,
    ClientAuthentication,
    CodeExchange,
    Pkce,
    Provider,
    TokenRequest,
)
from betterauth_py.oauth.tokens import Tokens, text_of
from betterauth_py.urls.queries import encode_query

logger = logging.getLogger("betterauth")
_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_HEADERS = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}


async def request_code_exchange(
    http: ProviderClient, provider: Provider, options: ProviderOptions, exchange: CodeExchange
) -> Answer:
    """Request the tokens for a code from the token endpoint.

    Raises:
        OAuthError: if the client authentication fails, or the endpoint does not answer.
    """
    body = {"grant_type": "authorization_code", "code": exchange.code}
    if exchange.code_verifier and provider.pkce is not Pkce.NOT_USED:
        body["code_verifier"] = exchange.code_verifier
    if options.client_key:
        body["client_key"] = options.client_key
    if exchange.device_id and provider.takes_device_id:
        body["device_id"] = exchange.device_id
    body["redirect_uri"] = options.redirect_uri or exchange.redirect_uri
    for name, value in provider.exchange_parameters.items():
        body.setdefault(name, value)
    return await _ask(http, provider, options, body, provider.exchange_headers, provider.client_authentication)


async def request_refresh(
    http: ProviderClient, provider: Provider, options: ProviderOptions, refresh_token: str
) -> Answer:
    """Request new tokens from the token endpoint.

    Raises:
        OAuthError: if the client authentication fails, or the endpoint does not answer.
    """
    body = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    further = provider.refresh_parameters
    for name, value in (await resolve(further()) if callable(further) else further).items():
        body.setdefault(name, value)
    authentication = provider.refresh_authentication or provider.client_authentication
    return await _ask(http, provider, options, body, provider.refresh_headers, authentication)


async def _ask(
    http: ProviderClient,
    provider: Provider,
    options: ProviderOptions,
    body: dict[str, str],
    headers: Mapping[str, str],
    authentication: ClientAuthentication | None,
) -> Answer:
    request = TokenRequest(
        body=body,
        headers={**_HEADERS, **{name.lower(): value for name, value in headers.items()}},
        token_endpoint=provider.token_endpoint,
        grant_type=body["grant_type"],
    )
    try:
        await authenticate(request, options, authentication)
    except Exception as error:
        # A function of the deployment failed: the client gets the same answer as if the provider had failed.
        logger.exception("The client authentication for %s failed", provider.name)
        raise OAuthError(f"the client authentication failed ({type(error).__name__})") from None
    return await http.send("POST", provider.token_endpoint, headers=request.headers, body=encode_query(request.body))


async def authenticate(
    request: TokenRequest, options: ProviderOptions, authentication: ClientAuthentication | None
) -> None:
    """Add the client authentication to a request to a token endpoint: by default the secret, if there is one."""
    chosen = authentication or (POST if options.client_secret else NO_AUTHENTICATION)
    client_id, secret = options.primary_client_id or "", options.client_secret or ""
    if chosen.method == "custom" and chosen.customize_request is not None:
        await resolve(chosen.customize_request(request))
    elif chosen.method == "client_secret_basic":
        request.headers["authorization"] = basic_credentials(client_id, secret)
    else:
        request.body["client_id"] = client_id
        if chosen.method == "client_secret_post":
            request.body["client_secret"] = secret
        if chosen.method == "private_key_jwt" and chosen.get_client_assertion is not None:
            asked = AssertionRequest(
                client_id=client_id, token_endpoint=request.token_endpoint, grant_type=request.grant_type
            )
            request.body["client_assertion"] = await resolve(chosen.get_client_assertion(asked))
            request.body["client_assertion_type"] = _ASSERTION_TYPE


def check_authentication(authentication: ClientAuthentication | None, secret: str | None, path: str) -> None:
    """Refuse a client authentication that needs a secret without one, or does not use the secret there is.

    Raises:
        ConfigurationError: naming the option `client_secret` at `path`.
    """
    method = authentication.method if authentication else "custom"
    if not secret and method in ("client_secret_basic", "client_secret_post"):
        raise ConfigurationError(f"Option `{path}.client_secret` is missing, which {method!r} sends. Set it.")
    if secret and method in ("none", "private_key_jwt"):
        raise ConfigurationError(f"Option `{path}.client_secret` does not go with {method!r}. Remove it.")


def basic_credentials(client_id: str, secret: str) -> str:
    """Return the value of the header `Authorization` (RFC 6749, 2.3.1: both are form-encoded first)."""
    encoded = ":".join(encode_query({"": text})[1:] for text in (client_id, secret))
    return f"Basic {b64encode(encoded.encode()).decode()}"


def tokens_of(answer: Answer, now: datetime) -> Tokens:
    """Return the tokens in the answer to a code exchange.

    An answer without tokens is accepted: better-auth continues with it, and then finds no user.

    Raises:
        OAuthError: if the answer is an error, or null.
    """
    if not answer.ok or answer.data is None:
        raise OAuthError(f"the token endpoint answers {answer.status}{error_code(answer)}")
    return read_tokens(answer.data if isinstance(answer.data, dict) else {}, now)


def refreshed_tokens_of(answer: Answer, now: datetime) -> Tokens:
    """Return the tokens in the answer to a refresh token.

    Raises:
        OAuthError: if there is no access token in it.
    """
    tokens = tokens_of(answer, now)
    if not tokens.access_token:
        raise OAuthError(f"the token endpoint answers without an access token{error_code(answer)}")
    return tokens


def read_tokens(answer: Mapping[str, Any], now: datetime) -> Tokens:
    """Return the tokens in an answer; values of a wrong type are ignored."""
    return Tokens(
        access_token=text_of(answer, "access_token"),
        refresh_token=text_of(answer, "refresh_token"),
        id_token=text_of(answer, "id_token"),
        token_type=text_of(answer, "token_type"),
        access_token_expires_at=expiry(answer.get("expires_in") or None, now),
        refresh_token_expires_at=expiry(answer.get("refresh_token_expires_in") or None, now),
        scopes=read_scopes(answer.get("scope")),
        raw=answer,
    )


def read_scopes(scope: Any) -> tuple[str, ...]:
    """Return the scopes in an answer: a space-separated string (RFC 6749, 3.3), or a list of strings."""
    if isinstance(scope, list):
        return tuple(filter(None, (trim(one) for one in scope if isinstance(one, str))))
    return tuple(scope.split()) if isinstance(scope, str) else ()


def expiry(seconds: Any, now: datetime) -> datetime | None:
    """Return the moment `seconds` from now; some providers send a string. None if it is no usable number."""
    if isinstance(seconds, bool) or not isinstance(seconds, str | int | float):
        return None
    try:
        return from_milliseconds(to_milliseconds(now) + int(float(seconds) * 1000))
    except (ValueError, OverflowError):
        return None


def error_code(answer: Answer) -> str:
    """Return the code of an OAuth error (RFC 6749, 5.2) for the log; never the description, which may echo input."""
    code = answer.data.get("error") if isinstance(answer.data, dict) else None
    return f" ({code})" if isinstance(code, str) and code.isascii() and code.isprintable() and len(code) < 50 else ""
