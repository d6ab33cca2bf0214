"""docs/access-control.md is true: its Python runs, and its TOML makes the roles it names."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from betterauth_py import ConfigurationError

PAGE = (Path(__file__).parents[2] / "docs" / "access-control.md").read_text(encoding="utf-8")
PYTHON = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
OPTIONS = tomllib.loads(re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)[0])["plugins"]["projects"]


def run(source: str) -> dict[str, Any]:
    # Dataclasses look their module up.
    module = sys.modules.setdefault("access_page", ModuleType("access_page"))
    exec(compile(source, "access-control.md", "exec"), vars(module))  # noqa: S102 - ours
    return vars(module)


def test_the_decisions_of_the_page_are_made() -> None:
    assert run(PYTHON[0])["editor"].authorize({"project": ["create"]})


def test_roles_are_read_from_a_plugins_table_and_a_wrong_one_is_named() -> None:
    projects = run(PYTHON[1])["projects"]
    given = {name: table for name, table in OPTIONS.items() if name != "use"}
    assert projects.load(given, "plugins.projects").id == "projects"
    wrong = {**given, "roles": {"editor": {"project": ["fly"]}}}
    with pytest.raises(ConfigurationError, match=r"plugins\.projects\.roles\.editor.*no action 'fly'"):
        projects.load(wrong, "plugins.projects")
