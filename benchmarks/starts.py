"""How long a server takes from the start of its process to its first answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from benchmarks.contestants import NODE, OURS, PYPI, Servers, start_another

CONTESTANTS = (OURS, NODE)


@dataclass(frozen=True, kw_only=True)
class Start:
    """The starts of one server."""

    label: str
    seconds: float
    """The median of the rounds."""
    times_node: float
    """The median of the rounds' ratios to better-auth on Node."""


def measure_starts(servers: Servers, *, rounds: int, tell: Callable[[str], None]) -> list[Start]:
    """Start every server in turns, on the database of the one that runs; the first round only warms the files up."""
    names = [contestant.name for contestant in (OURS, PYPI, NODE) if contestant.name in servers]
    taken: dict[str, list[float]] = {name: [] for name in names}
    for number in range(rounds + 1):
        for name in names:
            seconds = start_another(servers[name])
            if number:
                taken[name].append(seconds)
    starts = [
        Start(
            label=servers[name].contestant.label,
            seconds=median(seconds),
            times_node=median(mine / node for mine, node in zip(seconds, taken[NODE.name], strict=True)),
        )
        for name, seconds in taken.items()
    ]
    for start in starts:
        tell(f"start, {start.label}: {start.seconds:.2f} s, {start.times_node:.2f} x Node")
    return starts
