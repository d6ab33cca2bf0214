"""Sends a mail of any kind, with the rules that all mails share: the one function that plugins need."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from betterauth_py.core.caller import Caller
from betterauth_py.flows.callbacks import Callback, Link, send_later
from betterauth_py.mail.kinds import MailKind


def mail_sender(caller: Caller, kind: MailKind, instead: Callback | None = None) -> Callback | None:
    """Return the sender of mails of this kind: the deployment's function, else the server's; None if there is none."""
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
    """Send a mail after the answer, so that response times reveal nothing; return whether this kind has a sender.

    The mail is in the language of `to` or of the request, and waits in a bounded queue. Too many of one kind to one
    address are not sent (`rate_limit.per_mailed_address`). Failures are logged, without address, link or content.

    Args:
        caller: the call, or `NoRequest`.
        kind: the mail; one that its plugin does not declare in `mails` is not sent.
        to: the user row, or a mapping with at least `email`. Templates get it as `user`, and `name` if that is
            harmless; pass other text from users through `mail.names.harmless_name` before it becomes a variable.
        variables: further variables of the templates; they override those that the kind takes from options.
        instead: the deployment's function to call instead of sending the mail, if the options have one. It gets
            `{"user": to, **variables}` and the request.
        link: makes `url` and `token` while the mail is written; if it returns None, nothing is sent.
        life: seconds for which its link works, where that may be less than the window of the limit by address.
        pretend: take the same steps, and write the mail, but send nothing: for addresses without a user.
    """
    send = mail_sender(caller, kind, instead)
    if send is None:
        return False
    data = {"user": dict(to), **(variables or {})}
    send_later(caller, send, data, f"send the mail {kind.name}", link=link, life=life, pretend=pretend)
    return True
