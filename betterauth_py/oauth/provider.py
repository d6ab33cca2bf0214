"""A provider as data. Nothing here sends requests; `social_provider` does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, Literal

from betterauth_py.errors import ConfigurationError
from betterauth_py.oauth.tokens import JsonObject, Tokens
from betterauth_py.options.types import MaybeAwaitable

if TYPE_CHECKING:
    from betterauth_py.oauth.social_provider import SocialProvider

Path = tuple[str | int, ...]
"""A path of nested keys; a number is an index of a list."""
Source = str | Path | bool | Callable[[JsonObject], Any]
"""Where a value comes from: a key of the profile, a path of nested keys, a constant, or a function of the profile."""
Parameters = Callable[[], MaybeAwaitable[Mapping[str, str]]]


class Pkce(Enum):
    """How the code verifier is used (RFC 7636)."""

    NOT_USED = auto()
    SENT = auto()
    """The challenge goes to the provider's page, the verifier to its token endpoint."""
    EXCHANGE_ONLY = auto()
    """The verifier goes to the token endpoint although no challenge was sent before it."""


@dataclass(frozen=True, kw_only=True)
class AssertionRequest:
    """What a client assertion is made for."""

    client_id: str
    token_endpoint: str
    grant_type: str


@dataclass(frozen=True, kw_only=True)
class TokenRequest:
    """A request to a token endpoint before it is sent; a custom client authentication may change both parts."""

    body: dict[str, str] = field(repr=False)
    headers: dict[str, str] = field(repr=False)
    """Header names are in lower case."""
    token_endpoint: str
    grant_type: str


@dataclass(frozen=True, kw_only=True)
class ClientAuthentication:
    """How this server authenticates to a token endpoint (RFC 6749, 2.3)."""

    method: Literal["client_secret_post", "client_secret_basic", "private_key_jwt", "none", "custom"]
    """In the body, in the header, by a signed assertion (RFC 7523), not at all, or by your own function."""
    get_client_assertion: Callable[[AssertionRequest], MaybeAwaitable[str]] | None = field(default=None, repr=False)
    """Returns the assertion: for `private_key_jwt`."""
    customize_request: Callable[[TokenRequest], MaybeAwaitable[None]] | None = field(default=None, repr=False)
    """Changes the request: for `custom`."""

    def __post_init__(self) -> None:
        """Refuse a method without its function.

        Raises:
            ConfigurationError: naming the missing function.
        """
        functions = {"private_key_jwt": "get_client_assertion", "custom": "customize_request"}
        needed = functions.get(self.method)
        if needed is not None and getattr(self, needed) is None:
            raise ConfigurationError(
                f"The client authentication {self.method!r} needs `{needed}`. Set it to a function."
            )


POST = ClientAuthentication(method="client_secret_post")
BASIC = ClientAuthentication(method="client_secret_basic")
NO_AUTHENTICATION = ClientAuthentication(method="none")


@dataclass(frozen=True, kw_only=True)
class UserInfoRequest:
    """The request for a user's profile, sent with the access token."""

    url: str
    method: Literal["GET", "POST"] = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    """Besides the access token."""
    body: str | None = None


@dataclass(frozen=True, kw_only=True)
class ProfileMap:
    """Where in a profile the fields of a user are."""

    subject: Source
    """The provider's immutable id of the user."""
    user: Mapping[str, Source]
    """The user's fields by their wire names, in the order in which `/account-info` shows them."""
    within: Path = ()
    """The path of keys to the profile in the answer."""
    accepts: Callable[[JsonObject], bool] | None = None
    """Checks the answer, or the ID token's claims, before the profile is read from it."""
    identify: Callable[[JsonObject, Tokens], MaybeAwaitable[Any]] | None = None
    """Returns the provider's id of the user instead of `subject`, where that takes more than the profile."""
    completed: Callable[[JsonObject, JsonObject], JsonObject] | None = None
    """Gets the profile and the user's fields after `map_profile_to_user`; returns the final ones, or raises OAuthError
    to refuse."""


@dataclass(frozen=True, kw_only=True)
class IdTokenVerification:
    """The requirements for an ID token that a client sends (OpenID Connect Core, 3.1.3.7)."""

    jwks_url: str
    """Where the provider publishes its keys."""
    jwks_headers: Mapping[str, str] = field(default_factory=dict)
    """The headers of the request for the keys."""
    audiences: tuple[str, ...]
    """The client ids, one of which must be its audience."""
    issuers: tuple[str, ...] = ()
    """The accepted issuers; empty if `accepts` checks the issuer."""
    algorithms: tuple[str, ...] = ("RS256",)
    max_age: int | None = 3600
    """The maximum age in seconds since its issue; None for no limit."""
    hashed_nonce: bool = False
    """Whether the SHA-256 of the nonce, in hex, is accepted as well (Apple)."""
    allows_opaque: bool = False
    """Whether a token that is not a JWT is passed on to the request for the profile, which must check it (Facebook)."""
    accepts: Callable[[JsonObject], bool] | None = None
    """A further check of the claims."""


@dataclass(frozen=True, kw_only=True)
class Provider:
    """One provider with its options. The fields cover how the providers of better-auth 1.7.25 differ."""

    id: str
    name: str
    """The id, as in better-auth."""
    authorization_endpoint: str
    """The page that users are sent to."""
    token_endpoint: str

    scopes: tuple[str, ...] = ()
    """The scopes requested by default."""
    request_scopes_first: bool = False
    """Whether the request's own scopes come before those of the options."""
    distinct_scopes: bool = False
    """Whether duplicate scopes are removed."""
    required_scopes: tuple[str, ...] = ()
    """Scopes put before the others unless they are requested already."""
    takes_scopes: bool = True
    """Whether the scopes of the options and the request are sent at all."""
    scope_separator: str = " "
    pkce: Pkce = Pkce.SENT
    response_type: str = "code"
    parameters: Mapping[str, str | None] = field(default_factory=dict)
    """Of `duration`, `display`, `prompt`, `hd`, `access_type`, `response_mode` and `claims`, those that are sent."""
    takes_login_hint: bool = False
    default_parameters: Mapping[str, str] = field(default_factory=dict)
    """Further parameters, which the request's own override."""
    fixed_parameters: Mapping[str, str] = field(default_factory=dict)
    """Further parameters, which nothing overrides."""
    takes_additional_parameters: bool = True

    requires: tuple[str, ...] = ("client_id",)
    """The required options."""
    client_authentication: ClientAuthentication | None = None
    """Unset: the secret in the body, or none if there is no secret."""
    refresh_authentication: ClientAuthentication | None = None
    """Unset: as `client_authentication`."""
    exchange_headers: Mapping[str, str] = field(default_factory=dict)
    """Besides `content-type` and `accept`, which they may replace."""
    exchange_parameters: Mapping[str, str] = field(default_factory=dict)
    """Besides OAuth's own, which they cannot replace."""
    takes_device_id: bool = False
    """Whether the callback's `device_id` goes to the token endpoint (VK)."""
    refresh_headers: Mapping[str, str] = field(default_factory=dict)
    """As `exchange_headers`, for the request with a refresh token."""
    refresh_parameters: Mapping[str, str] | Parameters = field(default_factory=dict)
    """Besides the refresh token, which they cannot replace; or a function that returns them."""
    can_refresh: bool = True
    access_token_lifetime: int | None = None
    """Seconds that an access token is valid if the provider does not say; None for a token that does not expire."""

    user_info: UserInfoRequest | None = None
    """Unset: the profile is the ID token's claims."""
    profile: ProfileMap
    id_token: IdTokenVerification | None = None
    """Unset: no client can sign in with an ID token."""

    issuer: str | None = None
    """The required `iss` of a callback that has one (RFC 9207)."""
    requires_id_token_nonce: bool = False
    """Whether each sign-in is bound to a nonce, which the ID token must contain."""
    allow_idp_initiated: bool = False
    """Whether a callback without a state begins a sign-in of its own."""
    callback_path: str | None = None
    """The path under the base path where it sends users back to. Unset: `/callback/<id>`."""

    # Functions, for what data cannot express.
    build_authorization_url: Callable[[SocialProvider, AuthorizationRequest], str] | None = None
    exchange: Callable[[SocialProvider, CodeExchange], Awaitable[Tokens]] | None = None
    refresh: Callable[[SocialProvider, str], Awaitable[Tokens]] | None = None
    fetch_profile: Callable[[SocialProvider, Tokens], Awaitable[tuple[JsonObject, JsonObject]]] | None = None
    """Gets the profile, and the fields of the user that are not in it; raises OAuthError if there is no such user."""
    verify_id_token: Callable[[SocialProvider, str, str | None], Awaitable[bool]] | None = None
    """Checks an ID token that a client sends, instead of `id_token`."""
    check_tokens: Callable[[SocialProvider, Tokens], Awaitable[bool]] | None = None
    """Checks tokens before the `get_user_info` of the options is called."""
    logout_url: Callable[[LogoutRequest], str | None] | None = None
    """Returns the URL at which the provider ends its own session (OpenID Connect RP-Initiated Logout), or None."""


@dataclass(frozen=True, kw_only=True)
class AuthorizationRequest:
    """The parts of one authorization URL, besides the provider."""

    state: str = field(repr=False)
    code_verifier: str = field(repr=False)
    redirect_uri: str
    """Where the provider sends the user back to, unless its options say otherwise."""
    scopes: tuple[str, ...] = ()
    login_hint: str | None = None
    nonce: str | None = field(default=None, repr=False)
    additional_parameters: Mapping[str, str] = field(default_factory=dict)
    """The request's additional parameters; reserved names are left out."""


@dataclass(frozen=True, kw_only=True)
class LogoutRequest:
    """A sign-out that goes on at the provider."""

    id_token: str | None = field(default=None, repr=False)
    """The user's last ID token, by which the provider knows whom to sign out."""
    after: str | None = None
    """Where the provider sends the user afterwards, absolute; None for what its options say."""
    state: str | None = None
    """What the provider returns to that URL."""
    base_url: str
    """The URL of this server's endpoints, for relative URLs."""


@dataclass(frozen=True, kw_only=True)
class CodeExchange:
    """The parameters of a code exchange."""

    code: str = field(repr=False)
    redirect_uri: str
    code_verifier: str | None = field(default=None, repr=False)
    device_id: str | None = None
