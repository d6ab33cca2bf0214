"""Whatever the package imports, the extra `server` asks for by name, and not only something else that it asks for."""

import ast
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

from tests.packaging.test_lockfiles import name

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "betterauth_py"
# The verifier's integrations and its database source use these: a service brings its own.
BROUGHT = {"asgiref", "django", "fastapi", "flask", "psycopg", "starlette", "werkzeug"}
TESTING = PACKAGE / "testing"  # has an extra of its own
CONFORMANCE = PACKAGE / "conformance"  # a tool for development, run with the development dependencies


def imported(file: Path) -> set[str]:
    """The top-level names of what the module imports, wherever in it the import stands."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module is not None:
            found.add(node.module.partition(".")[0])
    return found - sys.stdlib_module_names - {"betterauth_py"}


def test_conformance_of_a_url_needs_only_its_extra_and_the_base() -> None:
    modules = ("command", "url_run", "url_side", "report", "profiles", "retargeting", "player", "recording", "kit")
    found = set().union(*(imported(CONFORMANCE / f"{module}.py") for module in modules))
    assert found == {"yaml"}


def of_plugin(file: Path, extras: dict[str, list[str]]) -> set[str]:
    """Return what the extra of a plugin declares: it has the plugin's id."""
    parts = file.relative_to(PACKAGE).parts
    extra = extras.get(parts[1].replace("_", "-"), []) if parts[0] == "plugins" else []
    return {name(item) for item in extra}


def test_every_import_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    declared = {name(item) for item in [*project["dependencies"], *extras["server"]]}
    tested = declared | {name(item) for item in extras["test"]}
    distributions = packages_distributions()
    undeclared = {
        (str(file.relative_to(ROOT)), module)
        for file in PACKAGE.rglob("*.py")
        if CONFORMANCE not in file.parents
        for module in imported(file) - BROUGHT
        if not (tested if TESTING in file.parents else declared | of_plugin(file, extras))
        & {name(distribution) for distribution in distributions.get(module, [module])}
    }
    assert undeclared == set()
