"""A server that drains before it stops, so that no request is lost."""

from __future__ import annotations

import asyncio
import signal
import socket
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final

import uvicorn
from uvicorn.lifespan.on import LifespanOn

from betterauth_py.http.health import LEAVING
from betterauth_py.serving.config import ServingConfig
from betterauth_py.serving.protocol import BoundedProtocol, ConnectionState

_TICK_SECONDS: Final = 0.1


class Lifespan(LifespanOn):
    """The app's startup and shutdown. A failed startup is raised, instead of logged with a traceback."""

    _failure: BaseException | None = None

    async def startup(self) -> None:
        """Start the app.

        Raises:
            BaseException: what the app raised.
        """
        self._running = asyncio.create_task(self.main())
        await self.receive_queue.put({"type": "lifespan.startup"})
        await self.startup_event.wait()
        if self._failure is not None:
            raise self._failure

    async def main(self) -> None:
        """Play the protocol's part of the server."""
        scope = {
            "type": "lifespan",
            "asgi": {"version": self.config.asgi_version, "spec_version": "2.0"},
            "state": self.state,
        }
        try:
            await self.config.loaded_app(scope, self.receive, self._take)
        except BaseException as error:
            self.error_occurred = True
            self._failure = _only_one(error)
            if self.startup_event.is_set():
                self.logger.error("The shutdown failed", exc_info=error)
        finally:
            self.startup_event.set()
            self.shutdown_event.set()

    async def _take(self, message: Any) -> None:
        # A failure is raised as well, with its type.
        if not message["type"].endswith(".failed"):
            await self.send(message)


def _only_one(error: BaseException) -> BaseException:
    """Return the failure in a group of one, as Litestar raises what its start raised."""
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error


class GracefulServer(uvicorn.Server):
    """Serves until stopped, then shuts down in three steps.

    1. Readiness is gone at once, and every answer ends its connection, while requests are still accepted: for `drain`
       seconds, in which load balancers choose another server. SIGINT leaves this step out.
    2. What has connected by then is accepted and answered; no new connections are taken.
    3. Requests under way get the grace period, then they are cut off.
    """

    config: ServingConfig
    server_state: ConnectionState

    def __init__(self, config: ServingConfig) -> None:
        """Prepare a server; it does not listen yet."""
        super().__init__(config)
        self.server_state = ConnectionState()
        self.cut_off = False
        """Whether requests had to be aborted at the end."""
        self._hurry = False

    async def _serve(self, sockets: list[socket.socket] | None = None) -> None:
        if not self.config.loaded:
            self.config.load()
        self.config.lifespan_class = Lifespan
        self.server_state.now = asyncio.get_running_loop().time()
        await super()._serve(sockets)

    async def on_tick(self, counter: int) -> bool:
        """Check once a second how long connections have been waiting."""
        self.server_state.now = now = asyncio.get_running_loop().time()
        if counter % 10 == 0:
            for connection in tuple(self.server_state.connections):
                if isinstance(connection, BoundedProtocol):
                    connection.check_time(now)
        return await super().on_tick(counter)

    def leave(self, *, hurry: bool = False) -> None:
        """Begin to stop; with `hurry` without draining. Being told twice to hurry ends it at once."""
        if hurry:
            self.force_exit = self._hurry
            self._hurry = True
        self.should_exit = True

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop at SIGTERM, soon at SIGINT."""
        self.leave(hurry=sig == signal.SIGINT)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Shut down in the three steps."""
        self.lifespan.state[LEAVING] = True
        self.server_state.leaving = True
        await self._drain()
        for connection in await self._stop_listening(sockets or []):
            connection.leave(hurry=self._hurry)
        await super().shutdown(sockets)

    async def _drain(self) -> None:
        loop = asyncio.get_running_loop()
        end, counter = loop.time() + self.config.drain, 0
        while not self._hurry and loop.time() < end:
            await asyncio.sleep(_TICK_SECONDS)
            counter += 1
            await self.on_tick(counter)

    async def _stop_listening(self, sockets: Sequence[socket.socket]) -> list[BoundedProtocol]:
        """Close what listens, after accepting the connections that are complete; return all connections.

        The kernel completes connections by itself and resets those not accepted when the last process
        closes the socket. Nothing is awaited between the last look and the close.
        """
        waiting = [connected for listener in sockets for connected in _accept_all(listener)]
        for server in self.servers:
            server.close()
        for listener in sockets:
            listener.close()
        loop = asyncio.get_running_loop()
        for connected in waiting:
            await loop.connect_accepted_socket(self._connection, connected)
        return [one for one in self.server_state.connections if isinstance(one, BoundedProtocol)]

    def _connection(self) -> BoundedProtocol:
        return BoundedProtocol(self.config, self.server_state, self.lifespan.state)

    async def _wait_tasks_to_complete(self) -> None:
        try:
            await super()._wait_tasks_to_complete()
        except asyncio.CancelledError:
            self.cut_off = True
            raise

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Hear of signals while serving; unlike in uvicorn's server, they are not raised again at the end."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _accept_all(listener: socket.socket) -> list[socket.socket]:
    accepted: list[socket.socket] = []
    while True:
        try:
            connected, _ = listener.accept()
        except OSError:
            # No connection waits any more (or there is no file left to take them with).
            return accepted
        connected.setblocking(False)
        accepted.append(connected)
