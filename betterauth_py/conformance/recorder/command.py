"""``python -m betterauth_py.conformance`` with one of four commands, then the names of scenarios.

``record`` plays the reference, prints what differs from the earlier recording and which intended differences are void,
and writes ``contracts/recordings`` (``--missing``: only scenarios that have no recording or have changed since).
``show`` prints what the reference answers. ``compare`` plays our server on SQLite against the reference.
``self-check`` plays the reference against itself: it must find nothing.
"""

from __future__ import annotations

import argparse
import tempfile
from contextlib import suppress
from pathlib import Path

from betterauth_py.conformance.comparison import Difference, differences
from betterauth_py.conformance.facts import Shown, facts_of
from betterauth_py.conformance.intended import void_differences
from betterauth_py.conformance.kit import RECORDINGS
from betterauth_py.conformance.player import play
from betterauth_py.conformance.recording import UnrecordedError, read_recording, recorded_paths
from betterauth_py.conformance.scenario import Scenario, load_all
from betterauth_py.conformance.steps import Send

from .embedded_postgres import EmbeddedPostgres, embedded_postgres
from .oracle import Oracles, install
from .writing import write_recording


def main() -> int:
    """Run one command over the chosen scenarios; the number of differences is the verdict."""
    parser = argparse.ArgumentParser(
        prog="python -m betterauth_py.conformance", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("command", choices=["self-check", "show", "compare", "record"])
    parser.add_argument("names", nargs="*", help="scenarios by name or path, or a folder; all when none is given")
    parser.add_argument("--missing", action="store_true", help="record only what has no recording that fits")
    chosen = parser.parse_args()
    scenarios = load_all(*chosen.names)
    if unknown := [name for name in chosen.names if not any(item.is_called(name) for item in scenarios)]:
        parser.error(f"no such scenario: {', '.join(unknown)}")
    if chosen.missing:
        scenarios = [scenario for scenario in scenarios if not _is_recorded(scenario)]
    install()
    found = 0
    with embedded_postgres() as postgres:
        oracles = Oracles(postgres.database("oracle"))
        others = Oracles(postgres.database("other"))
        try:
            for scenario in scenarios:
                reference = facts_of(scenario, play(scenario, oracles.for_scenario(scenario)))
                found += _act(chosen.command, scenario, reference, others, postgres)
        finally:
            oracles.close()
            others.close()
    if chosen.command == "record" and not chosen.names:
        _forget_what_has_no_scenario()
    requests = sum(isinstance(step, Send) for item in scenarios for step in item.steps)
    print(f"{len(scenarios)} scenarios, {requests} requests, {found} differences")
    return 1 if found and chosen.command != "record" else 0


def _act(command: str, scenario: Scenario, reference: Shown, others: Oracles, postgres: EmbeddedPostgres) -> int:
    match command:
        case "show":
            _show(scenario, reference)
            return 0
        case "record":
            return _record(scenario, reference)
        case "self-check":
            scenario = scenario.as_the_reference()
            ours = facts_of(scenario, play(scenario, others.for_scenario(scenario)))
        case _:
            try:
                ours = _played_on_sqlite(scenario)
            except Exception as error:
                print(f"{scenario.name}, step 0: does not start\n  {type(error).__name__}: {error}\n")
                return 1
    return _print(differences(scenario, reference, ours))


def _print(found: list[Difference]) -> int:
    for difference in found:
        print(difference, end="\n\n")
    return len(found)


def _is_recorded(scenario: Scenario) -> bool:
    with suppress(UnrecordedError):
        read_recording(scenario)
        return True
    return False


def _record(scenario: Scenario, shown: Shown) -> int:
    """Write the recording, and print how it differs from the earlier one (named ``reference`` there)."""
    found = 0
    try:
        found = _print(differences(scenario.as_the_reference(), read_recording(scenario), shown))
    except UnrecordedError as error:
        print(str(error).partition(";")[0])
    write_recording(scenario, shown)
    for line in void_differences(scenario, shown.steps):
        print(f"VOID {line}", end="\n\n")
    return found


def _forget_what_has_no_scenario() -> None:
    for name in recorded_paths() - {f"{scenario.folder}/{scenario.name}" for scenario in load_all()}:
        (RECORDINGS / f"{name}.yaml").unlink()
        print(f"{name} has no scenario any more: its recording is gone")


def _played_on_sqlite(scenario: Scenario) -> Shown:
    from .our_server import OurServer  # noqa: PLC0415 - the other commands work without the server

    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{Path(folder) / 'auth.db'}"
        server = OurServer(scenario, url)
        with server:
            return facts_of(scenario, play(scenario, server, forgiving=True))


def _show(scenario: Scenario, shown: Shown) -> None:
    print(f"\n=== {scenario.name}: {scenario.about}")
    for number, (step, facts) in enumerate(zip(scenario.steps, shown.steps, strict=True), start=1):
        print(f"\n{number}. {step.title}")
        for place, text in facts.items():
            print(f"   {place}: {text}")
