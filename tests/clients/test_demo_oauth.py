"""`make demo-oauth`: the React example signs in with "GitHub" and others, without an account anywhere."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.clients.servers import ROOT, clean_environment, free_port
from tests.clients.trace import run_script

pytestmark = pytest.mark.slow

DEMO = ROOT / "examples" / "demo" / "demo_oauth.py"


def test_people_sign_in_with_a_provider_and_link_another(node_modules: None, chromium: str, tmp_path: Path) -> None:
    ports = {name: free_port() for name in ("page", "auth", "provider")}
    options = [part for name, port in ports.items() for part in (f"--{name}-port", str(port))]
    log = tmp_path / "demo.log"
    with log.open("w") as output:
        demo = subprocess.Popen(
            [sys.executable, DEMO, *options, "--folder", str(tmp_path)],
            env=clean_environment(),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        deadline = time.monotonic() + 45
        while "Ctrl-C stops all three." not in log.read_text():
            assert demo.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        screenshots = str(ROOT / ".cache" / "browser")
        page = f"http://localhost:{ports['page']}"
        steps = run_script(
            "demo_oauth.mjs", "--page", page, "--chromium", chromium, "--screenshots", screenshots, timeout=60
        )
        demo.send_signal(signal.SIGINT)
        assert demo.wait(timeout=20) == 0
    finally:
        demo.kill()
        demo.wait()
    assert steps == [
        {"step": "say no", "message": "You did not give your consent."},
        {"step": "sign in", "name": "Ada Lovelace", "email": "ada@example.com"},
        {"step": "link another", "accounts": ["GitHub", "Microsoft"]},
    ]
    assert log.read_text().endswith("\nStopped.\n")
    assert "Traceback" not in log.read_text()
