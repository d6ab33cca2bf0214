"""PgBouncer as a process of its own."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest


def find_pgbouncer() -> str:
    """The program; a test without it says so loudly."""
    found = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        pytest.skip("NOTHING WAS TESTED BEHIND A POOLER: no pgbouncer is installed (Debian: apt-get install pgbouncer)")
    return found


@contextmanager
def pgbouncer(postgresql_url: str, settings: Mapping[str, str], users: str = '"postgres" ""') -> Iterator[int]:
    """The port of a PgBouncer in front of all databases of the server that `postgresql_url` names."""
    program = find_pgbouncer()
    socket_folder = parse_qs(urlsplit(postgresql_url).query)["host"][0]
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    # Below pytest's own folders only root may read, and PgBouncer does not run as root.
    folder = Path(tempfile.mkdtemp(prefix="betterauth-pgbouncer-"))
    (folder / "users.txt").write_text(f"{users}\n")
    lines = {
        "listen_addr": "127.0.0.1",
        "listen_port": port,
        "unix_socket_dir": "",
        "auth_type": "trust",
        "auth_file": folder / "users.txt",
        "logfile": folder / "log",
        **settings,
    }
    if _version(program) >= (1, 21):
        lines["max_prepared_statements"] = "0"
    text = f"[databases]\n* = host={socket_folder} user=postgres\n[pgbouncer]\n"
    (folder / "pgbouncer.ini").write_text(text + "".join(f"{name} = {value}\n" for name, value in lines.items()))
    owner = Path(socket_folder).stat().st_uid if os.geteuid() == 0 else None
    if owner is not None:
        for path in (folder, *folder.iterdir()):
            os.chown(path, owner, -1)
    process = subprocess.Popen(
        [program, str(folder / "pgbouncer.ini")], user=owner, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(port, process, folder / "log")
        yield port
    finally:
        process.terminate()
        process.wait(timeout=10)
        shutil.rmtree(folder)


def _version(program: str) -> tuple[int, ...]:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"(\d+)\.(\d+)", said)
    assert found is not None, said
    return tuple(int(number) for number in found.groups())


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline and process.poll() is None:
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise AssertionError(f"PgBouncer does not listen:\n{log.read_text() if log.exists() else ''}")
