"""The example 'better-auth in Next.js, verified in FastAPI': the real better-auth issues, three services verify."""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from betterauth_py.conformance.recorder.embedded_postgres import EmbeddedPostgres
from betterauth_py.conformance.recorder.oracle import install
from tests.clients.conftest import chromium, node_modules
from tests.clients.servers import CLIENTS, ROOT, clean_environment, free_port, running
from tests.clients.trace import run_script

__all__ = ["chromium", "node_modules"]  # fixtures

pytestmark = pytest.mark.slow

BACKEND = ROOT / "examples" / "nextjs" / "backend"
SOURCES = ["database", "remote", "tokens"]


def test_a_session_of_next_js_counts_in_fastapi(
    node_modules: None, chromium: str, postgres: EmbeddedPostgres, tmp_path: Path
) -> None:
    install()
    port = free_port()
    page_url = f"http://localhost:{port}"
    ports = {source: free_port() for source in SOURCES}
    urls = {source: f"http://localhost:{ports[source]}" for source in SOURCES}
    database_url = postgres.database("nextjs example")
    environment = clean_environment(
        NODE_ENV="production", DATABASE_URL=database_url, NEXT_URL=page_url, PYTHONPATH=str(ROOT)
    )
    next_js = ["node", str(CLIENTS / "nextjs.mjs"), str(port), json.dumps(urls), str(tmp_path)]
    with ExitStack() as servers, ThreadPoolExecutor() as threads:
        starting = [threads.submit(servers.enter_context, running(next_js, page_url, tmp_path, environment))]
        for source in SOURCES:
            (tmp_path / source).mkdir()
            command = [sys.executable, "-m", "uvicorn", f"{source}:app", "--port", str(ports[source])]
            server = running(command, urls[source], BACKEND, environment, "/openapi.json", tmp_path / source)
            starting.append(threads.submit(servers.enter_context, server))
        for started in starting:
            started.result()
        trace = run_script("nextjs_page.mjs", page_url, chromium, timeout=100)

    # In production better-auth's rate limit is on: 100 requests in 10 seconds but for what the example says.
    (often,) = [step for step in trace if step["step"] == "often"]
    assert often["statuses"] == [200]
    steps = {step["step"]: step["answers"] for step in trace if "answers" in step}
    nobody = [401, {"detail": "Not authenticated"}]
    for step in ("before", "after"):
        assert [steps[step][source] for source in ("remote", "database", "server")] == [nobody] * 3
        # Without a session there is no token to call with.
        assert steps[step]["tokens"][0] == 0
    remote, database, tokens = (steps["signed in"][source] for source in ("remote", "database", "tokens"))
    assert remote[0] == 200
    assert (remote[1]["name"], remote[1]["email"]) == ("Ada Lovelace", "ada@example.com")
    assert database == tokens == remote == steps["signed in"]["server"]
