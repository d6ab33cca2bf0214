"""The mails that prove an address."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from betterauth_py.flows.callbacks import Callback, send_later
from betterauth_py.flows.mailed_tokens import verification_token
from betterauth_py.http.context import EndpointContext
from betterauth_py.store.hooks import Row
from betterauth_py.wire.javascript import encode_uri_component

Context = EndpointContext[Any, Any]


def send_verification_email(
    ctx: Context,
    user: Row,
    callback_url: str | None,
    *,
    token: Callable[[], Awaitable[str | None]] | None = None,
    send: Callback | None = None,
    **more: Any,
) -> None:
    """Have the mail made and sent after the answer, if the options can send it.

    Without `token` its link verifies the user's address; a `token` that turns out to be None sends nothing.
    """
    send = send or ctx.options.email_verification.send_verification_email
    if send is None:
        return

    async def link() -> dict[str, str] | None:
        made = await (token or (lambda: verification_token(ctx, user)))()
        if made is None:
            return None
        url = f"{ctx.base_url}/verify-email?token={made}&callbackURL={encode_uri_component(callback_url or '/')}"
        return {"url": url, "token": made}

    what = "send the e-mail that confirms a change of address" if more else "send the verification e-mail"
    life = ctx.options.email_verification.expires_in
    send_later(ctx, send, {"user": user, **more}, what, link=link, life=life)
