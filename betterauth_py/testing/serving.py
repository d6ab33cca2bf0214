"""Lets real browsers reach a tested server."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import uvicorn


class LocalServer:
    """Listens on this machine, on the event loop that runs."""

    def __init__(self, server: uvicorn.Server, listener: socket.socket) -> None:
        """Hold a server and what it listens on."""
        self._server = server
        self._listener = listener
        self._task = asyncio.create_task(server.serve(sockets=[listener]))

    @classmethod
    async def start(cls, app: Any, url: str) -> LocalServer:
        """Listen at the port of `url`.

        Raises:
            OSError: if something else listens there.
        """
        parts = urlsplit(url)
        listener = socket.create_server(("127.0.0.1", parts.port or 80))
        server = cls(_Server(uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off")), listener)
        # uvicorn tells by nothing else that it listens.
        while not server._server.started and not server._task.done():  # noqa: ASYNC110
            await asyncio.sleep(0.005)
        return server

    async def stop(self) -> None:
        """Stop listening; what is under way is answered."""
        self._server.should_exit = True
        await self._task
        self._listener.close()


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Leave signals to the test runner."""
        yield
