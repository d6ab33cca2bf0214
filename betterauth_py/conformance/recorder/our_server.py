"""Our side: a ``BetterAuth`` with the scenario's profile, served by uvicorn in a thread."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

import uvicorn

import betterauth_py
from betterauth_py.conformance.collected_mails import Mail
from betterauth_py.conformance.databases import Database, Row, column_kinds, open_database
from betterauth_py.conformance.http_wire import Address
from betterauth_py.conformance.named_functions import named_functions
from betterauth_py.conformance.option_names import our_options
from betterauth_py.conformance.outside import Declared, Sent, available
from betterauth_py.conformance.scenario import Scenario
from betterauth_py.conformance.templates import Templates

from .outside_transport import OutsideTransport
from .redis_place import RedisPlace

LAYOUTS = {"drizzle": "drizzle", "kysely": "better-auth"}
"""What the oracle's layouts are called here."""


_LONGEST_BACKGROUND = 10.0
"""Seconds that work in the background may take on a busy machine."""


class _AnnouncingServer(uvicorn.Server):
    """Says when it answers, and stops at once when told to."""

    def __init__(self, config: uvicorn.Config, ready: threading.Event) -> None:
        super().__init__(config)
        self._ready = ready
        self._running = threading.Event()
        self._stopped = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready.set()

    async def main_loop(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._running.set()
        await self._stopped.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close without uvicorn's grace period: every exchange is over by then."""
        for server in self.servers:
            server.close()
        await self.lifespan.shutdown()

    def call(self, function: Callable[[], None]) -> None:
        """Call a function on the event loop, from another thread, before whatever arrives later."""
        if self._running.wait(timeout=5):
            self._loop.call_soon_threadsafe(function)

    def wait_for(self, work: Callable[[], Coroutine[Any, Any, None]], seconds: float) -> None:
        """Run work on the event loop, from another thread, and wait until it is done."""
        if self._running.wait(timeout=5):
            asyncio.run_coroutine_threadsafe(work(), self._loop).result(timeout=seconds)

    def stop(self) -> None:
        """End serving, from another thread."""
        self.call(self._stopped.set)


class _AnnouncedChanges:
    """Tables whose changes the server is told of before the next request.

    Its memory cache hears of what others write a moment after they have written it, on a busy machine later than the
    next request comes; better-auth knows no such moment.
    """

    def __init__(self, database: Database, announce: Callable[[], None]) -> None:
        self._database = database
        self._announce = announce

    def rows(self, table: str) -> list[Row]:
        return self._database.rows(table)

    def change(self, table: str, values: Mapping[str, Any], where: Mapping[str, str]) -> int:
        changed = self._database.change(table, values, where)
        self._announce()
        return changed

    def delete(self, table: str, where: Mapping[str, str]) -> int:
        deleted = self._database.delete(table, where)
        self._announce()
        return deleted

    def close(self) -> None:
        self._database.close()


class OurServer:
    """A running server of ours. Use as a context manager."""

    name = "betterauth-py"

    def __init__(self, scenario: Scenario, database_url: str, *, memory_cache: bool = False) -> None:
        self._mails: list[Mail] = []
        functions = named_functions(self._mails)
        options = our_options(scenario.options, functions.__getitem__)
        database = {"url": database_url, "layout": LAYOUTS[scenario.layout]} if scenario.has_database else False
        self.storage = RedisPlace() if scenario.has_secondary_storage else None
        if self.storage:
            options["secondary_storage"] = {
                "url": f"unix://{self.storage.path}",
                "key_prefix": self.storage.prefix,
            }
        if memory_cache:
            options["session"] = {**options.get("session", {}), "memory_cache": {"enabled": True}}
        self._outside = OutsideTransport()
        self._outside.replies = available(scenario.outside, Templates(scenario.secret, {}, {}, scenario.claims).fill)
        options["http_client"] = self._outside.client()
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
            with self._outside.is_all_there_is():
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
        self.database = _AnnouncedChanges(open_database(self._url, self._kinds), self._doubt_memory)
        return self

    def __exit__(self, *_: object) -> None:
        self.database.close()
        if self._server:
            self._server.stop()
        self._thread.join(timeout=10)
        self._socket.close()

    def _doubt_memory(self) -> None:
        """Have the server ask its database before it shows what it remembers, as after a change of its own."""
        doubt = self._auth.context.database.on_session_change
        if doubt and self._server:
            self._server.call(doubt)

    def mails(self) -> list[dict[str, Any]]:
        """What the mail functions were given, also after the answer."""
        self._settle()
        return list(self._mails)

    def answer_outside(self, replies: list[Declared]) -> None:
        """Answer requests to the outside so from now on."""
        self._outside.replies = replies

    def sent_outside(self) -> list[Sent]:
        """What was sent outside since this was last asked, also by work in the background."""
        self._settle()
        return self._outside.sent()

    def _settle(self) -> None:
        if self._server:
            self._server.wait_for(self._auth.context.finish_background_work, _LONGEST_BACKGROUND)
