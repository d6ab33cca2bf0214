"""Our side: a ``BetterAuth`` with the scenario's profile, served by uvicorn in a thread."""

from __future__ import annotations

import asyncio
import socket
import threading
from time import sleep
from typing import Any

import uvicorn

import betterauth_py

from .collected_mails import Mail
from .databases import Database, column_kinds, open_database
from .http_wire import Address
from .named_functions import named_functions
from .option_names import our_options
from .scenario import Scenario
from .secondary_storage import RedisPlace

LAYOUTS = {"drizzle": "drizzle", "kysely": "better-auth"}
"""What the oracle's layouts are called here."""


SETTLING = 0.1
"""Seconds that work in the background may take."""


class _AnnouncingServer(uvicorn.Server):
    """Says when it answers, and stops at once when told to."""

    def __init__(self, config: uvicorn.Config, ready: threading.Event) -> None:
        super().__init__(config)
        self._ready = ready
        self._running = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready.set()

    async def main_loop(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopped = asyncio.Event()
        self._running.set()
        await self._stopped.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close without uvicorn's grace period: every exchange is over by then."""
        for server in self.servers:
            server.close()
        await self.lifespan.shutdown()

    def stop(self) -> None:
        """End serving, from another thread."""
        if self._running.wait(timeout=5):
            self._loop.call_soon_threadsafe(self._stopped.set)


class OurServer:
    """A running server of ours. Use as a context manager."""

    name = "betterauth-py"

    def __init__(self, scenario: Scenario, database_url: str, *, memory_cache: bool = False) -> None:
        self._mails: list[Mail] = []
        functions = named_functions(self._mails)
        options = our_options(scenario.options, functions.__getitem__)
        database = {"url": database_url, "layout": LAYOUTS[scenario.layout]}
        self.storage = RedisPlace() if scenario.has_secondary_storage else None
        if self.storage:
            options["secondary_storage"] = {
                "url": f"unix://{self.storage.path}",
                "key_prefix": self.storage.prefix,
            }
        if memory_cache:
            options["session"] = {**options.get("session", {}), "memory_cache": {"enabled": True}}
        environment = None if scenario.environment == "unset" else scenario.environment
        self._auth = betterauth_py.BetterAuth(**options, database=database, environment=environment)
        self._kinds = column_kinds(scenario.options)
        self._url = database_url
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        self.address = Address(self.port)
        self._server: _AnnouncingServer | None = None
        self._failure: BaseException | None = None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.database: Database

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:
            self._failure = error
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        await self._auth.migrate()
        config = uvicorn.Config(
            self._auth.app, server_header=False, lifespan="on", log_level="warning", access_log=False
        )
        self._server = _AnnouncingServer(config, self._ready)
        await self._server.serve(sockets=[self._socket])

    def __enter__(self) -> OurServer:
        self._thread.start()
        self._ready.wait(timeout=30)
        if self._failure:
            raise self._failure
        self.database = open_database(self._url, self._kinds)
        return self

    def __exit__(self, *_: object) -> None:
        self.database.close()
        if self._server:
            self._server.stop()
        self._thread.join(timeout=10)
        self._socket.close()

    def mails(self) -> list[dict[str, Any]]:
        """What the mail functions were given; they run after the answer, so they get a moment."""
        sleep(SETTLING)
        return list(self._mails)
