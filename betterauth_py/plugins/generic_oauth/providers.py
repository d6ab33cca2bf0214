"""Builds a provider from its options and its discovery document."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from betterauth_py.plugins import UNDEFINED, SocialProvider, Tokens
from betterauth_py.plugins.generic_oauth.discovery import Discovered
from betterauth_py.plugins.generic_oauth.options import GenericProviderOptions, GetToken, RefreshParameters
from betterauth_py.plugins.generic_oauth.presets import Preset
from betterauth_py.plugins.tools import (
    BASIC,
    ClientAuthentication,
    CodeExchange,
    IdTokenVerification,
    JsonObject,
    LogoutRequest,
    OAuthError,
    Pkce,
    ProfileMap,
    Provider,
    ProviderOptions,
    UserInfoRequest,
    all_set,
    boolean_of,
    current_endpoint_context,
    get_origin,
    logger,
    read_claims,
    request_profile,
    resolve,
    resolve_url,
    to_text,
    value_at,
    with_query_parameter,
)


@dataclass(frozen=True, kw_only=True)
class Configured:
    """One provider of the options, completed by its preset."""

    options: GenericProviderOptions
    preset: Preset

    @property
    def id(self) -> str:
        """Its id."""
        return self.options.provider_id or ""


def make_provider(configured: Configured, discovered: Discovered | None) -> tuple[Provider, ProviderOptions]:
    """Return the provider and options of a `SocialProvider`; `discovered` is for one with a `discovery_url`.

    Raises:
        OAuthError: if an endpoint is missing, or the keys or issuer where ID tokens must be verified.
    """
    options = configured.options
    common = ProviderOptions(
        client_id=options.client_id,
        client_secret=options.client_secret,
        scope=options.scopes or [],
        redirect_uri=options.redirect_uri,
        map_profile_to_user=options.map_profile_to_user,
        disable_implicit_sign_up=options.disable_implicit_sign_up,
        disable_sign_up=options.disable_sign_up,
        override_user_info_on_sign_in=options.override_user_info,
        require_email_verification=options.require_email_verification,
    )
    return _provider(configured, discovered or Discovered()), common


def authentication_of(options: GenericProviderOptions) -> ClientAuthentication | None:
    """Return the client authentication that the options choose; None if they leave it open."""
    return options.token_endpoint_auth or (BASIC if options.authentication == "basic" else None)


def _provider(configured: Configured, discovered: Discovered) -> Provider:
    options, preset = configured.options, configured.preset
    page = options.authorization_url or discovered.authorization_endpoint
    token_url = options.token_url or discovered.token_endpoint
    if page is None or (token_url is None and options.get_token is None):
        raise OAuthError("its authorization or its token endpoint is not known")
    id_token = _id_token(options, discovered)
    if id_token is None and (options.require_id_token_verification or preset.requires_verification):
        raise OAuthError("its ID tokens cannot be verified: discovery says no issuer or no keys")
    fetch = _Fetch(configured, options.user_info_url or discovered.user_info_endpoint, id_token is not None)
    return Provider(
        id=configured.id,
        name=options.name or configured.id,
        authorization_endpoint=page,
        token_endpoint=token_url or "",
        request_scopes_first=True,
        # Without this scope there is no ID token.
        required_scopes=("openid",) if discovered.is_oidc else (),
        pkce=Pkce.SENT if options.pkce else Pkce.NOT_USED,
        response_type=options.response_type,
        parameters={
            "prompt": options.prompt,
            "access_type": options.access_type,
            "response_mode": options.response_mode,
        },
        takes_login_hint=True,
        default_parameters=options.authorization_url_params,
        client_authentication=authentication_of(options),
        exchange_headers=options.authorization_headers,
        exchange_parameters=options.token_url_params,
        refresh_headers=options.authorization_headers,
        refresh_parameters=partial(_refresh_parameters, options.refresh_token_params),
        can_refresh=token_url is not None,
        access_token_lifetime=options.access_token_expires_in,
        profile=ProfileMap(
            subject="sub" if discovered.is_oidc else "id",
            identify=_identify(configured, discovered, is_verified=id_token is not None),
            user={"email": "email", "emailVerified": _is_verified, "image": "image", "name": "name"},
            completed=_without_a_null_image,
        ),
        id_token=id_token,
        issuer=discovered.issuer,
        requires_id_token_nonce=id_token is not None and not options.disable_id_token_nonce_binding,
        allow_idp_initiated=options.allow_idp_initiated,
        exchange=partial(_exchange, options.get_token) if options.get_token is not None else None,
        fetch_profile=fetch,
        logout_url=_logout_url(options, options.end_session_endpoint or discovered.end_session_endpoint),
    )


def _id_token(options: GenericProviderOptions, discovered: Discovered) -> IdTokenVerification | None:
    if discovered.issuer is None or discovered.jwks_url is None:
        return None
    # The headers may hold secrets, which no other origin may see.
    is_theirs = get_origin(discovered.jwks_url) == get_origin(options.discovery_url or "")
    return IdTokenVerification(
        jwks_url=discovered.jwks_url,
        jwks_headers=options.discovery_headers if is_theirs else {},
        audiences=(options.client_id,),
        issuers=(discovered.issuer,),
        algorithms=discovered.algorithms,
        max_age=None,
    )


def _logout_url(options: GenericProviderOptions, endpoint: str | None) -> Callable[[LogoutRequest], str | None] | None:
    # The client goes to this URL, which discovery may have named: it must not be a script.
    if options.disable_provider_logout or not (get_origin(endpoint or "") or "").startswith("http"):
        return None
    page = str(endpoint)

    def build(request: LogoutRequest) -> str | None:
        after = request.after
        if after is None and options.post_logout_redirect_uri is not None:
            after = resolve_url(options.post_logout_redirect_uri, request.base_url)
        parameters = {
            "id_token_hint": request.id_token,
            "post_logout_redirect_uri": after,
            "client_id": options.client_id if after is not None or not request.id_token else None,
            "state": request.state if after is not None else None,
        }
        url = page
        for name, value in parameters.items():
            if value:
                url = with_query_parameter(url, page, name, value)
        return url

    return build


async def _exchange(get_token: GetToken, social: SocialProvider, exchange: CodeExchange) -> Tokens:
    try:
        tokens: Tokens = await resolve(get_token(exchange))
    except Exception as error:
        logger.exception("get_token of %s failed", social.id)
        raise OAuthError("get_token failed") from error
    # Tokens with scopes None come from a client.
    return replace(tokens, scopes=tokens.scopes or ())


async def _refresh_parameters(given: Mapping[str, str] | RefreshParameters | None) -> Mapping[str, str]:
    if not callable(given):
        return given or {}
    ctx = current_endpoint_context()
    returned: Mapping[str, str] | None = await resolve(given(None if ctx is None else ctx.request))
    return returned or {}


def _identify(
    configured: Configured, discovered: Discovered, *, is_verified: bool
) -> Callable[[JsonObject, Tokens], Any] | None:
    options, preset = configured.options, configured.preset
    if options.account_subject is not None:
        return options.account_subject
    if preset.subject is not None:
        subject = preset.subject
        return lambda profile, tokens: value_at(profile, subject)
    if not discovered.is_oidc or not is_verified:
        return None
    return lambda profile, tokens: ((read_claims(tokens.id_token) or {}) if tokens.id_token else profile).get("sub")


@dataclass(frozen=True)
class _Fetch:
    """Fetches a profile from the ID token, the user-info endpoint, or a function."""

    configured: Configured
    user_info_url: str | None
    verifies: bool

    async def __call__(self, social: SocialProvider, tokens: Tokens) -> tuple[JsonObject, JsonObject]:
        """Return the profile.

        Raises:
            OAuthError: if there is none, or the ID token is invalid or another user's.
        """
        if tokens.scopes is None:
            # An access token from a client does not authenticate the ID token sent with it.
            tokens = Tokens(id_token=tokens.id_token)
        claims: JsonObject | None = None
        if tokens.id_token and self.verifies:
            if not await social.verify_id_token(tokens.id_token, tokens.expected_nonce):
                raise OAuthError("its ID token is not for this application, this sign-in and now")
            claims = read_claims(tokens.id_token)
        profile, is_own = await self._profile(social, tokens)
        must_match = not is_own or profile.get("sub") is not None
        if claims is not None and must_match and to_text(value_at(profile, "sub")) != claims["sub"]:
            raise OAuthError("the profile is another user's than the ID token")
        return profile, {}

    async def _profile(self, social: SocialProvider, tokens: Tokens) -> tuple[JsonObject, bool]:
        """Return the profile, and whether a function of the options or the preset has returned it."""
        given: Any
        if self.configured.options.get_user_info is not None:
            given = await resolve(self.configured.options.get_user_info(tokens))
            if not isinstance(given, dict):
                raise OAuthError("get_user_info returns no profile")
            return given, True
        if self.configured.preset.fetch_profile is not None:
            return await self.configured.preset.fetch_profile(social, tokens), True
        return await self._standard(social, tokens), False

    async def _standard(self, social: SocialProvider, tokens: Tokens) -> JsonObject:
        claims = read_claims(tokens.id_token)
        if claims is not None and all_set("sub", "email")(claims):
            added = {"id": claims["sub"], "emailVerified": _verified(claims), "image": value_at(claims, "picture")}
            return _known({**added, **claims})
        if self.user_info_url is None:
            raise OAuthError("the ID token has no address, and there is no user-info endpoint")
        answer = await request_profile(social, UserInfoRequest(url=self.user_info_url), tokens)
        added = {"emailVerified": _verified(answer), "image": value_at(answer, "picture")}
        return _known({**answer, **added})


def _known(profile: JsonObject) -> JsonObject:
    return {name: value for name, value in profile.items() if value is not UNDEFINED}


def _verified(profile: JsonObject) -> bool:
    return boolean_of(profile.get("email_verified")) or False


def _is_verified(profile: JsonObject) -> bool:
    return boolean_of(profile.get("emailVerified")) or False


def _without_a_null_image(profile: JsonObject, user: JsonObject) -> JsonObject:
    return user if user.get("image") is not None else {name: user[name] for name in user if name != "image"}
