"""``python -m betterauth_py.conformance`` with one of four commands, then the names of scenarios.

``self-check`` plays the reference against itself: it must find nothing. ``show`` prints what the reference answers.
``compare`` plays our server on SQLite against the reference. ``record`` writes ``contracts/recordings``.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from .comparison import differences
from .embedded_postgres import EmbeddedPostgres, embedded_postgres
from .facts import facts_of
from .oracle import Oracles, install
from .player import Seen, play
from .recording import write_recording
from .scenario import Scenario, Send, load_all


def main() -> int:
    """Run one command over the chosen scenarios; the number of differences is the verdict."""
    parser = argparse.ArgumentParser(prog="python -m betterauth_py.conformance", description=__doc__)
    parser.add_argument("command", choices=["self-check", "show", "compare", "record"])
    parser.add_argument("names", nargs="*", help="scenarios, all when none is given")
    chosen = parser.parse_args()
    scenarios = load_all(*chosen.names)
    install()
    found = 0
    with embedded_postgres() as postgres:
        oracles = Oracles(postgres.database("oracle"))
        others = Oracles(postgres.database("other"))
        try:
            for scenario in scenarios:
                reference = play(scenario, oracles.for_scenario(scenario))
                found += _act(chosen.command, scenario, reference, others, postgres)
        finally:
            oracles.close()
            others.close()
    requests = sum(isinstance(step, Send) for item in scenarios for step in item.steps)
    print(f"{len(scenarios)} scenarios, {requests} requests, {found} differences")
    return 1 if found else 0


def _act(command: str, scenario: Scenario, reference: list[Seen], others: Oracles, postgres: EmbeddedPostgres) -> int:
    match command:
        case "show":
            _show(scenario, reference)
            return 0
        case "record":
            write_recording(scenario, reference)
            return 0
        case "self-check":
            ours = play(scenario, others.for_scenario(scenario))
            found = differences(scenario.between_references(), reference, ours)
        case _:
            try:
                ours = _played_on_sqlite(scenario)
            except Exception as error:
                print(f"{scenario.name}, step 0: does not start\n  {type(error).__name__}: {error}\n")
                return 1
            found = differences(scenario, reference, ours)
    for difference in found:
        print(difference, end="\n\n")
    return len(found)


def _played_on_sqlite(scenario: Scenario) -> list[Seen]:
    from .our_server import OurServer  # noqa: PLC0415 - the other commands work without the server

    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{Path(folder) / 'auth.db'}"
        server = OurServer(scenario, url)
        with server:
            return play(scenario, server, forgiving=True)


def _show(scenario: Scenario, playing: list[Seen]) -> None:
    print(f"\n=== {scenario.name}: {scenario.about}")
    for number, (seen, facts) in enumerate(zip(playing, facts_of(scenario, playing), strict=True), start=1):
        print(f"\n{number}. {seen.step.title}")
        for place, text in facts.items():
            print(f"   {place}: {text.text}")


if __name__ == "__main__":
    sys.exit(main())
