"""A server imports the plugins that it is told to use, and no other."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from betterauth_py.plugins.registry import BY_ID

CODE = """
import json, sys
from betterauth_py import BetterAuth
auth = BetterAuth(secret="a secret of the import tests, longer than 32", plugins=json.loads(sys.argv[1]))
auth.app
owners = {name.split(".")[2] for name in sys.modules if name.startswith(sys.argv[2]) and name.count(".") >= 2}
print(json.dumps(sorted(owners)))
"""


def imported(package: str, plugins: dict[str, Any]) -> list[str]:
    """Return the folders of a package of which a server with these plugins has imported anything."""
    command = [sys.executable, "-c", CODE, json.dumps(plugins), f"betterauth_py.{package}."]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    found: list[str] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("plugin", [None, *BY_ID])
def test_only_plugins_that_are_named_are_imported(plugin: str | None) -> None:
    used = imported("plugins", {plugin: dict(BY_ID[plugin].example)} if plugin else {})
    folders = {name.replace("-", "_") for name in BY_ID}
    assert [name for name in used if name in folders] == ([plugin.replace("-", "_")] if plugin else [])


def test_no_sender_of_mails_is_imported_where_none_are_sent() -> None:
    assert imported("mail", {}) == ["kinds"]
