"""The committed vectors are what the reference answers today."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest

from betterauth_py.conformance.recorder.oracle import install
from tests.wire.vectors import SCRIPT, vectors


@pytest.mark.slow
def test_the_reference_still_answers_what_is_committed() -> None:
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("THE VECTORS WERE NOT COMPARED: Node is not installed")
    install()
    printed = subprocess.run(["node", SCRIPT], capture_output=True, check=True, timeout=60).stdout
    assert json.loads(printed) == vectors()
