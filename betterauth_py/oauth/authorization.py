"""The URL that sends a user to a provider, byte for byte as better-auth 1.7.25 builds it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from betterauth_py.crypto.signing import hash_base64url
from betterauth_py.errors import ConfigurationError
from betterauth_py.oauth.options import ProviderOptions
from betterauth_py.oauth.provider import AuthorizationRequest, Pkce, Provider
from betterauth_py.urls.parsing import append_query, parse_url
from betterauth_py.urls.queries import encode_query, without_query_parameters

RESERVED_PARAMETERS: Final = (
    "state", "client_id", "redirect_uri", "response_type", "code_challenge", "code_challenge_method", "nonce", "scope",
)  # fmt: skip
"""Parameters that a request cannot set, because they bind the answer to the browser that began the sign-in."""
_BEFORE_LOGIN_HINT: Final = ("duration", "display")
_AFTER_LOGIN_HINT: Final = ("prompt", "hd", "access_type", "response_mode")


def authorization_url(provider: Provider, options: ProviderOptions, request: AuthorizationRequest) -> str:
    """Return the URL of the provider's page for this request."""
    parameters = {"response_type": provider.response_type, "client_id": options.primary_client_id or ""}
    parameters["state"] = request.state
    scopes = scopes_of(provider, options, request)
    if scopes:
        parameters["scope"] = provider.scope_separator.join(scopes)
    parameters["redirect_uri"] = options.redirect_uri or request.redirect_uri
    named = {name: value for name, value in provider.parameters.items() if value}
    parameters |= _picked(named, _BEFORE_LOGIN_HINT)
    if provider.takes_login_hint and request.login_hint:
        parameters["login_hint"] = request.login_hint
    if provider.requires_id_token_nonce and request.nonce:
        parameters["nonce"] = request.nonce
    parameters |= _picked(named, _AFTER_LOGIN_HINT)
    if provider.pkce is Pkce.SENT:
        parameters["code_challenge_method"] = "S256"
        parameters["code_challenge"] = code_challenge(request.code_verifier)
    parameters |= _picked(named, ("claims",))
    parameters |= additional_parameters(provider, request)
    endpoint = options.authorization_endpoint or provider.authorization_endpoint
    return append_query(without_query_parameters(endpoint, parameters), encode_query(parameters))


def scopes_of(provider: Provider, options: ProviderOptions, request: AuthorizationRequest) -> list[str]:
    """Return the scopes to request; most providers keep duplicates, as in better-auth."""
    if not provider.takes_scopes:
        return []
    default = [] if options.disable_default_scope else list(provider.scopes)
    own = (request.scopes, options.scope) if provider.request_scopes_first else (options.scope, request.scopes)
    asked = [*default, *own[0], *own[1]]
    scopes = [*(scope for scope in provider.required_scopes if scope not in asked), *asked]
    return list(dict.fromkeys(scopes)) if provider.distinct_scopes else scopes


def additional_parameters(provider: Provider, request: AuthorizationRequest) -> dict[str, str]:
    """Return the parameters beyond OAuth's own; a repeated one keeps its first position."""
    given = request.additional_parameters if provider.takes_additional_parameters else {}
    merged = {**provider.default_parameters, **given, **provider.fixed_parameters}
    return {name: value for name, value in merged.items() if name not in RESERVED_PARAMETERS}


def code_challenge(code_verifier: str) -> str:
    """Return the challenge of a code verifier, by S256 (RFC 7636, 4.2)."""
    return hash_base64url(code_verifier)


def _picked(parameters: Mapping[str, str], names: tuple[str, ...]) -> dict[str, str]:
    return {name: parameters[name] for name in names if name in parameters}


def check_endpoints(provider: Provider, options: ProviderOptions) -> None:
    """Refuse options that give no valid URL, such as an issuer without a scheme.

    Raises:
        ConfigurationError: naming the provider.
    """
    for endpoint in (options.authorization_endpoint or provider.authorization_endpoint, provider.token_endpoint):
        url = parse_url(endpoint)
        if url is None or url.protocol not in ("https:", "http:"):
            raise ConfigurationError(
                f"Options of `social_providers.{provider.id}` make the endpoint {endpoint!r}, which is no URL. Write "
                "issuers and pages as `https://id.example.com`."
            )
