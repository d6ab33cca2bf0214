"""Codes that verify an address: after a sign-up, and in the place of the server's own mails."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from betterauth_py.plugins import AuthContext, Contributions, EndpointContext, Hook
from betterauth_py.plugins.email_otp.codes import Codes
from betterauth_py.plugins.tools import current_endpoint_context

Context = EndpointContext[Any, Any]

_SENDER = "email_verification.send_verification_email"


def after_sign_up(codes: Codes) -> list[Hook]:
    """Return the hook that mails a code to whoever has signed up, if the options want it."""
    options = codes.options
    if not options.send_verification_on_sign_up or options.override_default_email_verification:
        return []

    async def send(ctx: Context) -> None:
        user = ctx.returned.get("user") if isinstance(ctx.returned, dict) else None
        if user and user.get("email"):
            await codes.send(ctx, user["email"], "email-verification", user=user, may_reuse=False)

    return [Hook(prefixes=("/sign-up",), handler=send)]


def contributions_of(auth: AuthContext, codes: Codes) -> Contributions:
    """Return the sender that takes the place of the server's mail, if the options want it."""
    given = auth.options.email_verification.send_verification_email
    # The deployment's own function stays, as with better-auth; the server's mail is the one that can be rehearsed.
    if not codes.options.override_default_email_verification or (given is not None and not hasattr(given, "rehearse")):
        return Contributions()

    async def send(data: dict[str, Any], _request: Any) -> None:
        await _send_for(codes, data, pretend=False)

    async def rehearse(data: dict[str, Any], _request: Any) -> None:
        await _send_for(codes, data, pretend=True)

    send.rehearse = rehearse  # type: ignore[attr-defined]
    return Contributions(senders={_SENDER: send})


async def _send_for(codes: Codes, data: dict[str, Any], *, pretend: bool) -> None:
    ctx = current_endpoint_context()
    if ctx is not None:
        # As with better-auth, the option's functions see a call of this endpoint.
        body = {"email": data["user"]["email"], "type": "email-verification"}
        inner = replace(ctx, path="/email-otp/send-verification-otp", body=body)
        await codes.send_now(inner, data["user"], pretend=pretend)
