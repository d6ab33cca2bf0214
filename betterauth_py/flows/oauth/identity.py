"""Who a provider says somebody is: a code becomes tokens, a profile and the key of an account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from betterauth_py.awaiting import resolve
from betterauth_py.core.auth_context import logger
from betterauth_py.core.caller import Caller
from betterauth_py.flows.oauth.errors import OAuthErrorCode, OAuthFailedError
from betterauth_py.oauth.errors import OAuthError
from betterauth_py.oauth.provider import CodeExchange
from betterauth_py.oauth.tokens import JsonObject, OAuthUser, Tokens

if TYPE_CHECKING:
    from betterauth_py.oauth.social_provider import SocialProvider


class AccountKey(NamedTuple):
    """What tells one user of one provider from all others."""

    provider_id: str
    account_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Somebody whom a provider vouches for."""

    key: AccountKey
    user: OAuthUser
    tokens: Tokens = field(repr=False)
    source: Mapping[str, Any] = field(repr=False)
    """How they came, for `user.validate_user_info`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """What a provider has sent the browser back with."""

    code: str = field(repr=False)
    code_verifier: str | None = field(default=None, repr=False)
    issuer: str | None = None
    """RFC 9207's `iss`."""
    device_id: str | None = None
    posted_user: JsonObject | None = None
    """What Apple tells about a new user, once."""
    id_token_nonce: str | None = field(default=None, repr=False)


def find_provider(ctx: Caller, provider_id: str) -> SocialProvider | None:
    """Return the provider called `provider_id`, or None: those of plugins come first."""
    found: SocialProvider | None = ctx.auth.oauth_providers.get(provider_id)
    return found


def refuses_sign_up(provider: SocialProvider, *, requested: bool) -> bool:
    """Return whether nobody new may come by a provider; `requested` is whether the client asked for a sign-up."""
    options = provider.options
    return options.disable_sign_up or (options.disable_implicit_sign_up and not requested)


async def is_trusted(ctx: Caller, provider_id: str) -> bool:
    """Return whether a provider's addresses count as verified whatever it says of them."""
    trusted = ctx.auth.options.account.account_linking.trusted_providers
    if callable(trusted):
        trusted = await resolve(trusted(ctx.request)) or []
    return provider_id in trusted


def redirect_uri(ctx: Caller, provider: SocialProvider) -> str:
    """Return where the provider is to send the browser back to."""
    return f"{ctx.base_url}{provider.callback_path}"


async def exchange_callback(ctx: Caller, provider: SocialProvider, callback: Callback) -> Identity:
    """Return whom the provider vouches for. Nothing of the database is held while it answers.

    Raises:
        OAuthFailedError: with the code that the error redirect tells.
    """
    if callback.issuer and provider.provider.issuer and callback.issuer != provider.provider.issuer:
        logger.error("A callback of %s names another issuer", provider.id)
        raise OAuthFailedError(OAuthErrorCode.ISSUER_MISMATCH)
    if provider.provider.requires_id_token_nonce and not callback.id_token_nonce:
        raise OAuthFailedError(OAuthErrorCode.NONCE_BINDING_MISSING)
    exchange = CodeExchange(
        code=callback.code,
        redirect_uri=redirect_uri(ctx, provider),
        code_verifier=callback.code_verifier,
        device_id=callback.device_id,
    )
    try:
        tokens = await provider.exchange(exchange)
    except OAuthError as error:
        logger.error("The code of %s could not be exchanged: %s", provider.id, error)
        raise OAuthFailedError(OAuthErrorCode.INVALID_CODE) from None
    asked = replace(tokens, expected_nonce=callback.id_token_nonce, posted_user=callback.posted_user)
    identity = await identity_of(provider, asked)
    if identity is None:
        raise OAuthFailedError(OAuthErrorCode.UNABLE_TO_GET_USER_INFO)
    return identity


async def identity_of(provider: SocialProvider, tokens: Tokens) -> Identity | None:
    """Return whom the tokens belong to, or None if the provider does not tell; the log knows why."""
    user = await read_profile(provider, tokens)
    if user is None or user.subject is None:
        logger.error("%s does not tell who the user is", provider.id)
        return None
    source = {"method": "oauth", "oauth": {"provider_id": provider.id, "profile": user.profile}}
    return Identity(key=AccountKey(provider.id, user.subject), user=user, tokens=tokens, source=source)


async def read_profile(provider: SocialProvider, tokens: Tokens) -> OAuthUser | None:
    """Return the user that the tokens belong to, or None if the provider does not tell; the log knows why."""
    try:
        return await provider.user(tokens)
    except Exception:
        # A function of the deployment: the client learns no more than if the provider failed.
        logger.exception("get_user_info or map_profile_to_user of %s failed", provider.id)
        return None
