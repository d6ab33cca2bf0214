"""Asks the deployment whom it admits as a user."""

from __future__ import annotations

from typing import Any

from betterauth_py.awaiting import resolve
from betterauth_py.core.auth_context import logger
from betterauth_py.core.context import EndpointContext
from betterauth_py.store.hooks import Row
from betterauth_py.wire.errors import APIError


async def refuse_unwanted_user(ctx: EndpointContext[Any, Any], row: Row, source: dict[str, Any]) -> None:
    """Ask `user.validate_user_info` about a user who is about to be created; without an answer, nobody is admitted.

    Raises:
        APIError: 403 with the code and text of the refusal.
    """
    validate = ctx.options.user.validate_user_info
    if validate is None:
        return
    user = {name: value for name, value in row.items() if name != "id"}
    try:
        refusal = await resolve(validate({"user": user, "source": {**source, "action": "create-user"}}, ctx))
    except Exception:
        logger.exception("user.validate_user_info failed")
        raise APIError(403, {"code": "validation_failed", "message": "User validation failed"}) from None
    code = refusal.get("error") if isinstance(refusal, dict) else None
    if code:
        message = refusal.get("error_description") or code
        raise APIError(403, {"code": code, "message": message})
