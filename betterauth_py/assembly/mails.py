"""The mails of an auth: the core's and its plugins'."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from betterauth_py.core.plugin import Plugin
from betterauth_py.flows.password_reset import RESET_PASSWORD
from betterauth_py.flows.security_log import EMAIL_CHANGED, PASSWORD_CHANGED, SIGN_IN_METHOD_ADDED
from betterauth_py.flows.sign_up import EXISTING_ACCOUNT
from betterauth_py.flows.user_deletion import DELETE_ACCOUNT
from betterauth_py.flows.verification_mail import CHANGE_EMAIL, VERIFY_EMAIL
from betterauth_py.mail.kinds import MailKind, wanted_kinds
from betterauth_py.options import Options

if TYPE_CHECKING:
    from betterauth_py.mail.mailer import Mailer

CORE_MAILS: Final = (
    RESET_PASSWORD,
    VERIFY_EMAIL,
    CHANGE_EMAIL,
    DELETE_ACCOUNT,
    EXISTING_ACCOUNT,
    PASSWORD_CHANGED,
    EMAIL_CHANGED,
    SIGN_IN_METHOD_ADDED,
)
"""The mails of the core, each declared by the flow that sends it."""


def mails_of(plugins: Iterable[Plugin]) -> tuple[MailKind, ...]:
    """Return every mail that an auth with these plugins knows, also those that are off."""
    return (*CORE_MAILS, *(kind for plugin in plugins for kind in plugin.mails))


def mailer_of(options: Options, plugins: Iterable[Plugin]) -> Mailer | None:
    """Return what sends the mails of an auth; None if it sends none.

    Raises:
        ConfigurationError: if an option or a template of mails is wrong.
    """
    kinds = mails_of(plugins)
    if options.mail.chosen_transport is None:
        wanted_kinds(kinds, options.mail.send)  # A wrong name stops the start, whether or not mails leave.
        return None
    # Templates and SMTP load only where mails are sent.
    from betterauth_py.mail.setup import make_mailer  # noqa: PLC0415

    return make_mailer(options, kinds)
