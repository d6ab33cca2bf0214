"""What better-auth 1.7.25 hashed, signed and encrypted, and what it makes of ours."""

from __future__ import annotations

import json
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from betterauth_py.conformance.recorder.oracle import install

_SCRIPT = Path(__file__).with_name("reference.mjs")
_ANSWERS = Path(__file__).with_name("reference_vectors.json")


@cache
def vectors() -> dict[str, Any]:
    """Return what `reference.mjs` printed."""
    loaded: dict[str, Any] = json.loads(_ANSWERS.read_text(encoding="utf-8"))
    return loaded


def read_by_reference(made: dict[str, Any]) -> dict[str, Any]:
    """Return what the reference makes of `made`, by starting it."""
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("THE REFERENCE HAS NOT READ OURS: Node is not installed")
    install()
    given = json.dumps(made).encode()
    done = subprocess.run(["node", _SCRIPT, "read"], input=given, capture_output=True, check=True, timeout=60)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
