"""Draws how latency and throughput move: SVG, so that they can be read and compared in the repository."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl

from benchmarks.growth import Size
from benchmarks.measure import Measurement
from benchmarks.overload import Overload

mpl.use("svg")
# The same numbers give the same file.
mpl.rcParams["svg.hashsalt"] = "betterauth-py"


def draw_connections(path: Path, measurements: Sequence[Measurement]) -> None:
    """Draw get-session's throughput and p99 over the number of connections."""
    chosen = [measurement for measurement in measurements if measurement.work == "get-session"]
    labels = list(dict.fromkeys(measurement.label for measurement in chosen))

    def draw(left: Any, right: Any) -> None:
        for label in labels:
            own = sorted((m for m in chosen if m.label == label), key=lambda m: m.connections)
            numbers = [m.connections for m in own]
            left.plot(numbers, [m.throughput for m in own], marker="o", label=label)
            right.plot(numbers, [m.p99 for m in own], marker="o", label=label)

    _draw(path, draw, "connections", ("get-session, requests/s", "p99, ms"), log_y=(False, True))


def draw_growth(path: Path, sizes: Sequence[Size]) -> None:
    """Draw get-session's throughput and latency over the number of sessions."""
    numbers = [size.sessions for size in sizes]

    def draw(left: Any, right: Any) -> None:
        left.plot(numbers, [size.throughput for size in sizes], marker="o", label="betterauth-py")
        right.plot(numbers, [size.p50 for size in sizes], marker="o", label="p50")
        right.plot(numbers, [size.p99 for size in sizes], marker="o", label="p99")

    _draw(path, draw, "sessions in the database", ("get-session, requests/s", "ms"), log_y=(False, False))


def draw_overload(path: Path, overloads: Sequence[Overload]) -> None:
    """Draw get-session's p99 and what becomes of sign-ins over their rate."""
    labels = list(dict.fromkeys(overload.label for overload in overloads))

    def draw(left: Any, right: Any) -> None:
        for label in labels:
            own = [overload for overload in overloads if overload.label == label]
            left.plot([o.factor for o in own], [o.read_p99 for o in own], marker="o", label=label)
            pressed = [o for o in own if o.factor]
            factors = [o.factor for o in pressed]
            right.plot(factors, [o.sign_in_p99 for o in pressed], marker="o", label=f"{label}: signed in")
            refusing = [o for o in pressed if o.refused]
            if refusing:
                times = [o.refused_p99 for o in refusing]
                right.plot([o.factor for o in refusing], times, marker="x", label=f"{label}: 503")

    titles = ("get-session, p99, ms", "sign-ins, p99, ms")
    _draw(path, draw, "sign-ins offered, as a multiple of capacity", titles, log_y=(True, True), log_x=False)


def _draw(
    path: Path,
    draw: Callable[[Any, Any], None],
    x_label: str,
    titles: tuple[str, str],
    *,
    log_y: tuple[bool, bool],
    log_x: bool = True,
) -> None:
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, 2, figsize=(11, 4), layout="constrained")
    draw(*axes)
    for axis, title, is_log in zip(axes, titles, log_y, strict=True):
        axis.set_title(title)
        axis.set_xlabel(x_label)
        if log_x:
            axis.set_xscale("log")
        if is_log:
            axis.set_yscale("log")
        else:
            axis.set_ylim(bottom=0)
        axis.grid(visible=True, alpha=0.3)
        axis.legend()
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
