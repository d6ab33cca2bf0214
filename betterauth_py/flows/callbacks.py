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
    is_counted: bool = False,
) -> None:
    """Call `send` after the answer, so that response times reveal nothing; a failure is logged as failing to `what`.

    Mails of one kind to one address are limited (`may_mail`); failed ones do not count. `life` is the number of seconds
    for which the link works.
    `link` makes its `url` and `token`, which are added to `data`; if it returns None, nothing is sent.
    With `pretend` the same steps run and a mail of the server's own is written but not sent, so that concurrent
    requests see no difference either. `is_counted`: `may_send` has counted it.
    """
    sending = _send(caller, send, data, what, link=link, life=life, pretend=pretend, is_counted=is_counted)
    caller.auth.run_in_background(sending, what)


async def may_send(
    caller: Caller, data: dict[str, Any], what: str, *, life: float | None = None, pretend: bool = False
) -> bool:
    """Count a mail before it is prepared; return whether it may be sent. Arguments are those of `send_later`."""
    return await may_mail(caller, _counted_as(what, pretend=pretend), data, life)


def _counted_as(what: str, *, pretend: bool) -> str:
    # Counted apart from real mails: requests for an unknown address must not block mails to its later user.
    return f"{what} to nobody" if pretend else what


async def ask_sender(
    caller: Caller, send: Callback, data: dict[str, Any], what: str, *, link: Link, life: float, seconds: float | None
) -> None:
    """Call `send`, and raise the `APIError` that it raises within `seconds` (None: at any time).

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


async def call_mail_function(caller: Caller, send: Callback, data: dict[str, Any], what: str, *, life: float) -> None:
    """Call the deployment's function that mails a link or a code to `data["email"]`, and wait for it.

    It gets `data` and the call's context, and what it raises is raised: for the functions that better-auth awaits.
    The limits are those of mails: too many to one address are not sent, nor links to a host that may be a stranger's.

    Args:
        caller: the call.
        send: the function.
        data: what it gets; an `url` in it is a link to this server.
        what: what the function does, for the log, such as `send a magic link`. Mails are counted by it.
        life: seconds for which the link or code works.
    """
    to = {"user": data}
    if "url" in data and not await _may_mail_links(caller, what):
        return
    if not await may_mail(caller, what, to, life):
        return
    try:
        await resolve(send(data, caller))
    except Exception:
        await forget_mails(caller, what, to)
        raise


async def _may_mail_links(caller: Caller, what: str) -> bool:
    if await may_mail_links(caller.auth, caller.request):
        return True
    logger.error(
        "Cannot %s: nothing says that the request's Host is this server. Set base_url (BETTER_AUTH_URL), or "
        "add its origin to trusted_origins",
        what,
    )
    return False


async def _send(
    caller: Caller,
    send: Callback,
    data: dict[str, Any],
    what: str,
    *,
    link: Link | None,
    life: float | None,
    pretend: bool,
    is_counted: bool = False,
) -> None:
    if (link or "url" in data) and not await _may_mail_links(caller, what):
        return
    counted = _counted_as(what, pretend=pretend)
    if not is_counted and not await may_mail(caller, counted, data, life):
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
    """Stand in for the deployment's function, which is not called without a user."""


async def call(caller: Caller, function: Callback | None, data: dict[str, Any]) -> None:
    """Call `function` now, if there is one; an error that it raises becomes the answer."""
    if function is not None:
        await resolve(function(data, caller.request))
