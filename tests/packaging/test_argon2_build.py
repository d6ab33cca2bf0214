"""`scripts/argon2` makes hashes take half the time where it can, and leaves a working argon2 where it cannot."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from betterauth_py.crypto.argon2id import openssl_where_it_is_faster

SCRIPT = Path(__file__).parents[2] / "scripts" / "argon2"
CPUINFO = Path("/proc/cpuinfo")

pytestmark = pytest.mark.skipif(
    not CPUINFO.exists() or "avx2" not in CPUINFO.read_text(),
    reason="NOT COMPILED: argon2 has no faster code for this processor",
)


def compile_argon2(python: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [SCRIPT, python], env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )


@pytest.mark.skipif(shutil.which("cc") is None, reason="NOT COMPILED: there is no C compiler")
def test_make_setup_has_compiled_argon2_for_this_processor() -> None:
    done = compile_argon2(Path(sys.executable))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert openssl_where_it_is_faster() is None


def test_without_a_compiler_it_says_so_once(tmp_path: Path) -> None:
    venv.create(tmp_path / "venv", with_pip=False)
    python = tmp_path / "venv" / "bin" / "python"
    first, second = compile_argon2(python, CC="no-compiler"), compile_argon2(python, CC="no-compiler")
    assert first.returncode == 1
    assert "There is no C compiler (no-compiler)." in first.stderr
    assert f"To try again, remove {tmp_path}/venv/.argon2" in first.stderr
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")
