"""The plugins that come with the server are made with what everybody's are made with."""

from __future__ import annotations

import ast
from pathlib import Path

import betterauth_py
from betterauth_py import plugins
from betterauth_py.plugins import tools
from betterauth_py.plugins.registry import BUILT_IN
from betterauth_py.plugins.tool_homes import HOMES
from tests.architecture.imports import PACKAGE

PUBLIC = {
    "betterauth_py": betterauth_py.__all__,
    "betterauth_py.plugins": plugins.__all__,
    "betterauth_py.plugins.tools": tools.__all__,
}


def imported(file: Path) -> set[tuple[str, str]]:
    """What a file takes from this package, as (module, name), also for the type checker only."""
    tree, found = ast.parse(file.read_text(encoding="utf-8")), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            found |= {("." * node.level + (node.module or ""), alias.name) for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {(alias.name, "") for alias in node.names}
    return {(module, name) for module, name in found if module.split(".")[0] in {"betterauth_py", ""}}


def test_they_import_nothing_private() -> None:
    private = {}
    for plugin in BUILT_IN:
        own = f"betterauth_py.plugins.{plugin.name}"
        files = sorted((PACKAGE / "plugins" / plugin.name).rglob("*.py"))
        assert files, plugin.id
        for file in files:
            taken = {one for one in imported(file) if one[0] != own and not one[0].startswith(f"{own}.")}
            hidden = {(module, name) for module, name in taken if name not in PUBLIC.get(module, [])}
            if hidden:
                private[file.relative_to(PACKAGE).as_posix()] = sorted(hidden)
    assert private == {}


def test_every_public_name_is_there_once() -> None:
    assert set(tools.__all__) == set(HOMES)
    assert [name for name in tools.__all__ if getattr(tools, name, None) is None] == []
    assert set(tools.__all__) & set(plugins.__all__) == set()


def test_each_is_documented() -> None:
    page = (PACKAGE.parent / "docs" / "plugins.md").read_text(encoding="utf-8")
    assert [name for name in tools.__all__ if f"`{name}`" not in page] == []
