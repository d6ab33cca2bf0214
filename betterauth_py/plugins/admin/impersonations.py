"""The sessions that admins have as somebody else."""

from __future__ import annotations

from typing import Final

from betterauth_py.plugins import AuthContext, Row, Where
from betterauth_py.plugins.admin.administration import administration_of

_MOST_KEPT: Final = 1000


async def remember_impersonation(auth: AuthContext, session: Row) -> None:
    """Note a new impersonation where sessions have no rows that could be searched; the caller has locked the admin."""
    if not _has_no_rows(auth):
        return
    values, now = auth.secondary_values, auth.now()
    assert values is not None  # noqa: S101
    key = _key(session["impersonatedBy"])
    known = await values.get(key)
    others = [one for one in known["sessions"] if one["expiresAt"] > now] if known is not None else []
    own = {"token": session["token"], "expiresAt": session["expiresAt"]}
    life = administration_of(auth).options.effective_impersonation_duration
    await values.set(key, {"sessions": [*others, own][-_MOST_KEPT:]}, life)


async def end_impersonations_by(auth: AuthContext, admin: Row) -> None:
    """End what an admin has begun as others; `admin` is the row from when that was allowed.

    The caller has locked the admin.
    """
    if not administration_of(auth).roles.may(admin, {"user": ["impersonate"]}):
        return
    if _has_no_rows(auth):
        assert auth.secondary_values is not None  # noqa: S101
        known = await auth.secondary_values.take(_key(admin["id"]))
        tokens = [one["token"] for one in known["sessions"]] if known is not None else []
    else:
        alive = Where("expiresAt", auth.now(), "gt")
        found = await auth.rows.find_many("session", Where("impersonatedBy", admin["id"]), alive)
        tokens = [session["token"] for session in found]
    if tokens:
        await auth.sessions.delete_many(tokens)


def _has_no_rows(auth: AuthContext) -> bool:
    return auth.secondary_values is not None and not auth.options.session.store_session_in_database


def _key(admin_id: str) -> str:
    return f"impersonations-{admin_id}"
