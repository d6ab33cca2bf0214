"""Calls the deployment's functions: mail senders after the answer, notifications before it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from betterauth_py.awaiting import resolve
from betterauth_py.core.auth_context import logger
from betterauth_py.core.base_url import may_mail_links
from betterauth_py.core.caller import Caller
from betterauth_py.flows.account_limits import forget_mails, may_mail
from betterauth_py.wire.errors import APIError

Callback = Callable[[dict[str, Any], Any], Any]
Link = Callable[[], Awaitable[dict[str, str] | None]]


def send_later(
    caller: Caller,
    send: Callback,
    data: dict[str, Any],
    what: str,
    *,
    link: Link | None = None,
    life: float | None = None,
    pretend: bool = False,
) -> None:
    """Have `send` called after the answer, so that its time tells nothing; failures are logged as failing to `what`.

    Too many mails of one kind to one address are not sent (`may_mail`), those that failed aside; `life` is for how many
    seconds the link works.
    `link` makes its `url` and `token`, which are added to `data`; if it returns None, nothing is sent.
    With `pretend` the same steps are taken and the mail, if it is one of the server's own, is written but not sent: who
    asks for something at the same moment sees no difference either.
    """
    caller.auth.run_in_background(_send(caller, send, data, what, link=link, life=life, pretend=pretend), what)


async def ask_sender(
    caller: Caller, send: Callback, data: dict[str, Any], what: str, *, link: Link, life: float, seconds: float | None
) -> None:
    """Have `send` called, and raise what it raises as an `APIError` if it does so within `seconds` (None: at any time).

    With `seconds`, this takes exactly that long, whatever `send` does.

    Raises:
        APIError: the sender's.
    """
    raised: list[APIError] = []
    done = asyncio.Event()

    async def run() -> None:
        try:
            await _send(caller, send, data, what, link=link, life=life, pretend=False)
        except APIError as error:
            raised.append(error)
        finally:
            done.set()

    caller.auth.run_in_background(run(), what)
    await (done.wait() if seconds is None else asyncio.sleep(seconds))
    if raised:
        raise raised[0]


async def _send(
    caller: Caller,
    send: Callback,
    data: dict[str, Any],
    what: str,
    *,
    link: Link | None,
    life: float | None,
    pretend: bool,
) -> None:
    if (link or "url" in data) and not await may_mail_links(caller.auth, caller.request):
        logger.error(
            "Cannot %s: nothing says that the request's Host is this server. Set base_url (BETTER_AUTH_URL), or "
            "add its origin to trusted_origins",
            what,
        )
        return
    # Apart from real ones: asking for mails to nobody must not keep those from whoever signs up with the address next.
    counted = f"{what} to nobody" if pretend else what
    if not await may_mail(caller, counted, data, life):
        return
    made = {} if link is None else await link()
    if made is None:
        return
    if pretend:
        send = getattr(send, "rehearse", _do_nothing)
    try:
        await resolve(send({**data, **made}, caller.request))
    except Exception:
        await forget_mails(caller, counted, data)
        raise


def _do_nothing(_data: dict[str, Any], _request: Any) -> None:
    """Take the place of a function of the deployment, which is called for nobody."""


async def call(caller: Caller, function: Callback | None, data: dict[str, Any]) -> None:
    """Call `function` now, if there is one; what it raises is the answer."""
    if function is not None:
        await resolve(function(data, caller.request))
