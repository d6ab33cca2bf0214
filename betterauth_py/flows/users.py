"""Creating users, for endpoints, plugins, the command line and imports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from betterauth_py.awaiting import resolve
from betterauth_py.core.auth_context import AuthContext, logger
from betterauth_py.core.context import EndpointContext
from betterauth_py.flows.security_log import record
from betterauth_py.flows.stateless import lasting_user_id
from betterauth_py.security_events import SecurityEvent
from betterauth_py.store.errors import NotStoredError
from betterauth_py.store.faults import is_fault
from betterauth_py.store.hooks import Row
from betterauth_py.store.users import CREDENTIAL
from betterauth_py.wire.errors import APIError


class UserNotAdmittedError(APIError):
    """`user.validate_user_info` does not admit the user: 403 with the deployment's reason."""

    def __init__(self, code: str, message: str) -> None:
        """Take the reason, which clients get."""
        super().__init__(403, {"code": code, "message": message})
        self.message = message


class UserRefusedError(Exception):
    """A hook does not let the user be created."""


def new_user(auth: AuthContext, email: str, fields: Mapping[str, Any]) -> Row:
    """Return the row of a user about to be created, with an unverified address."""
    now = auth.now()
    return {
        "id": auth.generate_id("user"),
        "createdAt": now,
        "updatedAt": now,
        "email": email.lower(),
        **fields,
        "emailVerified": bool(fields.get("emailVerified", False)),
    }


async def create_user(
    auth: AuthContext, row: Row, source: Mapping[str, Any], *, ctx: EndpointContext[Any, Any] | None = None
) -> Row:
    """Store a user, if `user.validate_user_info` admits it, and return the stored row.

    Args:
        auth: the auth.
        row: the row, as `new_user` makes it.
        source: how the user signs up, for `user.validate_user_info`: `{"method": "email-password"}`.
        ctx: the call that creates it, if any.

    Raises:
        UserNotAdmittedError: if `user.validate_user_info` refuses.
        UserRefusedError: if a hook refuses.
        NotStoredError: if the database refuses it, for example because the address is taken.
        APIError: whatever a hook raises.
    """
    try:
        await require_admission(auth, row, {**source, "action": "create-user"}, ctx)
        user = await auth.users.create(row)
    except (APIError, NotStoredError):
        raise
    except Exception as error:
        if is_fault(error):
            raise
        # A hook or transform of the deployment failed. As upstream, the answer is no 500, and no user is created.
        raise NotStoredError(f"{type(error).__name__}: {error}") from error
    if user is None:
        raise UserRefusedError
    return user


def credential_account(auth: AuthContext, user_id: str, password_hash: str) -> Row:
    """Return the row of the account that holds a user's password."""
    now = auth.now()
    return {
        "id": auth.generate_id("account"),
        "createdAt": now,
        "updatedAt": now,
        "userId": user_id,
        "providerId": CREDENTIAL,
        "accountId": user_id,
        "password": password_hash,
    }


async def create_proven_user(
    ctx: EndpointContext[Any, Any], email: str, fields: Mapping[str, Any], source: Mapping[str, Any]
) -> Row:
    """Store a user with a proven address; `fields` and `source` are as for `create_user`.

    Raises:
        UserNotAdmittedError, UserRefusedError, NotStoredError, APIError: as `create_user`.
    """
    lasting = await lasting_user_id(ctx.auth, "address", email.lower())
    own = {**fields, "emailVerified": True} | ({"id": lasting} if lasting else {})
    user = await create_user(ctx.auth, new_user(ctx.auth, email, own), source, ctx=ctx)
    record(ctx, SecurityEvent.SIGN_UP, user)
    return user


async def require_admission(
    auth: AuthContext, row: Mapping[str, Any], source: Mapping[str, Any], ctx: EndpointContext[Any, Any] | None
) -> None:
    """Ask `user.validate_user_info` about a user; if it fails, the user is refused.

    Raises:
        UserNotAdmittedError: if it refuses, or fails.
    """
    validate = auth.options.user.validate_user_info
    if validate is None:
        return
    # A user who is not stored yet has no id.
    user = {name: value for name, value in row.items() if name != "id" or source["action"] != "create-user"}
    try:
        refusal = await resolve(validate({"user": user, "source": source}, ctx))
    except Exception:
        logger.exception("user.validate_user_info failed")
        raise UserNotAdmittedError("validation_failed", "User validation failed") from None
    code = refusal.get("error") if isinstance(refusal, dict) else None
    if code:
        raise UserNotAdmittedError(code, refusal.get("error_description") or code)
