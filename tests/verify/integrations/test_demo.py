"""`make demo`: three servers from one command, which all end with it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from tests.clients.conftest import node_modules
from tests.clients.servers import ROOT, clean_environment, free_port
from tests.verify.integrations.people import PASSWORD

__all__ = ["node_modules"]  # fixture

pytestmark = pytest.mark.slow

DEMO = ROOT / "examples" / "demo" / "demo.py"


def command(folder: Path, page: int, auth: int, api: int) -> list[str]:
    ports = ["--page-port", str(page), "--auth-port", str(auth), "--api-port", str(api)]
    return [sys.executable, str(DEMO), *ports, "--folder", str(folder)]


def listens(port: int) -> bool:
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_three_servers_start_and_stop_together(ending: signal.Signals, node_modules: None, tmp_path: Path) -> None:
    page, auth, api = ports = free_port(), free_port(), free_port()
    log = tmp_path / "demo.log"
    with log.open("w") as output:
        demo = subprocess.Popen(
            command(tmp_path, *ports), env=clean_environment(), stdout=output, stderr=subprocess.STDOUT
        )
    try:
        deadline = time.monotonic() + 45
        while "Ctrl-C stops all three." not in log.read_text():
            assert demo.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        origin = f"http://localhost:{page}"
        with httpx.Client(headers={"origin": origin}, trust_env=False) as browser:
            assert "betterauth-py demo" in browser.get(origin).text
            assert f"http://localhost:{api}" in browser.get(f"{origin}/main.js").text
            body = {"name": "Ada", "email": "ada@example.com", "password": PASSWORD}
            signed_up = browser.post(f"http://localhost:{auth}/api/auth/sign-up/email", json=body)
            assert signed_up.status_code == 200, signed_up.text
            me = browser.get(f"http://localhost:{api}/me")
            assert (me.status_code, me.json()["name"]) == (200, "Ada")
            assert me.headers["access-control-allow-origin"] == origin
        demo.send_signal(ending)
        assert demo.wait(timeout=20) == 0
        assert log.read_text().endswith("\nStopped.\n")
        assert "Traceback" not in log.read_text()
        assert not any(listens(port) for port in ports)
    finally:
        demo.kill()
        demo.wait()


def test_ports_in_use_are_all_named_with_a_way_out(tmp_path: Path) -> None:
    with closing(socket.socket()) as first, closing(socket.socket()) as second:
        for busy in (first, second):
            busy.bind(("127.0.0.1", 0))
            busy.listen()
        page, auth = first.getsockname()[1], second.getsockname()[1]
        done = subprocess.run(
            command(tmp_path, page, auth, free_port()),
            env=dict(os.environ),
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
    assert done.returncode == 1
    assert f"Something listens on port {page} and {auth} already." in done.stderr
    other_page, other_auth = (port + 1000 if port < 64000 else port - 1000 for port in (page, auth))
    assert f'make demo DEMO_ARGS="--page-port {other_page} --auth-port {other_auth}"' in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_without_node_it_says_so(tmp_path: Path) -> None:
    done = subprocess.run(
        command(tmp_path, free_port(), free_port(), free_port()),
        env=clean_environment(PATH=str(tmp_path)),
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == 1
    assert done.stderr.strip() == "The page needs Node 20 or newer to be built, and `node` is not installed."
