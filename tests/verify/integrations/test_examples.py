"""Every example, started as its README says, called by a page in Chromium that signs in with the JavaScript client."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.clients.conftest import chromium, node_modules
from tests.clients.servers import ROOT, clean_environment, free_port, our_server, page_server, running
from tests.clients.trace import run_script

__all__ = ["chromium", "node_modules"]  # fixtures

pytestmark = pytest.mark.slow

EXAMPLES = ROOT / "examples"
FRAMEWORKS = ["asgi", "django", "fastapi", "flask", "litestar", "starlette"]
NAME = "Ada Lovelace"


def command_of(example: str) -> tuple[Path, list[str]]:
    """Where and how the README starts the example: the last line of its first shell block."""
    folder = EXAMPLES / example
    (block, *_) = re.findall(r"```sh\n(.*?)```", (folder / "README.md").read_text(), re.DOTALL)
    program, *arguments = block.splitlines()[-1].split()
    return folder, [sys.executable, *([] if program == "python" else ["-m", program]), *arguments]


@pytest.fixture
def addresses() -> dict[str, int]:
    """A free port for each server of the test."""
    return {name: free_port() for name in ["page", "foreign", "auth", *FRAMEWORKS]}


@pytest.fixture
def page_folder(node_modules: None, addresses: dict[str, int], tmp_path: Path) -> Path:
    folder = tmp_path / "page"
    environment = os.environ | {
        "AUTH_URL": f"http://localhost:{addresses['auth']}",
        "API_URL": f"http://localhost:{addresses['fastapi']}",
        "OUT_DIR": str(folder),
    }
    subprocess.run(["node", EXAMPLES / "demo" / "build.mjs"], env=environment, check=True, timeout=60)
    return folder


@pytest.fixture
def services(addresses: dict[str, int], page_folder: Path, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The page, the auth server and every example, running."""
    page_url = f"http://localhost:{addresses['page']}"
    urls: dict[str, str] = {}
    with ExitStack() as servers:
        auth_url = servers.enter_context(our_server(addresses["auth"], [page_url], new(tmp_path / "auth")))
        environment = clean_environment(AUTH_URL=auth_url, PAGE_URL=page_url, PYTHONPATH=str(ROOT))
        with ThreadPoolExecutor() as threads:  # they start side by side
            starting = []
            for example in FRAMEWORKS:
                folder, command = command_of(example)
                urls[example] = url = f"http://localhost:{addresses[example]}"
                here = [part.replace("8000", str(addresses[example])) for part in command]
                if "runserver" in here:
                    here.append("--noreload")  # its reloader is a second process, which would outlive the first
                server = running(here, url, folder, environment, "/greeting", new(tmp_path / example))
                starting.append(threads.submit(servers.enter_context, server))
        for started in starting:
            started.result()
        for name in ("page", "foreign"):
            servers.enter_context(page_server(addresses[name], page_folder))
        yield urls


def new(folder: Path) -> Path:
    folder.mkdir()
    return folder


def test_a_page_signs_in_and_every_service_knows_who_calls(
    services: dict[str, str], addresses: dict[str, int], chromium: str
) -> None:
    trace = run_script(
        "services.mjs",
        *("--page", f"http://localhost:{addresses['page']}", "--foreign", f"http://localhost:{addresses['foreign']}"),
        *("--services", json.dumps(services), "--chromium", chromium),
        *("--screenshots", str(ROOT / ".cache" / "browser" / "demo")),
        timeout=150,
    )
    steps = {step.pop("step"): step for step in trace}

    def every(status: int, body: Any) -> dict[str, Any]:
        return {example: [status, body] for example in FRAMEWORKS}

    nobody = {"detail": "Not authenticated"}
    assert without_their_own_words(steps["open"]["answers"]) == every(401, nobody)

    ada = steps["sign up"]["shown"]
    assert (ada["name"], ada["email"]) == (NAME, "ada@example.com")
    assert steps["sign up"]["answers"] == every(200, ada)

    assert steps["add a note"]["shown"] == {"added": "from the page"}
    assert steps["add a note"]["answers"] == every(201, {"added": "from a script"})

    # The forged request went out with the cookie, and changed nothing anywhere.
    foreign = steps["let a page that is not trusted try"]
    kept = every(200, ["from a script"]) | {"fastapi": [200, ["from the page", "from a script"]]}
    assert foreign == {"read": "blocked by CORS", "answers": kept}

    assert steps["greet"]["answers"] == every(200, {"greeting": f"Hello, {NAME}!"})

    assert steps["sign out"]["shown"] == nobody
    assert without_their_own_words(steps["sign out"]["answers"]) == every(401, nobody)


def without_their_own_words(answers: dict[str, Any]) -> dict[str, Any]:
    """Litestar's errors repeat the status in the body; Starlette's `requires` has a word of its own."""
    assert answers["litestar"][1].pop("status_code") == answers["litestar"][0]
    assert answers["starlette"][1] == {"detail": "Unauthorized"}
    return answers | {"starlette": [answers["starlette"][0], answers["asgi"][1]]}
