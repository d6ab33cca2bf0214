"""OAuth's state: what a sign-in with a provider stores until the callback (RFC 6749, 10.12; RFC 9700, 4.7).

The wire format is that of better-auth 1.7.25. In addition, a state is bound to the provider it was made for, and can be
used once only, whether it is stored in the database or in a cookie.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from betterauth_py.core.auth_context import AuthContext, logger
from betterauth_py.core.call_state import StateKey
from betterauth_py.core.context import EndpointContext
from betterauth_py.crypto.purpose import secrets_for
from betterauth_py.crypto.random import generate_id
from betterauth_py.crypto.symmetric import UndecryptableError, decrypt, encrypt
from betterauth_py.flows.oauth.errors import OAuthErrorCode, error_page, error_redirect
from betterauth_py.flows.single_use import store_quietly, store_single_use_value, use_first
from betterauth_py.javascript import json
from betterauth_py.javascript.values import UNDEFINED
from betterauth_py.store.hooks import Row
from betterauth_py.urls.parsing import get_origin
from betterauth_py.wire.errors import APIError, BaseErrorCodes

if TYPE_CHECKING:
    from betterauth_py.oauth.social_provider import SocialProvider

Context = EndpointContext[Any, Any]

_STATE_LIFE: Final = 600
_COOKIE_LIFE: Final = 300
_PURPOSE: Final = "oauth-state-cookie"
_LINK_PURPOSE: Final = "oauth-link-session-token"
_CURRENT: Final[StateKey[Row]] = StateKey("OAuth state")
_SERVER_CONTEXT: Final[StateKey[Row]] = StateKey("server context of the OAuth state")
# Ours: better-auth 1.7.25 has no such key, and ignores it.
_PROVIDER: Final = "oauthProvider"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkIntent:
    """The user that the provider's account will be linked to."""

    user_id: str
    email: str
    encrypted_session_token: str | None = field(default=None, repr=False)
    """The token of the session that asked for the link, which must still exist at the callback. None: there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The stored state, after the check that it belongs to this browser and this provider."""

    callback_url: str
    code_verifier: str = field(repr=False)
    error_url: str | None = None
    """The URL for errors; None for the error page."""
    new_user_url: str | None = None
    link: LinkIntent | None = None
    request_sign_up: bool = False
    id_token_nonce: str | None = field(default=None, repr=False)
    server_context: Mapping[str, Any] = field(default_factory=dict)
    """What hooks have added with `add_server_context`. Clients cannot set it."""


class BegunState(NamedTuple):
    """What the authorization URL is made of."""

    state: str
    code_verifier: str
    id_token_nonce: str | None


def add_server_context(ctx: Context, values: Mapping[str, Any]) -> None:
    """Add `values`, which no client can forge, to the state that this call will create; the callback reads them."""
    known: Row = ctx.state.get(_SERVER_CONTEXT) or {}
    ctx.state.set(_SERVER_CONTEXT, {**known, **values})


def oauth_state(ctx: Context) -> Row | None:
    """Return the state that this call has created or completed, under its wire names; None if it has done neither.

    Every key that is not better-auth's own comes from `additionalData`, which clients choose: do not trust it.
    `serverContext` comes from `add_server_context`.
    """
    return ctx.state.get(_CURRENT)


async def begin_oauth(
    ctx: Context,
    provider: SocialProvider,
    *,
    callback_url: str | None = None,
    error_url: str | None = None,
    new_user_url: str | None = None,
    request_sign_up: bool | None = None,
    link: LinkIntent | None = None,
    additional_data: Mapping[str, Any] | None = None,
) -> BegunState:
    """Store the state of a sign-in with `provider`, in the database or in a cookie, and set the browser's cookie.

    Args:
        ctx: the call that begins it.
        provider: the provider; the state is valid for no other.
        callback_url: where the user is sent afterwards; None for the server's own origin.
        error_url: where the user is sent if it fails.
        new_user_url: where a new user is sent.
        request_sign_up: whether a user may be created although the provider's `disable_implicit_sign_up` is on.
        link: the user to link the account to, instead of a sign-in.
        additional_data: further values of the client for the state; they cannot replace any of the above.

    Raises:
        APIError: 400 if there is no callback URL.
    """
    callback_url = callback_url or _own_origin(ctx)
    if not callback_url:
        raise APIError.of(400, BaseErrorCodes.CALLBACK_URL_REQUIRED)
    begun = BegunState(
        generate_id(32), generate_id(128), generate_id(32) if provider.provider.requires_id_token_nonce else None
    )
    # All of these keys are written, even without a value: what a client sends under these names must have no effect.
    own: Row = {
        "callbackURL": callback_url,
        "codeVerifier": begun.code_verifier,
        "errorURL": _given(error_url),
        "newUserURL": _given(new_user_url),
        "link": _wire_link(link),
        "serverContext": ctx.state.get(_SERVER_CONTEXT) or UNDEFINED,
        "expiresAt": ctx.auth.clock.milliseconds() + _STATE_LIFE * 1000,
        "requestSignUp": _given(request_sign_up),
        "idTokenNonce": _given(begun.id_token_nonce),
        _PROVIDER: provider.id,
        "oauthState": begun.state,
    }
    data = {name: value for name, value in {**(additional_data or {}), **own}.items() if value is not UNDEFINED}
    ctx.state.set(_CURRENT, {name: value for name, value in data.items() if name != "oauthState"})
    text = json.stringify(data).decode()
    if ctx.options.account.store_state_strategy == "cookie":
        cookie = ctx.auth.make_cookie("oauth_state", _STATE_LIFE)
        ctx.set_cookie(cookie, encrypt(text, secrets_for(_PURPOSE, ctx.auth.secrets)))
        if not ctx.auth.is_stateless:
            await store_quietly(ctx.auth, _unused(begun.state), provider.id, _STATE_LIFE)
    else:
        cookie = ctx.auth.make_cookie("state", _COOKIE_LIFE)
        ctx.set_signed_cookie(cookie, begun.state, max_age=cookie.attributes.max_age)
        await store_single_use_value(ctx.auth, _identifier(begun.state), text, _STATE_LIFE)
    return begun


async def complete_oauth(ctx: Context, state: str, provider_id: str | None, *, skip_cookie: bool = False) -> State:
    """Return what was stored under `state`, and use the state up.

    Args:
        ctx: the call that the provider has sent the browser to.
        state: the callback's `state` parameter.
        provider_id: the provider of the callback; None if it is unknown, so that the sign-in ends in an error anyway.
        skip_cookie: whether another browser may have begun it; `account.skip_state_cookie_check` allows it everywhere.

    Raises:
        APIError: the error redirect, if the state belongs to another browser or provider, has expired or was used.
    """
    in_cookie = ctx.options.account.store_state_strategy == "cookie"
    data = await (_from_cookie(ctx, state) if in_cookie else _from_store(ctx, state, skip_cookie=skip_cookie))
    error_url = data.get("errorURL")
    if provider_id is not None and data.get(_PROVIDER) != provider_id:
        logger.error("A sign-in that was begun with another provider came back from %s", provider_id)
        raise error_redirect(ctx, error_url, OAuthErrorCode.STATE_MISMATCH)
    if data["expiresAt"] < ctx.auth.clock.milliseconds():
        raise error_redirect(ctx, error_url, OAuthErrorCode.STATE_MISMATCH)
    ctx.state.set(_CURRENT, {**data, "errorURL": error_url or error_page(ctx)})
    return State(
        callback_url=data["callbackURL"],
        code_verifier=data["codeVerifier"],
        error_url=error_url,
        new_user_url=data.get("newUserURL"),
        link=_read_link(data.get("link")),
        request_sign_up=bool(data.get("requestSignUp")),
        id_token_nonce=data.get("idTokenNonce"),
        server_context=data.get("serverContext") or {},
    )


def link_intent(ctx: Context, session: Row, user: Row) -> LinkIntent:
    """Return the intent to link an account to the signed-in user, bound to the session."""
    token = encrypt(session["token"], secrets_for(_LINK_PURPOSE, ctx.auth.secrets))
    return LinkIntent(user_id=user["id"], email=user["email"], encrypted_session_token=token)


def session_token_of(ctx: Context, link: LinkIntent) -> str | None:
    """Return the token of the session that asked for a link, or None if there is none."""
    try:
        return decrypt(link.encrypted_session_token or "", secrets_for(_LINK_PURPOSE, ctx.auth.secrets))
    except UndecryptableError:
        return None


async def _from_store(ctx: Context, state: str, *, skip_cookie: bool) -> Row:
    auth = ctx.auth
    cookie = auth.make_cookie("state", None)
    is_skipped = skip_cookie or ctx.options.account.skip_state_cookie_check
    if not (is_skipped or ctx.get_signed_cookie(cookie) == state):
        # Another browser cannot use it up: the one that began the sign-in may still come back.
        found = await auth.verifications.find(_identifier(state), auth.now())
        known = (_read(found["value"]) if found else None) or {}
        logger.error("A sign-in came back to another browser than the one that began it, or too late")
        raise error_redirect(ctx, known.get("errorURL"), OAuthErrorCode.STATE_MISMATCH)
    # Only one of several concurrent callbacks continues. The state's own `expiresAt` decides on expiry, as upstream.
    found = await auth.verifications.consume(_identifier(state), auth.now(), even_expired=True)
    if found is None:
        raise error_redirect(ctx, None, OAuthErrorCode.STATE_MISMATCH)
    data = _read(found["value"])
    if data is None:
        raise error_redirect(ctx, None, OAuthErrorCode.INTERNAL_SERVER_ERROR)
    ctx.expire_cookie(cookie)
    if data.get("oauthState", state) != state:
        raise error_redirect(ctx, data.get("errorURL"), OAuthErrorCode.STATE_MISMATCH)
    return data


async def _from_cookie(ctx: Context, state: str) -> Row:
    cookie = ctx.auth.make_cookie("oauth_state", None)
    encrypted = ctx.get_cookie(cookie.name)
    if not encrypted:
        raise error_redirect(ctx, None, OAuthErrorCode.STATE_MISMATCH)
    try:
        data = _read(decrypt(encrypted, secrets_for(_PURPOSE, ctx.auth.secrets)))
    except UndecryptableError:
        data = None
    if data is None:
        raise error_redirect(ctx, None, OAuthErrorCode.STATE_INVALID)
    if not data.get("oauthState") or data["oauthState"] != state:
        raise error_redirect(ctx, data.get("errorURL"), OAuthErrorCode.STATE_MISMATCH)
    ctx.expire_cookie(cookie)
    if not await _is_first_use(ctx.auth, state):
        logger.error("A sign-in came back a second time")
        raise error_redirect(ctx, data.get("errorURL"), OAuthErrorCode.STATE_MISMATCH)
    return data


async def _is_first_use(auth: AuthContext, state: str) -> bool:
    """Use a state up, and return whether it was unused."""
    if auth.is_stateless:
        # Another process may have begun the sign-in.
        return await use_first(auth, f"auth-state-used:{state}", _STATE_LIFE)
    return await auth.verifications.consume(_unused(state), auth.now(), even_expired=True) is not None


def _read(text: str) -> Row | None:
    """Parse a state from JSON; return None if it is not valid."""
    try:
        data = json.parse(text.encode("utf-8", "replace"))
    except json.InvalidJSONError:
        return None
    if not isinstance(data, dict) or not isinstance(data.get("expiresAt"), int | float):
        return None
    texts = ("callbackURL", "codeVerifier"), ("errorURL", "newUserURL", "oauthState", "idTokenNonce", _PROVIDER)
    if not all(isinstance(data.get(name), str) for name in texts[0]):
        return None
    return data if all(isinstance(data.get(name, ""), str) for name in texts[1]) else None


def _wire_link(link: LinkIntent | None) -> Any:
    if link is None:
        return UNDEFINED
    wire = {
        "userId": link.user_id,
        "email": link.email,
        "encryptedSessionToken": _given(link.encrypted_session_token),
    }
    return {name: value for name, value in wire.items() if value is not UNDEFINED}


def _read_link(wire: Any) -> LinkIntent | None:
    if not isinstance(wire, dict):
        return None
    return LinkIntent(
        user_id=str(wire["userId"]),
        email=str(wire["email"]),
        encrypted_session_token=wire.get("encryptedSessionToken"),
    )


def _own_origin(ctx: Context) -> str | None:
    if ctx.auth.base_origin is None and ctx.request is None:
        return None
    return get_origin(ctx.base_url)


def _given(value: Any) -> Any:
    return UNDEFINED if value is None else value


def _identifier(state: str) -> str:
    return f"auth-state:{state}"


def _unused(state: str) -> str:
    return f"auth-state-unused:{state}"
