"""examples/plugin is a package of a stranger: it needs only what is public, and works as it is."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from betterauth_py import plugins, testing
from betterauth_py.assembly.sources import load_service_options

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "plugin"
PUBLIC = {"betterauth_py.plugins": plugins.__all__, "betterauth_py.testing": testing.__all__}


def _imported(file: Path) -> set[tuple[str, str]]:
    """Return what a file takes from this package, as (module, name)."""
    tree, found = ast.parse(file.read_text(encoding="utf-8")), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            found |= {(node.module or "", alias.name) for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {(alias.name, "") for alias in node.names}
    return {(module, name) for module, name in found if module.partition(".")[0] == "betterauth_py"}


def test_it_imports_only_what_is_public() -> None:
    taken = {one for file in EXAMPLE.rglob("*.py") for one in _imported(file)}
    assert len(taken) > 15
    assert [(module, name) for module, name in sorted(taken) if name not in PUBLIC.get(module, [])] == []


def test_its_configuration_loads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BETTER_AUTH_SECRET", "a secret for tests, which is long enough 0123456789")
    # The import string is found beside the configuration; the path is as before afterwards.
    monkeypatch.setattr(sys, "path", [*sys.path])
    (plugin,) = load_service_options(EXAMPLE / "betterauth.toml").plugins
    assert plugin.id == "notes"
    options = getattr(plugin, "options")  # noqa: B009 - only its base class is declared
    assert (options.max_notes, options.kept_for) == (50, 30 * 24 * 60 * 60)


def test_its_own_tests_pass() -> None:
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(EXAMPLE)]),
        # The other plugins that are installed here take seconds to load.
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }
    command = [sys.executable, "-m", "pytest", "-q", "-p", "pytest_asyncio.plugin", "-p", "no:cacheprovider"]
    result = subprocess.run(command, cwd=EXAMPLE, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
