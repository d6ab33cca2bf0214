"""Compares another version of better-auth with the recordings, or moves the reference to it.

    scripts/reference.py drift [VERSION]            what that version does otherwise (the newest if none is given)
    scripts/reference.py move VERSION               installs it everywhere, records anew, writes what follows from it
    scripts/reference.py earlier VERSION [NAME...]  keeps what an earlier one does otherwise, to be recognised at a URL

Each prints what differs per scenario; the first two also say which intended differences are void. `drift` changes
nothing. They end with 0 whatever they find.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from betterauth_py._version import REFERENCE_VERSION
from betterauth_py.conformance.comparison import Difference, differences
from betterauth_py.conformance.facts import Shown, facts_of
from betterauth_py.conformance.intended import void_differences
from betterauth_py.conformance.kit import RECORDINGS
from betterauth_py.conformance.player import play
from betterauth_py.conformance.recorder.embedded_postgres import embedded_postgres
from betterauth_py.conformance.recorder.oracle import ORACLE, Oracles, installed_version
from betterauth_py.conformance.recorder.writing import write_recording
from betterauth_py.conformance.recording import UnrecordedError, is_version, read_recording, recording_path
from betterauth_py.conformance.scenario import Scenario, load_all

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache"
INVENTORY = ROOT / "contracts" / "endpoints.json"
OPTIONS = ROOT / "contracts" / "options.json"
TOLD_AS_IT_WAS = ("CHANGELOG.md", "benchmarks/results/", "contracts/recordings/")
"""What tells of the version of its day: moving leaves it alone."""
VECTORS = {
    "tests/wire/reference_vectors.mjs": "tests/wire/reference_vectors.json",
    "tests/verify/reference_vectors.mjs": "tests/verify/reference_vectors.json",
    "tests/crypto/reference.mjs": "tests/crypto/reference_vectors.json",
}

GENERATORS = ("scripts/write_contracts.py", "scripts/document_options.py")


def main() -> int:
    """Run one command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("command", choices=["drift", "move", "earlier"])
    parser.add_argument("version", nargs="?", default="latest", help="of better-auth; the newest if left out")
    parser.add_argument("names", nargs="*", help="scenarios, all when none is given")
    chosen = parser.parse_args()
    if chosen.version == "latest" and chosen.command != "drift":
        parser.error(f"{chosen.command} needs a version")
    scenarios = load_all(*chosen.names)
    match chosen.command:
        case "drift":
            drift(chosen.version, scenarios)
        case "earlier":
            keep_earlier(chosen.version, scenarios)
        case _:
            move(chosen.version)
    return 0


def drift(version: str, scenarios: list[Scenario]) -> None:
    """Report what differs in a version from what is recorded."""
    folder = oracle_of(version)
    differing, void = 0, []
    for scenario, shown in played(scenarios, folder):
        found = differences(scenario.as_the_reference(), read_recording(scenario), shown)
        void += list(void_differences(scenario, shown.steps))
        differing += bool(found)
        report(scenario, found)
    report_void(void)
    report_inventory(json.loads(INVENTORY.read_text(encoding="utf-8")), inventory_of(folder))
    print(
        f"\nbetter-auth {installed_version(folder)} against the recordings of {REFERENCE_VERSION}: "
        f"{differing} of {len(scenarios)} scenarios differ."
    )


def keep_earlier(version: str, scenarios: list[Scenario]) -> None:
    """Write `contracts/recordings/VERSION/OWNER/NAME.yaml` for what that version answers otherwise."""
    folder = oracle_of(version)
    kept = RECORDINGS / version
    for scenario, shown in played(scenarios, folder):
        found = differences(scenario.as_the_reference(), read_recording(scenario), shown)
        if found:
            write_recording(scenario, shown, kept, f"better-auth {version}")
        else:
            recording_path(scenario, kept).unlink(missing_ok=True)
        report(scenario, found)


def move(version: str) -> None:
    """Make a version the reference: packages, texts, recordings, vectors, inventory, documents.

    One that was broken off is taken up again by the same command.
    """
    if version != REFERENCE_VERSION:
        for project in node_projects():
            print(f"Installing better-auth {version} in {project}", flush=True)
            install(ROOT / project, version)
        # Before the texts name the version: keys and salts are random, so they are printed once for each.
        for script, answers in VECTORS.items():
            (ROOT / answers).write_text(output_of("node", script, folder=ROOT), encoding="utf-8")
        restate(REFERENCE_VERSION, version)
    shutil.rmtree(RECORDINGS / version, ignore_errors=True)
    scenarios = load_all()
    differing, void = 0, []
    for scenario, shown in played(scenarios, ORACLE):
        found = record(scenario, shown, version)
        void += list(void_differences(scenario, shown.steps))
        differing += bool(found)
        report(scenario, found)
    report_void(void)
    before, now = json.loads(INVENTORY.read_text(encoding="utf-8")), inventory_of(ORACLE)
    report_inventory(before, now)
    INVENTORY.write_text(json.dumps(now, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    OPTIONS.write_text(output_of("node", "options.mjs", folder=ORACLE), encoding="utf-8")
    for script in GENERATORS:
        subprocess.run([sys.executable, script], cwd=ROOT, check=True)
    print(f"\nThe reference is better-auth {version}: {differing} of {len(scenarios)} scenarios differ from before.")
    if version != REFERENCE_VERSION:
        numbers = "|".join(map(re.escape, (REFERENCE_VERSION, version)))
        print(f"Read `git diff -I '{numbers}'`, which shows more than the new number, run the tests, mend what fails.")


def record(scenario: Scenario, shown: Shown, version: str) -> list[Difference]:
    """Write what the new reference showed, and keep what other versions did otherwise.

    A recording tells of the version in its first line, and of each earlier one that has none of its own.
    """
    path = recording_path(scenario, RECORDINGS)
    earlier = [folder for folder in RECORDINGS.iterdir() if is_version(folder.name)]
    found: list[Difference] = []
    with suppress(UnrecordedError):
        found = differences(scenario.as_the_reference(), read_recording(scenario, RECORDINGS), shown)
        text = path.read_text(encoding="utf-8")
        recorded = text.partition("\n")[0].removeprefix("reference: better-auth ")
        for folder in {RECORDINGS / recorded, *earlier} - {RECORDINGS / version} if found else ():
            kept = recording_path(scenario, folder)
            if not kept.exists():
                kept.parent.mkdir(parents=True, exist_ok=True)
                kept.write_text(text.replace(recorded, folder.name, 1), encoding="utf-8")
    for folder in earlier:
        with suppress(UnrecordedError):
            if not differences(scenario.as_the_reference(), read_recording(scenario, folder), shown):
                recording_path(scenario, folder).unlink()
    write_recording(scenario, shown, RECORDINGS, f"better-auth {version}")
    return found


def played(scenarios: list[Scenario], folder: Path) -> Iterator[tuple[Scenario, Shown]]:
    """What the reference installed in a folder shows."""
    print(f"Playing {len(scenarios)} scenarios against better-auth {installed_version(folder)}", flush=True)
    with embedded_postgres() as postgres:
        oracles = Oracles(postgres.database("oracle"), folder)
        try:
            for scenario in scenarios:
                yield scenario, facts_of(scenario, play(scenario, oracles.for_scenario(scenario), forgiving=True))
        finally:
            oracles.close()


def oracle_of(version: str) -> Path:
    """A copy of the oracle with another version of better-auth, kept in .cache for the next time."""
    if version == "latest":
        version = output_of("npm", "view", "better-auth", "version", folder=ORACLE).strip()
    folder = CACHE / f"oracle-{version}"
    shutil.copytree(ORACLE, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("node_modules", "package*.json"))
    if not (folder / "node_modules" / "better-auth").is_dir():
        for name in ("package.json", "package-lock.json"):
            shutil.copyfile(ORACLE / name, folder / name)
        install(folder, version)
    return folder


def install(folder: Path, version: str) -> None:
    """Pin better-auth there, and its companion packages to their newest version."""
    manifest = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    companions = [name for name in manifest["dependencies"] if name.startswith("@better-auth/")]
    wanted = [f"better-auth@{version}", *(f"{name}@latest" for name in companions)]
    output_of("npm", "install", "--save-exact", "--no-audit", "--no-fund", "--loglevel=error", *wanted, folder=folder)


def node_projects() -> list[str]:
    """Folders of the repository whose package.json names better-auth."""
    manifests = (name for name in tracked() if name.endswith("package.json"))
    return [
        str(Path(name).parent)
        for name in manifests
        if "better-auth" in json.loads((ROOT / name).read_text(encoding="utf-8")).get("dependencies", {})
    ]


def tracked() -> list[str]:
    """Every file under version control that a move may change."""
    names = output_of("git", "ls-files", folder=ROOT).splitlines()
    return [name for name in names if not name.startswith(TOLD_AS_IT_WAS) and (ROOT / name).is_file()]


def restate(old: str, new: str) -> None:
    """Put the new version in the place of the old one in every text; npm has written its own files."""
    number = re.compile(rf"(?<![\d.]){re.escape(old)}(?!\.?\d)")
    for name in tracked():
        if Path(name).name not in ("package.json", "package-lock.json"):
            raw = (ROOT / name).read_bytes()
            if old.encode() in raw:
                (ROOT / name).write_text(number.sub(new, raw.decode("utf-8")), encoding="utf-8")


def inventory_of(folder: Path) -> dict[str, object]:
    """The endpoints, tables and error codes of the packages in a folder."""
    try:
        loaded: dict[str, object] = json.loads(output_of("node", "endpoints.mjs", folder=folder))
    except subprocess.CalledProcessError:
        print("\ncontracts/oracle/endpoints.mjs does not run with this version: the inventory stays as it is; mend it.")
        loaded = json.loads(INVENTORY.read_text(encoding="utf-8"))
    return loaded


def output_of(*command: str, folder: Path) -> str:
    """What a command prints."""
    return subprocess.run(command, cwd=folder, check=True, stdout=subprocess.PIPE, text=True).stdout


def report(scenario: Scenario, found: list[Difference]) -> None:
    """Print what differs in a scenario, each step once."""
    if found:
        steps = sorted({difference.step for difference in found})
        print(f"\n=== {scenario.name}: {len(steps)} steps differ ({', '.join(map(str, steps))})", flush=True)
        for difference in found:
            print(str(difference).replace("reference:", "recorded:").replace("ours:      ", "now:      "))


def report_void(void: list[str]) -> None:
    """Print the intended differences of which nothing is left."""
    for line in void:
        print(f"\nVOID: {line}")
    print(f"\n{len(void)} intended differences are void: the reference no longer shows what they say of it.")


def report_inventory(before: dict[str, object], now: dict[str, object]) -> None:
    """Print what came and went among endpoints, tables and error codes."""
    for kind in ("endpoints", "tables", "error_codes"):
        had, has = (set(_lines(inventory[kind])) for inventory in (before, now))
        for sign, lines in (("-", had - has), ("+", has - had)):
            for line in sorted(lines):
                print(f"{sign} {kind}: {line}")


def _lines(part: object) -> Iterator[str]:
    if isinstance(part, list):
        yield from (json.dumps(item) for item in part)
    elif isinstance(part, dict):
        for owner, entry in part.items():
            yield from (f"{owner} {json.dumps(name)}" for name in (entry.items() if isinstance(entry, dict) else entry))


if __name__ == "__main__":
    sys.exit(main())
