"""`betterauth users create-admin`, `set-role`, `set-password`, `ban`, `unban`, `revoke-sessions` and `delete`."""

from __future__ import annotations

import argparse
import sys
from getpass import getpass
from typing import Any

from betterauth_py.cli.users.output import shown
from betterauth_py.cli.users.reading import find
from betterauth_py.core.auth_context import AuthContext
from betterauth_py.core.caller import NoRequest
from betterauth_py.errors import BetterAuthError
from betterauth_py.flows.passwords import (
    PasswordRefusal,
    PasswordRefusedError,
    refuse_long_password,
    refuse_short_password,
    set_password_of,
)
from betterauth_py.flows.security_log import record
from betterauth_py.flows.users import UserNotAdmittedError, UserRefusedError
from betterauth_py.plugins.admin import actions
from betterauth_py.plugins.admin.administration import administration_of
from betterauth_py.security_events import SecurityEvent
from betterauth_py.store.errors import NotStoredError
from betterauth_py.wire.validation import is_email

Outcome = dict[str, Any]


async def create_admin(auth: AuthContext, parsed: argparse.Namespace) -> Outcome:
    """Create a user who is an admin; the address counts as verified, because the operator says whose it is."""
    email = parsed.email.lower()
    if not is_email(email):
        raise BetterAuthError(f"{parsed.email!r} is no e-mail address.")
    if await auth.users.exists(email):
        raise BetterAuthError(f"There is a user with this address. Use `betterauth users set-role {email} admin`.")
    role = _known_role(auth, parsed.role)
    password = None if parsed.no_password else _read_password(auth)
    password_hash = await auth.passwords.hash(password) if password else None
    fields = {"email": email, "name": parsed.name or email.partition("@")[0], "role": role, "emailVerified": True}
    try:
        async with auth.database.transaction():
            user = await actions.create(auth, fields, password_hash)
    except UserNotAdmittedError as error:
        raise BetterAuthError(f"The user was not created: {error.message}") from None
    except UserRefusedError:
        raise BetterAuthError("The user was not created: a hook refuses it.") from None
    except NotStoredError as error:
        raise BetterAuthError(f"The user was not created: {error}.") from None
    record(NoRequest(auth), SecurityEvent.SIGN_UP, user)
    return {"done": f"Created {email} ({user['id']}) with the role {role}.", "user": shown(auth, user)}


async def set_role(auth: AuthContext, parsed: argparse.Namespace) -> Outcome:
    """Replace the roles of a user."""
    role = _known_role(auth, parsed.role)
    user = await _change(auth, parsed.user, {"role": role}, SecurityEvent.ROLE_CHANGED)
    return {"done": f"{user['email']} has the role {role or '(none)'}.", "user": shown(auth, user)}


async def set_password(auth: AuthContext, parsed: argparse.Namespace) -> Outcome:
    """Set or replace the password of a user, and end all sessions unless they are to be kept."""
    user = await find(auth, parsed.user)
    try:
        await set_password_of(auth, user["id"], _read_password(auth), revoke_sessions=not parsed.keep_sessions)
    except PasswordRefusedError as error:
        raise BetterAuthError(f"The password was not set: {error.refusal.value}.") from None
    record(NoRequest(auth), SecurityEvent.PASSWORD_CHANGED, user)
    ended = "" if parsed.keep_sessions else " All sessions have ended."
    return {"done": f"{user['email']} has a new password.{ended}", "user": shown(auth, user)}


async def ban(auth: AuthContext, parsed: argparse.Namespace) -> Outcome:
    """Ban a user and end all sessions."""
    seconds = parsed.duration or administration_of(auth).options.default_ban_expires_in
    changes = actions.ban(auth, parsed.reason, auth.after(seconds) if seconds else None)
    user = await _change(auth, parsed.user, changes, SecurityEvent.USER_BANNED)
    return {"done": f"{user['email']} is banned, and all sessions have ended.", "user": shown(auth, user)}


async def unban(auth: AuthContext, parsed: argparse.Namespace) -> Outcome:
    """Lift the ban of a user."""
    user = await _change(auth, parsed.user, actions.unban(auth), SecurityEvent.USER_UNBANNED)
    return {"done": f"{user['email']} is not banned.", "user": shown(auth, user)}


async def revoke_sessions(auth: AuthContext, parsed: argparse.Namespace) -> Outcome:
    """End all sessions of a user."""
    user = await find(auth, parsed.user)
    async with auth.database.transaction():
        await auth.users.lock(user["id"])
        await actions.end_sessions(auth, user)
    record(NoRequest(auth), SecurityEvent.SESSIONS_REVOKED, user)
    return {"done": f"All sessions of {user['email']} have ended.", "user": shown(auth, user)}


async def delete(auth: AuthContext, parsed: argparse.Namespace) -> Outcome:
    """Delete a user with its sessions and accounts."""
    user = await find(auth, parsed.user)
    if not parsed.yes:
        raise BetterAuthError(f"This deletes {user['email']} ({user['id']}) for good. Say so with --yes.")
    async with auth.database.transaction():
        await auth.users.lock(user["id"])
        await actions.remove(auth, user)
    record(NoRequest(auth), SecurityEvent.USER_DELETED, user)
    return {"done": f"Deleted {user['email']} ({user['id']}).", "user": shown(auth, user)}


async def _change(auth: AuthContext, named: str, changes: Outcome, event: SecurityEvent) -> Outcome:
    user = await find(auth, named)
    async with auth.database.transaction():
        changed = await actions.change(auth, user["id"], changes)
    if changed is None:
        raise BetterAuthError("The user was not changed: a hook or the database refuses it.")
    record(NoRequest(auth), event, changed[1])
    return changed[1]


def _known_role(auth: AuthContext, given: str) -> str:
    roles, names = administration_of(auth).roles, [name.strip() for name in given.split(",")]
    unknown = [name for name in names if name and name not in roles.known]
    if unknown and roles.are_declared:
        raise BetterAuthError(f"There is no role {unknown[0]!r}. Roles: {', '.join(roles.known)}.")
    return ",".join(names)


def _read_password(auth: AuthContext) -> str:
    """Ask for a password, or read it from a pipe: as an argument, other users of the machine would see it."""
    if sys.stdin.isatty():
        password = getpass("Password: ")
        if getpass("Again: ") != password:
            raise BetterAuthError("The two passwords differ.")
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    try:
        refuse_short_password(auth, password)
        refuse_long_password(auth, password)
    except PasswordRefusedError as error:
        options = auth.options.email_and_password
        limits = f"{options.min_password_length} to {options.max_password_length} characters"
        short = error.refusal is PasswordRefusal.TOO_SHORT
        raise BetterAuthError(f"The password is too {'short' if short else 'long'}. Give {limits}.") from None
    return password
