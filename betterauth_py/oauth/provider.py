"""What a provider is, as data. Nothing here asks anybody anything; `social_provider` does."""

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
"""Keys within each other; a number is a place in a list."""
Source = str | Path | bool | Callable[[JsonObject], Any]
"""Where in a profile a value is: under a key, under keys within each other, always the same, or what a function of the
profile returns."""
Parameters = Callable[[], MaybeAwaitable[Mapping[str, str]]]


class Pkce(Enum):
    """What is done with the code verifier (RFC 7636)."""

    NOT_USED = auto()
    SENT = auto()
    """The challenge goes to the provider's page, the verifier to its token endpoint."""
    EXCHANGE_ONLY = auto()
    """The verifier goes to the token endpoint, though no challenge went before it."""


@dataclass(frozen=True, kw_only=True)
class AssertionRequest:
    """What a client assertion is made for."""

    client_id: str
    token_endpoint: str
    grant_type: str


@dataclass(frozen=True, kw_only=True)
class TokenRequest:
    """A request to a token endpoint that is being made; a custom client authentication may change both parts."""

    body: dict[str, str] = field(repr=False)
    headers: dict[str, str] = field(repr=False)
    """Under names in lower case."""
    token_endpoint: str
    grant_type: str


@dataclass(frozen=True, kw_only=True)
class ClientAuthentication:
    """How this server proves to a token endpoint who it is."""

    method: Literal["client_secret_post", "client_secret_basic", "private_key_jwt", "none", "custom"]
    """In the body, in the header, by a signed assertion (RFC 7523), not at all, or by a function of yours."""
    get_client_assertion: Callable[[AssertionRequest], MaybeAwaitable[str]] | None = field(default=None, repr=False)
    """Returns the assertion: for `private_key_jwt`."""
    customize_request: Callable[[TokenRequest], MaybeAwaitable[None]] | None = field(default=None, repr=False)
    """Changes the request: for `custom`."""

    def __post_init__(self) -> None:
        """Refuse a method without its function.

        Raises:
            ConfigurationError: naming the function.
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
    """The request for a user's profile, which is asked with the access token."""

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
    """The keys within which the answer holds the profile."""
    accepts: Callable[[JsonObject], bool] | None = None
    """Judges the answer, or the ID token's claims, before the profile is taken out of it."""
    identify: Callable[[JsonObject, Tokens], MaybeAwaitable[Any]] | None = None
    """Returns the provider's id of the user, where that takes more than the profile: in the place of `subject`."""
    completed: Callable[[JsonObject, JsonObject], JsonObject] | None = None
    """Gets the profile and the user's fields after `map_profile_to_user`; returns the final ones, or raises OAuthError
    to refuse."""


@dataclass(frozen=True, kw_only=True)
class IdTokenVerification:
    """What an ID token that a client sends has to be (OpenID Connect Core, 3.1.3.7)."""

    jwks_url: str
    """Where the provider publishes its keys."""
    jwks_headers: Mapping[str, str] = field(default_factory=dict)
    """What the request for them needs."""
    audiences: tuple[str, ...]
    """The client ids, one of which it has to be for."""
    issuers: tuple[str, ...] = ()
    """Who may have issued it; empty if `accepts` says so."""
    algorithms: tuple[str, ...] = ("RS256",)
    max_age: int | None = 3600
    """Most seconds since its issue; None for any."""
    hashed_nonce: bool = False
    """Whether the SHA-256 of the nonce, in hex, will do as well (Apple)."""
    allows_opaque: bool = False
    """Whether what is no JWT is passed on to the request for the profile, which then has to judge it (Facebook)."""
    accepts: Callable[[JsonObject], bool] | None = None
    """Judges the claims besides."""


@dataclass(frozen=True, kw_only=True)
class Provider:
    """One provider, for one set of options. better-auth 1.7.25's differences between providers are its fields."""

    id: str
    name: str
    """As better-auth writes it."""
    authorization_endpoint: str
    """The page that users are sent to."""
    token_endpoint: str

    scopes: tuple[str, ...] = ()
    """Asked for by default."""
    request_scopes_first: bool = False
    """Whether the request's own scopes stand before those of the options."""
    distinct_scopes: bool = False
    """Whether a scope that is there twice is asked for once."""
    required_scopes: tuple[str, ...] = ()
    """Asked for before the others, where nobody asks for them."""
    takes_scopes: bool = True
    """Whether the scopes of the options and the request are asked for at all."""
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
    """The options without which nobody can sign in."""
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
    """Seconds that an access token is good for if the provider does not say; None for a token that does not end."""

    user_info: UserInfoRequest | None = None
    """Unset: the profile is what the ID token claims."""
    profile: ProfileMap
    id_token: IdTokenVerification | None = None
    """Unset: no client can sign in with an ID token."""

    issuer: str | None = None
    """What a callback's `iss` has to be, where it has one (RFC 9207)."""
    requires_id_token_nonce: bool = False
    """Whether each sign-in is bound to a nonce, which the ID token has to hold."""
    allow_idp_initiated: bool = False
    """Whether a callback without a state begins a sign-in of its own."""
    callback_path: str | None = None
    """The path under the base path where it sends users back to. Unset: `/callback/<id>`."""

    # Only what data cannot say.
    build_authorization_url: Callable[[SocialProvider, AuthorizationRequest], str] | None = None
    exchange: Callable[[SocialProvider, CodeExchange], Awaitable[Tokens]] | None = None
    refresh: Callable[[SocialProvider, str], Awaitable[Tokens]] | None = None
    fetch_profile: Callable[[SocialProvider, Tokens], Awaitable[tuple[JsonObject, JsonObject]]] | None = None
    """Gets the profile, and the fields of the user that are not in it; raises OAuthError if there is no such user."""
    verify_id_token: Callable[[SocialProvider, str, str | None], Awaitable[bool]] | None = None
    """Judges an ID token that a client sends, in the place of `id_token`."""
    check_tokens: Callable[[SocialProvider, Tokens], Awaitable[bool]] | None = None
    """Judges tokens before the `get_user_info` of the options is asked."""


@dataclass(frozen=True, kw_only=True)
class AuthorizationRequest:
    """What one authorization URL is made of, besides the provider."""

    state: str = field(repr=False)
    code_verifier: str = field(repr=False)
    redirect_uri: str
    """Where the provider sends the user back to, unless its options say otherwise."""
    scopes: tuple[str, ...] = ()
    login_hint: str | None = None
    nonce: str | None = field(default=None, repr=False)
    additional_parameters: Mapping[str, str] = field(default_factory=dict)
    """What the request adds; reserved names are left out."""


@dataclass(frozen=True, kw_only=True)
class CodeExchange:
    """What a code is exchanged with."""

    code: str = field(repr=False)
    redirect_uri: str
    code_verifier: str | None = field(default=None, repr=False)
    device_id: str | None = None
