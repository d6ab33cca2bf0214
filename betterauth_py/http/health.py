"""Whether this process can do its work."""

from __future__ import annotations

import asyncio

from sqlalchemy import text

from betterauth_py.http.context import AuthContext, logger

_PATIENCE_SECONDS = 3.0


async def is_ready(auth: AuthContext) -> bool:
    """Tell whether the database answers in time."""
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await auth.database.execute(text("SELECT 1"))
    except Exception as error:
        logger.warning("The database does not answer: %s", type(error).__name__)
        return False
    return True
