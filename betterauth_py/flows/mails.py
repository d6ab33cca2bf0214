"""Sends a mail of any kind, with what holds for all of them: the one function that plugins need."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from betterauth_py.core.caller import Caller
from betterauth_py.flows.callbacks import Callback, Link, send_later
from betterauth_py.mail.kinds import MailKind


def mail_sender(caller: Caller, kind: MailKind, instead: Callback | None = None) -> Callback | None:
    """Return what sends mails of this kind: the deployment's own function, else the server; None if nothing does."""
    if instead is not None:
        return instead
    return caller.auth.mailer.sender_of(kind) if caller.auth.mailer is not None else None


def send_mail(
    caller: Caller,
    kind: MailKind,
    to: Mapping[str, Any],
    variables: Mapping[str, Any] | None = None,
    *,
    instead: Callback | None = None,
    link: Link | None = None,
    life: float | None = None,
    pretend: bool = False,
) -> bool:
    """Have a mail sent after the answer, whose time tells nothing then; return whether anything sends such mails.

    The mail is in the language of `to` or of the request, and waits in a bounded queue. Too many of one kind to one
    address are not sent (`rate_limit.per_mailed_address`). Failures are logged, without address, link or content.

    Args:
        caller: who asks: the call, or `NoRequest`.
        kind: the mail; one that its plugin does not declare in `mails` is not sent.
        to: the user row, or a mapping with at least `email`. Templates have it as `user`, and `name` where that is
            harmless; run other people's words through `mail.names.harmless_name` before they become variables.
        variables: what the templates get besides, over what the kind takes from options.
        instead: the function of the deployment that takes the mail's place, if its options have one. It is called with
            `{"user": to, **variables}` and the request.
        link: makes `url` and `token` while the mail is written; if it returns None, nothing is sent.
        life: seconds for which its link works, where that may be less than the window of the limit by address.
        pretend: take the same steps, and write the mail, but send nothing: for addresses of nobody.
    """
    send = mail_sender(caller, kind, instead)
    if send is None:
        return False
    data = {"user": dict(to), **(variables or {})}
    send_later(caller, send, data, f"send the mail {kind.name}", link=link, life=life, pretend=pretend)
    return True
