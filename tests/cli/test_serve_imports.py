"""What a server that starts does not load: each of these takes megabytes and a good part of the start."""

from __future__ import annotations

import subprocess
import sys

NOT_NEEDED = (
    "alembic", "betterauth_py.pages.api_reference", "cryptography", "faker", "httpx", "joserfc", "jinja2",
    "polyfactory", "pydantic", "redis", "rich", "sqlalchemy.orm",
)  # fmt: skip
LOADED = "import sys, betterauth_py.cli.serve; print(*(name for name in sys.argv[1:] if name in sys.modules))"


def test_a_server_loads_nothing_that_only_some_requests_need() -> None:
    command = [sys.executable, "-c", LOADED, *NOT_NEEDED]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == []
