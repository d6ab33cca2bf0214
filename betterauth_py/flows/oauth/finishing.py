"""The end of a flow with a provider: the account is linked, or its user signed in."""

from __future__ import annotations

from typing import Any

from betterauth_py.core.context import EndpointContext
from betterauth_py.core.session_cookies import set_session_cookie
from betterauth_py.flows.oauth.errors import OAuthErrorCode, OAuthFailedError
from betterauth_py.flows.oauth.identity import Identity
from betterauth_py.flows.oauth.linking import link_oauth_account
from betterauth_py.flows.oauth.sign_in import sign_in_oauth_user
from betterauth_py.flows.oauth.state import LinkIntent


async def finish_oauth(
    ctx: EndpointContext[Any, Any],
    identity: Identity,
    link: LinkIntent | None,
    *,
    callback_url: str,
    new_user_url: str | None,
    disable_sign_up: bool,
    override_user_info: bool = False,
) -> str:
    """Link the account to the user of `link`, or sign its user in; return the URL to redirect to.

    Args:
        ctx: the call; it sets the cookies.
        identity: the identity that the provider asserts.
        link: whose account it is to become. None: a sign-in.
        callback_url: the URL to redirect to.
        new_user_url: the same for a user that is created now, if that differs.
        disable_sign_up: as for `sign_in_oauth_user`.
        override_user_info: as for `sign_in_oauth_user`.

    Raises:
        OAuthFailedError: with the code that clients get.
        APIError: as `sign_in_oauth_user`.
    """
    if link is not None:
        await link_oauth_account(ctx, link, identity)
        return callback_url
    if not identity.user.email:
        raise OAuthFailedError(OAuthErrorCode.EMAIL_NOT_FOUND)
    signed_in = await sign_in_oauth_user(
        ctx,
        identity,
        callback_url=callback_url,
        disable_sign_up=disable_sign_up,
        override_user_info=override_user_info,
    )
    await set_session_cookie(ctx, signed_in.session, signed_in.user)
    return (new_user_url or callback_url) if signed_in.is_new else callback_url
