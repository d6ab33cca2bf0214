"""The identity that a provider asserts: from a code to tokens, a profile and the key of an account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from betterauth_py.awaiting import resolve
from betterauth_py.core.auth_context import logger
from betterauth_py.core.caller import Caller
from betterauth_py.flows.oauth.errors import OAuthErrorCode, OAuthFailedError
from betterauth_py.javascript import json
from betterauth_py.oauth.errors import OAuthError
from betterauth_py.oauth.provider import CodeExchange
from betterauth_py.oauth.tokens import JsonObject, OAuthUser, Tokens

if TYPE_CHECKING:
    from betterauth_py.oauth.social_provider import SocialProvider


class AccountKey(NamedTuple):
    """The key that identifies one user of one provider."""

    provider_id: str
    account_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A user's identity as a provider asserts it."""

    key: AccountKey
    user: OAuthUser
    tokens: Tokens = field(repr=False)

    @property
    def source(self) -> Mapping[str, Any]:
        """How the user signs in, for `user.validate_user_info`."""
        return {"method": "oauth", "oauth": {"provider_id": self.key.provider_id, "profile": self.user.profile}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """The parameters of a provider's redirect back to this server."""

    code: str = field(repr=False)
    code_verifier: str | None = field(default=None, repr=False)
    issuer: str | None = None
    """RFC 9207's `iss`."""
    device_id: str | None = None
    posted_user: JsonObject | None = None
    """Apple's `user` parameter, sent at the first sign-in only."""
    id_token_nonce: str | None = field(default=None, repr=False)

    @classmethod
    def of(cls, query: Mapping[str, str], *, code_verifier: str | None, id_token_nonce: str | None) -> Callback:
        """Return the callback that a request's query is, with what its state keeps; it must have a code."""
        try:
            user = json.parse((query.get("user") or "").encode("utf-8", "replace"))
        except json.InvalidJSONError:
            user = None
        return cls(
            code=query["code"],
            code_verifier=code_verifier,
            issuer=query.get("iss"),
            device_id=query.get("device_id"),
            posted_user=user if isinstance(user, dict) else None,
            id_token_nonce=id_token_nonce,
        )


def find_provider(ctx: Caller, provider_id: str) -> SocialProvider | None:
    """Return the provider called `provider_id`, or None. Providers of plugins take precedence."""
    found: SocialProvider | None = ctx.auth.oauth_providers.get(provider_id)
    return found


def refuses_sign_up(provider: SocialProvider, *, requested: bool) -> bool:
    """Return whether a provider may not create users; `requested` is whether the client asked for a sign-up."""
    options = provider.options
    return options.disable_sign_up or (options.disable_implicit_sign_up and not requested)


async def is_trusted(ctx: Caller, provider_id: str) -> bool:
    """Return whether the options trust a provider's addresses even where it does not call them verified."""
    trusted = ctx.auth.options.account.account_linking.trusted_providers
    if callable(trusted):
        trusted = await resolve(trusted(ctx.request)) or []
    return provider_id in trusted


def redirect_uri(ctx: Caller, provider: SocialProvider) -> str:
    """Return the redirect URI, to which the provider sends the browser back."""
    return f"{ctx.base_url}{provider.callback_path}"


async def exchange_callback(ctx: Caller, provider: SocialProvider, callback: Callback) -> Identity:
    """Exchange a callback's code for an identity. No database connection is held while the provider answers.

    Raises:
        OAuthFailedError: with the code for the error redirect.
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
    """Return the identity that the tokens belong to, or None if the provider gives none; the reason is logged."""
    user = await read_profile(provider, tokens)
    if user is None or user.subject is None:
        logger.error("%s does not tell who the user is", provider.id)
        return None
    return Identity(key=AccountKey(provider.id, user.subject), user=user, tokens=tokens)


async def read_profile(provider: SocialProvider, tokens: Tokens) -> OAuthUser | None:
    """Return the user that the tokens belong to, or None if the provider gives none; the reason is logged."""
    try:
        return await provider.user(tokens)
    except Exception:
        # A function of the deployment failed: the client gets the same answer as if the provider had failed.
        logger.exception("get_user_info or map_profile_to_user of %s failed", provider.id)
        return None
