"""The options of the generic-oauth plugin: better-auth's, with its helpers (`auth0(...)`) as `preset`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from betterauth_py.plugins import MaybeAwaitable, Request, Seconds, Tokens
from betterauth_py.plugins.tools import ClientAuthentication, CodeExchange

PresetName = Literal[
    "auth0", "gumroad", "hubspot", "keycloak", "line", "microsoft-entra-id", "okta", "patreon", "slack", "yandex"
]
PromptName = Literal["none", "login", "create", "consent", "select_account", "select_account consent", "login consent"]
GetToken = Callable[[CodeExchange], MaybeAwaitable[Tokens]]
RefreshParameters = Callable[[Request | None], MaybeAwaitable[dict[str, str] | None]]


@dataclass(frozen=True, kw_only=True)
class GenericProviderOptions:
    """One provider: `[[plugins.generic-oauth.config]]`."""

    preset: PresetName | None = None
    """A service whose URLs, scopes and profile are known. Other options win over what is known."""
    domain: str | None = None
    """For `auth0`: your domain there, such as `example.eu.auth0.com`."""
    issuer: str | None = None
    """For `keycloak` and `okta`: the issuer's URL, such as `https://id.example.com/realms/main`."""
    tenant_id: str | None = None
    """For `microsoft-entra-id`: the id (GUID) of the tenant. For several tenants take the built-in `microsoft`."""
    provider_id: str | None = None
    """The id of the provider, as in `signIn.social({provider})` and `/callback/<id>`. Unset: the preset's name."""
    name: str | None = None
    """A name for people. Unset: the id."""
    end_session_endpoint: str | None = None
    """The page where the provider ends its own session (OpenID Connect RP-Initiated Logout), to which signing out
    leads. Unset: what discovery says."""
    post_logout_redirect_uri: str | None = None
    """Where the provider sends users afterwards, as registered there, unless the client sends `callbackURL`."""
    disable_provider_logout: bool = False
    """Whether signing out ends the session here only."""
    client_id: str
    """The id that the provider has given to your application."""
    client_secret: str | None = field(default=None, repr=False)
    """The secret that the provider has given to your application."""
    discovery_url: str | None = None
    """Where the provider describes itself (OpenID Connect Discovery): `<issuer>/.well-known/openid-configuration`.
    Asked at the start; if there is no answer, again when somebody wants to sign in with the provider."""
    discovery_headers: dict[str, str] = field(default_factory=dict, repr=False)
    """Headers of that request, and of the one for the keys if they are at the same origin."""
    authorization_url: str | None = None
    """The page that users are sent to. Unset: what discovery says."""
    token_url: str | None = None
    """The token endpoint. Unset: what discovery says."""
    user_info_url: str | None = None
    """The endpoint for the profile. Unset: what discovery says. Not asked if an ID token has an address."""
    require_id_token_verification: bool = False
    """Whether the provider is not offered unless its keys and its issuer are known by discovery."""
    disable_id_token_nonce_binding: bool = False
    """Whether ID tokens need not hold the nonce of the sign-in, for providers that do not return it. A stolen ID token
    can then be replayed."""
    account_subject: Callable[[dict[str, Any], Tokens], MaybeAwaitable[str | int]] | None = None
    """Gets the profile and the tokens; returns the provider's immutable id of the user. Unset: `sub` of providers whose
    discovery says how ID tokens are signed, else `id`. Changing it later makes other accounts of the same people."""
    scopes: list[str] | None = None
    """Scopes to ask for. Unset: none, or the preset's."""
    redirect_uri: str | None = None
    """Where the provider sends users back to, as registered there. Unset: `<base URL>/callback/<provider_id>`."""
    response_type: str = "code"
    """What the provider's page is asked to return."""
    response_mode: Literal["query", "form_post"] | None = None
    """How it returns it."""
    prompt: PromptName | None = None
    """What the provider asks of users who are signed in there already."""
    access_type: str | None = None
    """`offline` for a refresh token, where the provider has it so."""
    pkce: bool = True
    """Whether PKCE (RFC 7636) binds the code to the browser. Off only for providers that refuse it."""
    authorization_url_params: dict[str, str] = field(default_factory=dict)
    """Further parameters of the provider's page."""
    token_url_params: dict[str, str] = field(default_factory=dict)
    """Further parameters of the code exchange."""
    refresh_token_params: dict[str, str] | RefreshParameters | None = None
    """Further parameters of the request with a refresh token; or a function that gets the request that needs the new
    token (None outside of one) and returns them. A client chooses its headers and cookies: check what you take of them.
    """
    authorization_headers: dict[str, str] = field(default_factory=dict, repr=False)
    """Headers of requests to the token endpoint."""
    authentication: Literal["basic", "post"] | None = None
    """Whether the secret goes to the token endpoint in the header or in the body. Unset: in the body."""
    token_endpoint_auth: ClientAuthentication | None = None
    """The same with more to choose from: a signed assertion, or a function of yours. Wins over `authentication`."""
    access_token_expires_in: Seconds | None = None
    """How long an access token is good if the provider does not say. Without it such a token is never refreshed."""
    get_token: GetToken | None = None
    """Gets the code; returns the tokens. Replaces the request to the token endpoint."""
    get_user_info: Callable[[Tokens], MaybeAwaitable[dict[str, Any] | None]] | None = None
    """Gets the tokens; returns the profile (`id` or `sub`, `name`, `email`, `emailVerified`, `image`), or None if there
    is no such user. Replaces the request for the profile."""
    map_profile_to_user: Callable[[dict[str, Any]], MaybeAwaitable[dict[str, Any] | None]] | None = None
    """Gets the profile; returns fields of the user that differ from the profile's."""
    disable_implicit_sign_up: bool = False
    """Whether only a sign-in with `requestSignUp` makes a new user."""
    disable_sign_up: bool = False
    """Whether nobody becomes a new user with it."""
    override_user_info: bool = False
    """Whether each sign-in writes the provider's name, image and address over the user's."""
    require_email_verification: bool = False
    """Whether nobody gets a session whose address is not verified."""
    allow_idp_initiated: bool = False
    """Whether a callback without a state begins a sign-in of its own, for providers whose own pages link here."""


@dataclass(frozen=True, kw_only=True)
class GenericOAuthOptions:
    """Providers besides the built-in ones: `[plugins.generic-oauth]`."""

    config: list[GenericProviderOptions] = field(default_factory=list)
    """The providers. One with the id of a built-in provider takes its place."""
