"""Who may call the plugin's endpoints, where that differs from the core's guards in what the refusal says."""

from __future__ import annotations

from typing import Any, Final

from betterauth_py.plugins import APIError, EndpointContext, ErrorCode, Guard, Row, Security, find_session, signed_in
from betterauth_py.plugins.organization.rows import find_member
from betterauth_py.plugins.organization.service import service_of

Context = EndpointContext[Any, Any]
DELETION_DISABLED: Final = ErrorCode("ORGANIZATION_DELETION_DISABLED", "Organization deletion is disabled")


def _session_guard(body: dict[str, Any] | None, *, server: bool) -> Guard:
    """Return the guard for signed-in users that refuses others with `body`; `server`: or for code in this process."""

    async def check(ctx: Context) -> None:
        await find_session(ctx)
        if ctx.session is None and not (server and ctx.is_in_process):
            raise APIError(401, body)

    return Guard(
        name="session or server" if server else "session",
        sentence="Signed-in users; code in this process for any user." if server else "Signed-in users.",
        check=check,
        errors=((401, ErrorCode(body["code"], body["message"])),) if body and "code" in body else (),
        bare_refusals=() if body and "code" in body else (401,),
        schemes=Security.SESSION.schemes,
    )


SESSION_OR_SERVER: Final = _session_guard(None, server=True)
"""Signed-in users; code in this process for any user."""
CHECKED_SESSION_OR_SERVER: Final = _session_guard({"message": "Unauthorized", "code": "UNAUTHORIZED"}, server=True)
"""The same, with a code in the refusal."""
NAMED_SESSION: Final = _session_guard({"message": "User not found"}, server=False)
"""Signed-in users; others are told that there is no user."""
UNAUTHENTICATED: Final = _session_guard({"message": "Not authenticated"}, server=False)
"""Signed-in users; others are told so in other words."""


async def _may_delete(ctx: Context) -> None:
    if service_of(ctx).options.disable_organization_deletion:
        raise APIError.of(404, DELETION_DISABLED)
    await find_session(ctx)
    if ctx.session is None:
        raise APIError(401)


DELETION: Final = Guard(
    name="session",
    sentence="Signed-in users, unless organizations cannot be deleted.",
    check=_may_delete,
    bare_refusals=(401,),
    schemes=Security.SESSION.schemes,
)
"""Signed-in users, unless the options forbid deleting."""


async def acting_member(ctx: Context, organization_id: str, status: int, refusal: ErrorCode) -> Row:
    """Return the membership of the call's user.

    Raises:
        APIError: `refusal` with `status` for others than members.
    """
    member = await find_member(ctx.auth, organization_id, signed_in(ctx)[1]["id"])
    if member is None:
        raise APIError.of(status, refusal)
    return member


async def require_permission(ctx: Context, member: Row, resource: str, action: str, refusal: ErrorCode) -> None:
    """Require that a member may do something.

    Raises:
        APIError: 403 with `refusal` otherwise.
    """
    if not await service_of(ctx).may(ctx, member, {resource: [action]}):
        raise APIError.of(403, refusal)


def active_organization(ctx: Context, given: Any, refusal: ErrorCode) -> str:
    """Return the organization that the client has named, or the active one of the session, if there is a session.

    Raises:
        APIError: 400 with `refusal` without either.
    """
    organization_id = given or (ctx.session[0].get("activeOrganizationId") if ctx.session is not None else None)
    if not organization_id:
        raise APIError.of(400, refusal)
    return str(organization_id)
