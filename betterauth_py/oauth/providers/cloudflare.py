"""Cloudflare: the user is inside an envelope of its API; its OpenID Connect endpoint returns only an id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from betterauth_py.oauth.options import ProviderOptions
from betterauth_py.oauth.profile import all_set, first_of
from betterauth_py.oauth.provider import (
    BASIC,
    NO_AUTHENTICATION,
    ClientAuthentication,
    ProfileMap,
    Provider,
    UserInfoRequest,
)
from betterauth_py.oauth.tokens import JsonObject
from betterauth_py.wire.coercion import to_text


@dataclass(frozen=True, kw_only=True)
class CloudflareOptions(ProviderOptions):
    """`[social_providers.cloudflare]`."""

    token_endpoint_auth_method: Literal["none", "client_secret_basic", "client_secret_post"] | None = None
    """How the token endpoint is shown who asks, as registered at Cloudflare. Unset: `client_secret_basic`, or `none`
    without a secret (a public client)."""
    token_endpoint_auth: ClientAuthentication | None = None
    """The same with more to choose from: a signed assertion, or a function of yours. Wins over
    `token_endpoint_auth_method`."""


OPTIONS: Final = CloudflareOptions


def provider(options: CloudflareOptions) -> Provider:
    """Return the provider for these options."""
    method = options.token_endpoint_auth_method
    named = ClientAuthentication(method=method) if method else BASIC if options.client_secret else NO_AUTHENTICATION
    return Provider(
        id="cloudflare",
        name="Cloudflare",
        authorization_endpoint="https://dash.cloudflare.com/oauth2/auth",
        token_endpoint="https://dash.cloudflare.com/oauth2/token",
        client_authentication=options.token_endpoint_auth or named,
        scopes=("user-details.read",),
        distinct_scopes=True,
        takes_additional_parameters=False,
        user_info=UserInfoRequest(url="https://api.cloudflare.com/client/v4/user"),
        profile=ProfileMap(
            within=("result",),
            accepts=all_set("success"),
            subject="id",
            user={"name": first_of(_full_name, "email"), "email": "email", "emailVerified": False},
        ),
    )


def _full_name(profile: JsonObject) -> str:
    parts = (profile.get("first_name"), profile.get("last_name"))
    return " ".join(to_text(part) for part in parts if part)
