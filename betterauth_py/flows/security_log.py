"""Records security events: in the log, and in a mail to the user where that is on."""

from __future__ import annotations

from typing import Final

from betterauth_py.core.caller import Caller
from betterauth_py.core.security_log import id_of, log_event
from betterauth_py.flows.callbacks import send_later
from betterauth_py.mail.kinds import MailKind, sample_of
from betterauth_py.security_events import SecurityEvent
from betterauth_py.store.hooks import Row

PASSWORD_CHANGED: Final = MailKind(
    name="password-changed",
    purpose="the password was changed or reset",
    events=(SecurityEvent.PASSWORD_CHANGED, SecurityEvent.PASSWORD_RESET),
)
EMAIL_CHANGED: Final = MailKind(
    name="email-changed",
    purpose="the address was changed; goes to the old one",
    events=(SecurityEvent.EMAIL_CHANGED,),
)
SIGN_IN_METHOD_ADDED: Final = MailKind(
    name="sign-in-method-added",
    purpose="there is a new way to sign in, such as a first password",
    sample=sample_of(method="password"),
    from_options=lambda _options: {"method": "password"},
    events=(SecurityEvent.PASSWORD_SET,),
)


def record(caller: Caller, event: SecurityEvent, user: Row | None = None, **details: str) -> None:
    """Log an event after its commit, not while it may still be rolled back, and mail the user if that is on.

    `user` is the row from before the event, so that the mail goes to the old address. `details` must not hold secrets,
    tokens, passwords or addresses of people (OWASP, Logging Cheat Sheet).
    """
    known = {"address": caller.client_ip(), "user_id": user["id"] if user is not None else None}
    log_event(event, request_id=id_of(caller.request) if caller.request is not None else None, **known, **details)
    send = caller.auth.mailer.sender_about(event) if caller.auth.mailer is not None else None
    if send is not None and user is not None:
        send_later(caller, send, {"user": user}, f"send the mail about {event.value}")
