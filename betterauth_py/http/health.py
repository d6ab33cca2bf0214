"""Health checks of this process."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from betterauth_py.core.auth_context import AuthContext, logger
from betterauth_py.errors import DatabaseError, SecondaryStorageError

LEAVING: Final = "betterauth.leaving"
"""Key in the ASGI state of a request: the server is shutting down (`betterauth serve` sets it)."""
_PATIENCE_SECONDS: Final = 3.0


class Readiness:
    """Checks the database and the secondary storage of an auth."""

    def __init__(self, auth: AuthContext) -> None:
        """Prepare the checks without running them."""
        self._parts: dict[str, Callable[[], Awaitable[None]]] = {}
        if not auth.database.url.in_process:
            self._parts["database"] = auth.database.ping
        if auth.secondary_storage is not None:
            self._parts["secondary_storage"] = auth.check_secondary_storage
        self._asked: dict[str, asyncio.Future[str]] = {}

    async def __call__(self, state: Mapping[str, Any]) -> dict[str, str]:
        """Return for each part whether it answers within three seconds; `status` is "ok" if all do.

        `state` is the request's ASGI state. A server that was told to stop is not ready, whatever its parts say.
        """
        if state.get(LEAVING):
            return {"status": "stopping"}
        answers = await asyncio.gather(*(self._answers(name) for name in self._parts))
        told = zip(self._parts, answers, strict=True)
        states = {name: "ok" if answers_it else "unreachable" for name, answers_it in told}
        return {"status": "ok" if all(answers) else "unavailable", **states}

    async def _answers(self, name: str) -> bool:
        asked = self._asked.get(name)
        if asked is None or asked.done() or asked.get_loop() is not asyncio.get_running_loop():
            # A check that hangs cannot always be cancelled in time, and is not started twice.
            asked = self._asked[name] = asyncio.ensure_future(_swallow(self._parts[name]()))
        done, _ = await asyncio.wait([asked], timeout=_PATIENCE_SECONDS)
        problem = asked.result() if done else f"The {name.replace('_', ' ')} does not answer in time"
        if problem:
            logger.warning("Not ready: %s", problem)
        return not problem


async def _swallow(sign_of_life: Awaitable[None]) -> str:
    """Return the problem, or nothing."""
    try:
        await sign_of_life
    except (DatabaseError, SecondaryStorageError) as error:
        return str(error)
    return ""
