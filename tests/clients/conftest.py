"""What the client tests need on the machine; a test that cannot run says so loudly."""

import fcntl
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.clients.servers import ROOT, free_port

NODE_PROJECTS = ("tests/clients", "examples/react", "examples/better-auth-ui", "contracts/oracle")


@pytest.fixture(scope="session")
def node_modules() -> None:
    """The Node packages of the scripts and of the page, installed if they are missing or their lock file changed."""
    for tool in ("node", "npm"):
        if not shutil.which(tool):
            pytest.skip(f"THE REAL CLIENT WAS NOT TESTED: {tool} is not installed")
    install = ROOT / "scripts" / "node-modules"
    with install.open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two pytest-xdist workers may get here at the same moment
        subprocess.run([install, *NODE_PROJECTS], check=True, timeout=300)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser; CHROMIUM names another one."""
    candidates = (os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
    for candidate in filter(None, candidates):
        if path := shutil.which(candidate):
            return path
    pytest.skip("THE BROWSER WAS NOT TESTED: no chromium is installed (Debian: apt-get install chromium)")


@pytest.fixture(scope="session")
def build_page(node_modules: None, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Builds examples/react for an auth server: the folder with the files."""

    def build(auth_url: str) -> Path:
        folder = tmp_path_factory.mktemp("page")
        environment = os.environ | {"AUTH_URL": auth_url, "OUT_DIR": str(folder)}
        subprocess.run(["node", "build.mjs"], cwd=ROOT / "examples" / "react", env=environment, check=True, timeout=60)
        return folder

    return build


@pytest.fixture
def ports() -> tuple[int, int]:
    """The ports of the page and of its auth server: 3000 and 3001, or those of another worker, or others if in use."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    return free_port(3000 + 20 * worker), free_port(3001 + 20 * worker)
