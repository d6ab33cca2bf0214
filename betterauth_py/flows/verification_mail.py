"""Sends the mail that proves an address."""

from __future__ import annotations

from typing import Any

from betterauth_py.awaiting import resolve
from betterauth_py.crypto.jwt import sign_jwt
from betterauth_py.http.context import EndpointContext
from betterauth_py.store.hooks import Row
from betterauth_py.wire.javascript import encode_uri_component

Context = EndpointContext[Any, Any]


def send_verification_email(ctx: Context, user: Row, callback_url: str | None) -> None:
    """Have the mail sent after the answer, if the options can send it."""
    options = ctx.options.email_verification
    if options.send_verification_email is None:
        return
    now = ctx.auth.clock.milliseconds() // 1000
    token = sign_jwt({"email": user["email"].lower()}, ctx.auth.secrets.current, options.expires_in or 3600, now)
    url = f"{ctx.base_url}/verify-email?token={token}&callbackURL={encode_uri_component(callback_url or '/')}"
    data = {"user": user, "url": url, "token": token}

    async def send() -> None:
        await resolve(options.send_verification_email(data, ctx.request))  # type: ignore[misc]

    ctx.auth.run_in_background(send(), "send the verification e-mail")
