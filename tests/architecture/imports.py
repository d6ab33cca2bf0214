"""Who imports whom, read from the source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "betterauth_py"


@dataclass(frozen=True)
class Import:
    """One import, at runtime or for the type checker only: what a module knows of is what ties it."""

    file: str
    room: str
    target: str

    @property
    def top(self) -> str:
        """The imported top-level package."""
        return self.target.partition(".")[0]

    @property
    def target_room(self) -> str:
        """The room of the imported module, if it is one of this package; empty for the package itself."""
        return [*self.target.split("."), ""][1]


def room_of(path: Path) -> str:
    """Return the room a module is in: its folder under the package, or its own name beside them."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return parts[0]


@cache
def all_imports() -> tuple[Import, ...]:
    """Return every import of the package, wherever it stands."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        name = str(path.relative_to(ROOT))
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found += [Import(name, room_of(path), target) for target in _targets(tree, path)]
    return tuple(found)


def _targets(node: ast.AST, path: Path) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            yield from _from(child, path)
        else:
            yield from _targets(child, path)


def _from(statement: ast.ImportFrom, path: Path) -> Iterator[str]:
    module = statement.module or ""
    if statement.level:
        package = path.relative_to(ROOT).parts[: -statement.level]
        module = ".".join([*package, module]).rstrip(".")
    if module == "betterauth_py":
        yield from (f"betterauth_py.{alias.name}" for alias in statement.names)
    else:
        yield module
