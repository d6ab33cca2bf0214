"""Whether this process can do its work."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

from betterauth_py.errors import DatabaseError, SecondaryStorageError
from betterauth_py.http.context import AuthContext, logger

_PATIENCE_SECONDS = 3.0


async def readiness(auth: AuthContext) -> dict[str, str]:
    """Tell of each part that a request may need whether it answers in time; `status` is "ok" if all of them do."""
    parts: dict[str, Awaitable[None]] = {"database": auth.database.ping()}
    if auth.secondary_storage is not None:
        parts["secondary_storage"] = auth.check_secondary_storage()
    answers = await asyncio.gather(*(_answers(name, sign_of_life) for name, sign_of_life in parts.items()))
    states = {name: "ok" if answers_it else "unreachable" for name, answers_it in zip(parts, answers, strict=True)}
    return {"status": "ok" if all(answers) else "unavailable", **states}


async def _answers(name: str, sign_of_life: Awaitable[None]) -> bool:
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await sign_of_life
    except (DatabaseError, SecondaryStorageError, TimeoutError) as error:
        logger.warning("Not ready: %s", str(error) or f"The {name.replace('_', ' ')} does not answer in time")
        return False
    return True
