"""Mails that verify an address."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

from betterauth_py.core.caller import Caller
from betterauth_py.flows.callbacks import Callback, Link, ask_sender, send_later
from betterauth_py.flows.mailed_tokens import verification_token
from betterauth_py.javascript.values import encode_uri_component
from betterauth_py.mail.kinds import SAMPLE_TOKEN, MailKind, sample_of
from betterauth_py.store.hooks import Row

Token = Callable[[], Awaitable[str | None]]

VERIFY_EMAIL: Final = MailKind(
    name="verify-email",
    purpose="a sign-up (with `require_email_verification` or `send_on_sign_up`), a request, a new address",
    sample=sample_of(f"verify-email?token={SAMPLE_TOKEN}&callbackURL=%2F", expires_in=3600),
    replaced_by="email_verification.send_verification_email",
    from_options=lambda options: {"expires_in": options.email_verification.effective_expires_in},
)
CHANGE_EMAIL: Final = MailKind(
    name="change-email",
    purpose="a verified address is to be changed: asks the old one first",
    sample=sample_of(
        f"verify-email?token={SAMPLE_TOKEN}&callbackURL=%2F", expires_in=3600, new_email="ada@lovelace.example"
    ),
    replaced_by="user.change_email.send_change_email_confirmation",
    from_options=lambda options: {"expires_in": options.email_verification.effective_expires_in},
)
_WHAT = "send the verification e-mail"
# Counted separately: every user can have these sent to any free address, which must not block a sign-up with it.
_NEW_ADDRESS = "send the e-mail that verifies a new address"
# As better-auth 1.7.25: long enough for most senders, and equal for known and unknown addresses.
_ANSWER_SECONDS = 0.5


def send_verification_email(
    caller: Caller,
    user: Row,
    callback_url: str | None,
    *,
    token: Token | None = None,
    send: Callback | None = None,
    pretend: bool = False,
    **more: Any,
) -> None:
    """Send the mail after the answer, if the options can send it.

    Without `token` its link verifies the user's address. If `token` returns None, nothing is sent.
    """
    send = send or caller.auth.options.email_verification.send_verification_email
    if send is None:
        return
    what = _WHAT if token is None else _NEW_ADDRESS
    if more:
        what = "send the e-mail that confirms a change of address"
    life = caller.auth.options.email_verification.expires_in
    link = _link(caller, user, callback_url, token)
    send_later(caller, send, {"user": user, **more}, what, link=link, life=life, pretend=pretend)


async def request_verification_email(
    caller: Caller, send: Callback, email: str, user: Row | None, callback_url: str | None, *, signed_in: bool
) -> None:
    """Let `send` mail the link to `user`, whose address is `email`; for None the same steps run without a mail.

    An `APIError` of the deployment's function becomes the answer. Without a session every answer takes equally long;
    only that error reveals that the user exists.

    Raises:
        APIError: what `send` raises.
    """
    given = user or {"id": caller.auth.generate_id("user"), "email": email.lower(), "name": ""}
    if user is None or hasattr(send, "rehearse"):
        send_verification_email(caller, given, callback_url, pretend=user is None)
        if not hasattr(send, "rehearse"):
            await asyncio.sleep(_ANSWER_SECONDS)
        return
    life = caller.auth.options.email_verification.expires_in
    link = _link(caller, user, callback_url, None)
    seconds = None if signed_in else _ANSWER_SECONDS
    await ask_sender(caller, send, {"user": user}, _WHAT, link=link, life=life, seconds=seconds)


def _link(caller: Caller, user: Row, callback_url: str | None, token: Token | None) -> Link:
    async def make() -> dict[str, str] | None:
        made = await (verification_token(caller.auth, user) if token is None else token())
        if made is None:
            return None
        url = f"{caller.base_url}/verify-email?token={made}&callbackURL={encode_uri_component(callback_url or '/')}"
        return {"url": url, "token": made}

    return make
