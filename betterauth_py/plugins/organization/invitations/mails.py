"""Mails invitations: by the deployment's function, or as a mail of the server."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from betterauth_py.plugins import (
    AuthContext,
    EndpointContext,
    MailKind,
    NoRequest,
    Row,
    harmless_name,
    mail_sender,
    sample_of,
    send_mail,
    signed_in,
)
from betterauth_py.plugins.organization.options import PATH, OrganizationOptions
from betterauth_py.plugins.organization.service import shown
from betterauth_py.plugins.tools import call_mail_function, encode_uri_component, logger

Context = EndpointContext[Any, Any]
INVITATION: Final = MailKind(
    name="organization-invitation",
    purpose="a member of an organization invites somebody to it",
    sample={
        **sample_of(expires_in=172_800),
        "url": "https://example.com/accept-invitation/an-id-that-opens-nothing",
        "organization_name": "Analytical Engines",
        "inviter_name": "Charles Babbage",
    },
    templates=Path(__file__).parent.with_name("mail"),
)
_MISSING: Final = (
    f"No invitation can be mailed. Set option `{PATH}.send_invitation_email`; or `{PATH}.invitation_url`, and let the "
    "server send mail (`[mail]`)."
)


async def mail_invitation(
    ctx: Context, options: OrganizationOptions, invitation: Row, organization: Row, inviter: Row
) -> None:
    """Mail an invitation; a failure is logged. The deployment's function is awaited, as better-auth does."""
    email, user = invitation["email"].lower(), signed_in(ctx)[1]
    if options.send_invitation_email is not None:
        mail = {
            "id": invitation["id"],
            "role": invitation["role"],
            "email": email,
            "organization": organization,
            "invitation": invitation,
            "inviter": {**shown(ctx, "member", inviter), "user": user},
        }
        what = "mail an invitation"
        sending = call_mail_function(ctx, options.send_invitation_email, mail, what, life=options.invitation_life)
        if ctx.options.advanced.background_tasks.handler is not None:
            ctx.auth.run_in_background(sending, what)
            return
        try:
            await sending
        except Exception as error:
            ctx.auth.log_failure(what, error)
    elif options.invitation_url is not None:
        variables = {
            "url": options.invitation_url.replace("{id}", encode_uri_component(str(invitation["id"]))),
            "organization_name": harmless_name(organization["name"]),
            "inviter_name": harmless_name(user["name"]),
            "expires_in": options.invitation_life,
        }
        send_mail(ctx, INVITATION, {"email": email}, variables, life=options.invitation_life)


def warn_without_sender(auth: AuthContext, options: OrganizationOptions) -> None:
    """Log it if nothing can mail invitations."""
    if options.send_invitation_email is not None:
        return
    if options.invitation_url is None or mail_sender(NoRequest(auth), INVITATION) is None:
        logger.warning(_MISSING)
