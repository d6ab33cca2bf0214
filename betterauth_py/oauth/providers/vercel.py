"""Vercel: no default scopes, a choice of client authentication, no refresh tokens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from betterauth_py.errors import ConfigurationError
from betterauth_py.oauth.options import ProviderOptions
from betterauth_py.oauth.profile import known_of
from betterauth_py.oauth.provider import ClientAuthentication, ProfileMap, Provider, UserInfoRequest


@dataclass(frozen=True, kw_only=True)
class VercelOptions(ProviderOptions):
    """`[social_providers.vercel]`."""

    token_endpoint_auth: ClientAuthentication | None = None
    """How this server proves to Vercel who it is, such as `{ method = "client_secret_basic" }`. Unset: by the secret in
    the body if there is one."""


OPTIONS: Final = VercelOptions


def provider(options: VercelOptions) -> Provider:
    """Return the provider for these options.

    Raises:
        ConfigurationError: if the client authentication does not go with whether there is a secret.
    """
    _check(options)
    return Provider(
        id="vercel",
        name="Vercel",
        authorization_endpoint="https://vercel.com/oauth/authorize",
        token_endpoint="https://api.vercel.com/login/oauth/token",
        client_authentication=options.token_endpoint_auth,
        can_refresh=False,
        user_info=UserInfoRequest(url="https://api.vercel.com/login/oauth/userinfo"),
        profile=ProfileMap(
            subject="sub",
            user={
                "name": known_of("name", "preferred_username", default=""),
                "email": "email",
                "image": "picture",
                "emailVerified": known_of("email_verified", default=False),
            },
        ),
    )


def _check(options: VercelOptions) -> None:
    method = None if options.token_endpoint_auth is None else options.token_endpoint_auth.method
    if options.client_secret and method in ("private_key_jwt", "none"):
        problem = f"{method!r} does not go with a client secret. Remove `social_providers.vercel.client_secret`."
    elif not options.client_secret and method in ("client_secret_basic", "client_secret_post"):
        problem = f"{method!r} needs a client secret. Set `social_providers.vercel.client_secret`."
    else:
        return
    raise ConfigurationError(f"Option `social_providers.vercel.token_endpoint_auth`: {problem}")
