"""Whether this process can do its work."""

from __future__ import annotations

import asyncio

from betterauth_py.errors import DatabaseError
from betterauth_py.http.context import AuthContext, logger

_PATIENCE_SECONDS = 3.0


async def is_ready(auth: AuthContext) -> bool:
    """Tell whether the database answers in time."""
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await auth.database.ping()
    except (DatabaseError, TimeoutError) as error:
        logger.warning("Not ready: %s", str(error) or "The database does not answer in time")
        return False
    return True
