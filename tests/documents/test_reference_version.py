"""The version of the reference stands in one place, `betterauth_py/_version.py`; everything else agrees with it."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

from betterauth_py._version import REFERENCE_VERSION
from betterauth_py.conformance.recording import recorded_paths

ROOT = Path(__file__).parents[2]
TOLD_AS_IT_WAS = ("CHANGELOG.md", "benchmarks/results/", "contracts/recordings/1.")
"""What tells of the version of its day."""
SPEAK_OF_EARLIER_VERSIONS = {
    "betterauth_py/store/adoption.py",
    "tests/conformance/test_reference_versions.py",
    "docs/conformance.md",
    "tests/conformance/test_command.py",
    "tests/migrations/test_adoption_proofs.py",
}
"""Files that name an earlier version of better-auth on purpose, such as what adopts its databases."""
CITED = re.compile(r"\bbetter-auth[`'\"*: =]+(?:version )?(\d+\.\d+\.\d+)")


def tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    return [name for name in listed if name and not name.startswith(TOLD_AS_IT_WAS) and (ROOT / name).is_file()]


def test_every_text_that_names_a_version_of_better_auth_names_the_present_one() -> None:
    wrong = [
        f"{name}: {match[0]}"
        for name in tracked()
        if not name.endswith("package-lock.json") and name not in SPEAK_OF_EARLIER_VERSIONS
        for match in CITED.finditer((ROOT / name).read_text(encoding="utf-8", errors="replace"))
        if match[1] != REFERENCE_VERSION
    ]
    assert wrong == []


def test_every_node_project_pins_this_version_in_its_manifest_and_lock_file() -> None:
    projects = [name.removesuffix("package.json") for name in tracked() if name.endswith("package.json")]
    pinned = {}
    for project in projects:
        manifest = json.loads((ROOT / project / "package.json").read_text(encoding="utf-8"))
        if "better-auth" in manifest.get("dependencies", {}):
            lock = json.loads((ROOT / project / "package-lock.json").read_text(encoding="utf-8"))
            locked = lock["packages"]["node_modules/better-auth"]["version"]
            pinned[project] = (manifest["dependencies"]["better-auth"], locked)
    assert {"contracts/oracle/", "examples/react/", "tests/clients/"} <= set(pinned)
    assert set(pinned.values()) == {(REFERENCE_VERSION, REFERENCE_VERSION)}


def test_every_recording_is_of_this_version() -> None:
    folder = ROOT / "contracts" / "recordings"
    recordings = [folder / f"{path}.yaml" for path in recorded_paths(folder)]
    assert recordings
    line = f"reference: better-auth {REFERENCE_VERSION}\n"
    assert [path.name for path in recordings if not path.read_text(encoding="utf-8").startswith(line)] == []
