"""Worker processes, replaced when one exits."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from typing import Final

from betterauth_py.errors import BetterAuthError
from betterauth_py.serving.config import ServingConfig
from betterauth_py.serving.server import GracefulServer

logger = logging.getLogger("betterauth")

EXIT_CUT_OFF: Final = 3
"""The exit code of a server that was stopped and had to abort requests."""
_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
# Between processes only: stop without draining. A terminal's Ctrl+C reaches workers as well, which leave it to us.
_HURRY: Final = signal.SIGUSR1
_HEARTBEAT_SECONDS: Final = 5.0
# Of a worker that serves: its event loop has been stuck for so long.
_LONGEST_SILENCE: Final = 60.0
# Of a worker that does not serve yet: longer than the time-outs of a database and a Redis that are away.
_LONGEST_START: Final = 300.0
# Between the attempts to replace a worker: longer each time, until one has lived for a minute.
_FIRST_DELAY: Final = 0.5
_LONGEST_DELAY: Final = 10.0
_LONG_LIFE: Final = 60.0
# Beyond the time to drain and the grace period, for sending the last mails and closing the stores.
_TIME_TO_END: Final = 15.0


class WorkerServer(GracefulServer):
    """The server of a worker, which sends heartbeats to its parent and stops when the parent is gone."""

    def __init__(self, config: ServingConfig, parent: Connection) -> None:
        """Prepare a server; `parent` is the writing end of a pipe."""
        super().__init__(config)
        self._parent = parent.fileno()
        os.set_blocking(self._parent, False)
        self._next_beat = 0.0

    async def on_tick(self, counter: int) -> bool:
        """Send a heartbeat every few seconds; the first one reports that this worker serves."""
        if time.monotonic() >= self._next_beat:
            self._next_beat = time.monotonic() + _HEARTBEAT_SECONDS
            try:
                os.write(self._parent, b".")
            except BlockingIOError:
                pass
            except OSError:
                logger.warning("The parent process is gone: worker %d ends as well", os.getpid())
                self.leave()
        return await super().on_tick(counter)

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Handle only the parent's signals."""
        signal.signal(signal.SIGTERM, lambda *_: self.leave())
        signal.signal(_HURRY, lambda *_: self.leave(hurry=True))
        yield


def _work(config: ServingConfig, sockets: list[socket.socket], parent: Connection) -> None:
    """Serve in a worker process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    server = WorkerServer(config, parent)
    try:
        server.run(sockets)
    except BetterAuthError as error:
        logger.error("Worker %d cannot start: %s", os.getpid(), error)
        sys.exit(1)
    if server.cut_off:
        sys.exit(EXIT_CUT_OFF)


class _Worker:
    """A worker process as its parent sees it."""

    def __init__(self, config: ServingConfig, sockets: list[socket.socket], now: float) -> None:
        self.heard, writer = multiprocessing.Pipe(duplex=False)
        spawn = multiprocessing.get_context("spawn")
        self.process = spawn.Process(target=_work, args=(config, sockets, writer))
        self.process.start()
        writer.close()
        self.started_at = self.heard_at = now
        self.serves = False
        self.outdated = False
        self.retired = False

    def listen(self, now: float) -> None:
        """Record its heartbeats."""
        with suppress(OSError):
            if not self.heard.closed and self.heard.poll():
                if os.read(self.heard.fileno(), 4096):
                    self.heard_at, self.serves = now, True
                else:
                    self.heard.close()

    def send(self, number: signal.Signals) -> None:
        if self.process.exitcode is None and self.process.pid is not None:
            with suppress(ProcessLookupError):
                os.kill(self.process.pid, number)

    @property
    def end(self) -> str:
        """How it ended, in words."""
        code = self.process.exitcode or 0
        if code >= 0:
            return f"exit code {code}"
        with suppress(ValueError):
            return f"killed by {signal.Signals(-code).name}"
        return f"killed by signal {-code}"


class Supervisor:
    """Keeps a number of workers alive until SIGTERM or SIGINT; SIGHUP replaces them one by one.

    A worker that ends is replaced, for ever: at once, or if workers do not live long after a delay that grows up to ten
    seconds. Uvicorn's own supervisor ends the whole server when a worker cannot start, say because the database is
    away, and keeps the socket open while no process accepts from it.
    """

    def __init__(self, config: ServingConfig, sockets: list[socket.socket], count: int) -> None:
        """Prepare; `sockets` are bound, and are closed here as soon as the server is told to stop."""
        self._config = config
        self._sockets = sockets
        self._count = count
        self._workers: list[_Worker] = []
        self._failures = 0
        self._next_start = 0.0
        self._stop_by: float | None = None
        self._hurried = False
        self._cut_off = False
        self._signals: list[int] = []

    def run(self) -> int:
        """Supervise; return the exit code: 0, or 3 if requests had to be aborted."""
        with _wakeups(self._signals.append) as woken:
            while True:
                now = time.monotonic()
                self._follow_signals(now)
                for worker in self._workers:
                    worker.listen(now)
                self._kill_the_stuck(now)
                self._bury_the_dead(now)
                if self._stop_by is None:
                    self._start_missing(now)
                    self._renew()
                elif not self._workers:
                    return EXIT_CUT_OFF if self._cut_off else 0
                self._wait(woken)

    def _wait(self, woken: int) -> None:
        events: list[int | Connection] = [woken]
        for worker in self._workers:
            events.append(worker.process.sentinel)
            if not worker.heard.closed:
                events.append(worker.heard)
        wait(events, timeout=0.5)
        with suppress(BlockingIOError):
            os.read(woken, 4096)

    def _follow_signals(self, now: float) -> None:
        while self._signals:
            number = self._signals.pop(0)
            if number == signal.SIGHUP:
                logger.info("SIGHUP: replacing the workers one by one")
                for worker in self._workers:
                    worker.outdated = True
            elif number == signal.SIGINT and self._hurried:
                self._kill(self._workers, "told to end at once")
            else:
                self._stop(now, hurry=number == signal.SIGINT)

    def _stop(self, now: float, *, hurry: bool) -> None:
        for listener in self._sockets:
            # The socket stays open until its last process closes it; that must be one that accepts.
            listener.close()
        for worker in self._workers:
            worker.send(_HURRY if hurry else signal.SIGTERM)
        grace = self._config.timeout_graceful_shutdown or 0
        if self._stop_by is None:
            self._stop_by = now + self._config.drain + grace + _TIME_TO_END
        self._hurried |= hurry

    def _start_missing(self, now: float) -> None:
        serving = [worker for worker in self._workers if not worker.retired and not worker.outdated]
        for _ in range(self._count - len(serving)):
            outdated = any(worker.outdated for worker in self._workers)
            rising = any(not worker.serves for worker in serving)
            if now < self._next_start or (outdated and rising):
                return
            serving.append(_Worker(self._config, self._sockets, now))
            self._workers.append(serving[-1])

    def _renew(self) -> None:
        """Retire an outdated worker for each new one that serves."""
        current = [worker for worker in self._workers if not worker.outdated]
        outdated = [worker for worker in self._workers if worker.outdated and not worker.retired]
        serving = sum(worker.serves for worker in current)
        for worker in outdated[: max(0, serving + len(outdated) - self._count)]:
            worker.retired = True
            worker.send(signal.SIGTERM)

    def _kill_the_stuck(self, now: float) -> None:
        if self._stop_by is None:
            stuck = [one for one in self._workers if one.serves and now - one.heard_at > _LONGEST_SILENCE]
            self._kill(stuck, f"its event loop has been stuck for {_LONGEST_SILENCE:.0f} s")
            hung = [one for one in self._workers if not one.serves and now - one.started_at > _LONGEST_START]
            self._kill(hung, f"it has not begun to serve for {_LONGEST_START:.0f} s")
        elif now > self._stop_by:
            self._kill(self._workers, "it did not end in time")

    def _kill(self, workers: Sequence[_Worker], reason: str) -> None:
        for worker in workers:
            if worker.process.exitcode is None:
                logger.error("Killing worker %s: %s", worker.process.pid, reason)
                worker.process.kill()
                worker.process.join()
                self._cut_off |= self._stop_by is not None

    def _bury_the_dead(self, now: float) -> None:
        for worker in [one for one in self._workers if one.process.exitcode is not None]:
            self._workers.remove(worker)
            worker.heard.close()
            if self._stop_by is not None or worker.retired:
                self._cut_off |= worker.process.exitcode == EXIT_CUT_OFF
                continue
            self._failures = 0 if worker.serves and now - worker.started_at > _LONG_LIFE else self._failures + 1
            delay = min(_LONGEST_DELAY, _FIRST_DELAY * 2 ** min(self._failures - 2, 8)) if self._failures > 1 else 0.0
            self._next_start = now + delay
            logger.error(
                "Worker %s ended (%s); another starts %s",
                worker.process.pid,
                worker.end,
                f"in {delay:g} s" if delay else "now",
            )


@contextmanager
def _wakeups(take: Callable[[int], None]) -> Iterator[int]:
    """Have signals taken, and yield what becomes readable when one comes."""
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    os.set_blocking(writer, False)
    before = {number: signal.signal(number, lambda number, _: take(number)) for number in _SIGNALS}
    previous = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    try:
        yield reader
    finally:
        signal.set_wakeup_fd(previous)
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(reader)
        os.close(writer)
