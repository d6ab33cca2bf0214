"""The identity in an ID token of Google One Tap."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from betterauth_py.plugins import (
    AccountKey,
    APIError,
    AuthContext,
    ConfigurationError,
    EndpointContext,
    Identity,
    OAuthUser,
    SocialProvider,
    Tokens,
    find_provider,
    read_profile,
)
from betterauth_py.plugins.one_tap.options import OneTapOptions
from betterauth_py.plugins.tools import google, logger

Context = EndpointContext[Any, Any]
_SCOPES = ("openid", "profile", "email")


@dataclass(frozen=True)
class OneTap:
    """The verifier and the settings of the endpoint, in one auth."""

    verifier: SocialProvider
    """Google, with the accepted client ids (audiences)."""
    disable_sign_up: bool
    override_user_info: bool

    @classmethod
    def of(cls, auth: AuthContext, options: OneTapOptions) -> OneTap:
        """Build it from the options of the plugin and of `[social_providers.google]`, which may be disabled.

        Raises:
            ConfigurationError: if neither has a client id.
        """
        given = auth.options.social_providers.get("google")
        of_google = given if isinstance(given, google.GoogleOptions) else google.GoogleOptions()
        own = google.GoogleOptions(client_id=options.client_id or of_google.client_id, hd=of_google.hd)
        if not own.primary_client_id:
            raise ConfigurationError(
                "Option `plugins.one-tap.client_id` is missing. Set it, or `social_providers.google.client_id`, to the "
                "client id that Google has given to your application."
            )
        # Only Google's keys are requested, which needs no secret.
        provider = replace(google.provider(own), requires=())
        return cls(
            SocialProvider.of(auth, provider, own),
            disable_sign_up=options.disable_signup or of_google.disable_sign_up,
            override_user_info=of_google.override_user_info_on_sign_in,
        )

    async def identity(self, ctx: Context, id_token: str) -> Identity:
        """Verify a token (signature, audience, times, hosted domain) and return its identity.

        Raises:
            APIError: 400 if the token is invalid, or has no address.
        """
        tokens = Tokens(id_token=id_token, scopes=_SCOPES)
        claimed = await self._claimed(tokens)
        # If Google is a configured provider, its `get_user_info` and `map_profile_to_user` apply.
        provider = find_provider(ctx, "google")
        user = claimed if provider is None else await read_profile(provider, tokens)
        if user is None:
            raise _invalid()
        if user.email is None:
            raise APIError(400, {"message": "Email not available in token"})
        # Whatever the functions return, the account is that of the token's own subject.
        return Identity(key=AccountKey("google", str(claimed.subject)), user=_plain(user), tokens=tokens)

    async def _claimed(self, tokens: Tokens) -> OAuthUser:
        if not await self.verifier.verify_id_token(tokens.id_token or ""):
            logger.warning("An ID token of Google One Tap is not good")
            raise _invalid()
        claimed = await self.verifier.user(tokens)
        if claimed is None or claimed.subject is None or claimed.subject != claimed.profile["sub"]:
            raise _invalid()
        return claimed


def _invalid() -> APIError:
    # Errors of this endpoint have no code, as in better-auth 1.7.25.
    return APIError(400, {"message": "invalid id token"})


def _plain(user: OAuthUser) -> OAuthUser:
    """Return the user with a name (maybe empty) and, only if it is a string, an image."""
    fields = {**user.fields, "name": user.name or ""}
    if not isinstance(fields.get("image"), str):
        fields.pop("image", None)
    return replace(user, fields=fields)
