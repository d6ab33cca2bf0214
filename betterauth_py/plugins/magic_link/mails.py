"""Sends magic links: by the deployment's function, or as a mail of the server."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from betterauth_py.plugins import (
    AuthContext,
    ConfigurationError,
    EndpointContext,
    MailKind,
    NoRequest,
    mail_sender,
    sample_of,
    send_mail,
)
from betterauth_py.plugins.magic_link.options import PATH, MagicLinkOptions
from betterauth_py.plugins.tools import call_mail_function, logger

MAGIC_LINK: Final = MailKind(
    name="magic-link",
    purpose="somebody wants to sign in with a link",
    sample=sample_of("magic-link/verify?token=a-token-that-opens-nothing&callbackURL=%2F", expires_in=300),
    templates=Path(__file__).with_name("mail"),
)
_MISSING: Final = (
    f"No magic link can be sent. Set option `{PATH}.send_magic_link`, or let the server send mail (`[mail]`) and leave "
    "`mail.send.magic_link` on."
)


async def send_link(ctx: EndpointContext[Any, Any], options: MagicLinkOptions, data: dict[str, Any]) -> None:
    """Send a link; `data` is what the deployment's function gets.

    Raises:
        ConfigurationError: if nothing can send it.
        Exception: what the deployment's function raises.
    """
    if options.send_magic_link is not None:
        await call_mail_function(ctx, options.send_magic_link, data, "send a magic link", life=options.life)
        return
    # `metadata` is a stranger's text: it does not belong into a mail of the server.
    link = {"url": data["url"], "token": data["token"], "expires_in": options.life}
    if not send_mail(ctx, MAGIC_LINK, {"email": data["email"]}, link, life=options.life):
        raise ConfigurationError(_MISSING)


def warn_without_sender(auth: AuthContext, options: MagicLinkOptions) -> None:
    """Log it if nothing can send links."""
    if options.send_magic_link is None and mail_sender(NoRequest(auth), MAGIC_LINK) is None:
        logger.warning(_MISSING)
