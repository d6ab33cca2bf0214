"""The tables, for people and for programs."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from benchmarks.bare_hash import PORTABLE, BareHash
from benchmarks.contestants import NODE, NODE_MODULES, OURS, OURS_PORTABLE, OURS_SCRYPT
from benchmarks.growth import Size
from benchmarks.hash_pressure import READS_PER_SECOND, SIGN_IN_CLIENTS, Pressure
from benchmarks.load import find_wrk
from benchmarks.measure import Effort, Measurement
from benchmarks.oauth import OAuthBurst, OAuthCost
from benchmarks.overload import Overload
from benchmarks.plots import draw_connections, draw_growth, draw_overload
from benchmarks.seed import Seed
from benchmarks.starts import Start
from betterauth_py._version import __version__
from betterauth_py.crypto.argon2id import openssl_where_it_is_faster

_PYTHON_PACKAGES = (
    "uvicorn", "uvloop", "httptools", "litestar", "asyncpg", "sqlalchemy", "msgspec", "pynacl", "argon2-cffi",
)  # fmt: skip
_NODE_PACKAGES = ("better-auth", "pg", "kysely")
_HEAD = (
    "work",
    "connections",
    "server",
    "requests/s",
    "p50 ms",
    "p99 ms",
    "CPU us/request",
    "x Node (rounds)",
    "x Node by CPU",
    "x raw limit",
    "memory MiB",
)
_START_HEAD = ("server", "seconds", "x Node")
_OAUTH_HEAD = ("step", "server", "CPU us", "x Node")
_BURST_HEAD = ("server", "seconds", "slowest s", "memory before MiB", "at most MiB")
_HASH_HEAD = ("server", "connections", "sign-ins/s", "bare hash", "hashes/s", "ratio")
_OVERLOAD_HEAD = (
    "server", "sign-ins x capacity", "offered/s", "get-session p50 ms", "p99 ms",
    "signed in", "p99 ms", "503", "p99 ms",
)  # fmt: skip
_GROWTH_HEAD = ("sessions", "requests/s", "p50 ms", "p99 ms", "CPU us/request")
_VERIFIER_HEAD = ("verifying", "measured", "wanted")
_PRESSURE_HEAD = ("server", "sign-ins/s meanwhile", "p50 ms alone -> pressed", "p99 ms alone -> pressed")


@dataclass(frozen=True)
class VerifierResult:
    """What `benchmarks.verify` found of one work."""

    work: str
    value: float
    unit: str
    wanted: str


@dataclass(frozen=True, kw_only=True)
class Report:
    """One run."""

    measurements: Sequence[Measurement]
    starts: Sequence[Start]
    oauth: Sequence[OAuthCost]
    oauth_bursts: Sequence[OAuthBurst]
    bare_hashes: Sequence[BareHash]
    pressures: Sequence[Pressure]
    overloads: Sequence[Overload]
    growth: Sequence[Size]
    verifier: Sequence[VerifierResult]
    machine: dict[str, Any]
    versions: dict[str, str]
    method: list[str]

    def write(self, folder: Path) -> None:
        """Write `latest.json`, `latest.md` and the plots of what was measured."""
        folder.mkdir(parents=True, exist_ok=True)
        if any(measurement.work == "get-session" for measurement in self.measurements):
            draw_connections(folder / "connections.svg", self.measurements)
        if self.growth:
            draw_growth(folder / "growth.svg", self.growth)
        if self.overloads:
            draw_overload(folder / "overload.svg", self.overloads)
        (folder / "latest.json").write_text(json.dumps(asdict(self), indent=2) + "\n")
        (folder / "latest.md").write_text(self.markdown())

    def table(self) -> str:
        """Return the tables."""
        parts = [_markdown_table(_HEAD, [_row(measurement) for measurement in self.measurements])]
        if self.pressures:
            parts += [
                f"get-session at {READS_PER_SECOND:.0f} requests/s while {SIGN_IN_CLIENTS} clients sign in:",
                _markdown_table(_PRESSURE_HEAD, [_pressure_row(pressure) for pressure in self.pressures]),
            ]
        if self.starts:
            rows = [(start.label, f"{start.seconds:.2f}", f"{start.times_node:.2f}") for start in self.starts]
            parts += [
                "From the start of the process to its first answer, medians of starts in turns:",
                _markdown_table(_START_HEAD, rows),
            ]
        if self.oauth:
            costs = [
                (cost.step, cost.label, f"{cost.cpu_microseconds:.0f}", f"{cost.times_node:.2f}") for cost in self.oauth
            ]
            parts += [
                "A sign-in with a provider that answers at once, CPU of the server; medians of rounds in turns:",
                _markdown_table(_OAUTH_HEAD, costs),
            ]
        if self.oauth_bursts:
            bursts = [
                (one.label, f"{one.seconds:.2f}", f"{one.slowest_seconds:.2f}", f"{one.memory_before_mib:.0f}",
                 f"{one.memory_peak_mib:.0f}")
                for one in self.oauth_bursts
            ]  # fmt: skip
            parts += [
                "500 callbacks at the same moment, with a provider that takes 300 ms for each of its two answers:",
                _markdown_table(_BURST_HEAD, bursts),
            ]
        if self.bare_hashes:
            parts += [
                "Sign-ins beside the bare hash rate, which is this machine hashing and nothing else:",
                _markdown_table(_HASH_HEAD, self._hash_rows()),
            ]
        if self.overloads:
            parts += [
                f"get-session at {READS_PER_SECOND:.0f} requests/s while sign-ins are offered at a multiple of "
                "capacity:",
                _markdown_table(_OVERLOAD_HEAD, [_overload_row(overload) for overload in self.overloads]),
            ]
        if self.growth:
            parts += [
                "get-session with 32 connections over more and more sessions:",
                _markdown_table(_GROWTH_HEAD, [_growth_row(size) for size in self.growth]),
            ]
        if self.verifier:
            parts += ["The session verifier, beside what it cannot do without:", verifier_table(self.verifier)]
        return "\n\n".join(part for part in parts if part)

    def _hash_rows(self) -> list[tuple[str, ...]]:
        kinds = {
            OURS.name: OURS.algorithm,
            OURS_PORTABLE.name: PORTABLE,
            OURS_SCRYPT.name: OURS_SCRYPT.algorithm,
            NODE.name: NODE.algorithm,
        }
        bare = {found.kind: found.throughput for found in self.bare_hashes}
        rows: list[tuple[str, ...]] = []
        for measurement in self.measurements:
            if measurement.work == "sign-in" and measurement.connections > 1:
                kind = kinds[measurement.contestant]
                rows.append(
                    (
                        measurement.label,
                        str(measurement.connections),
                        f"{measurement.throughput:.1f}",
                        kind,
                        f"{bare[kind]:.1f}",
                        f"{measurement.throughput / bare[kind]:.2f}",
                    )
                )
        return rows

    def markdown(self) -> str:
        """Return everything as Markdown."""
        machine = [f"- {name}: {value}" for name, value in self.machine.items()]
        versions = ", ".join(f"{name} {number}" for name, number in self.versions.items())
        method = [f"- {line}" for line in self.method]
        lines = ["# Benchmark", "", self.table(), "", "## Method", "", *method, "", "## Machine", "", *machine]
        return "\n".join([*lines, f"- versions: {versions}", ""])


def verifier_table(results: Sequence[VerifierResult]) -> str:
    """Return the verifier's table."""
    return _markdown_table(_VERIFIER_HEAD, [(one.work, f"{one.value:.1f} {one.unit}", one.wanted) for one in results])


def describe_machine() -> dict[str, Any]:
    """Say what this runs on."""
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    return {
        "date": datetime.now(UTC).isoformat(timespec="minutes"),
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "system": f"{platform.system()} {platform.release()}",
        "load average at the end": load,
    }


def find_versions(postgresql: str) -> dict[str, str]:
    """Return the versions of everything that takes part."""
    found = {"betterauth-py": __version__, "Python": sys.version.split()[0], "PostgreSQL": postgresql}
    for package in _PYTHON_PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "none"
    node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True)
    found["Node"] = node.stdout.strip().lstrip("v")
    for package in _NODE_PACKAGES:
        manifest = NODE_MODULES / "node_modules" / package / "package.json"
        found[package] = json.loads(manifest.read_text())["version"]
    return found


def describe_method(seed: Seed, effort: Effort) -> list[str]:
    """Say how it was measured."""
    if effort.use_wrk and find_wrk():
        reads = "get-session by wrk, sign-in and sign-up by benchmarks/load_client.py"
    else:
        reads = "by benchmarks/load_client.py"
    return [
        f"One PostgreSQL, {seed.users:,} users and {seed.sessions:,} sessions per database, the same rows for all; "
        "each server on the tables of its own migrations.",
        "One process per server on the same machine: `betterauth serve`; better-auth behind node:http with a pg Pool "
        "(Kysely). Production, rate limit off, no access log, else default options. The others idle meanwhile.",
        f"Keep-alive load from a process of its own, {reads}, over many different sessions. Every answer was checked: "
        "status 200 and the shape of its body (under wrk), or the very token or address asked for (the own client). "
        "Samples were read field by field.",
        f"{effort.rounds} rounds of {effort.seconds:g} s (sign-in, sign-up: {effort.hash_rounds} of "
        f"{effort.hash_seconds:g} s), servers in turn within each round; medians. The ratio is the median of the "
        "rounds' ratios of requests/s, with the lowest and the highest.",
        "CPU is the server process's own (user and system, all threads), without PostgreSQL. On a busy machine the "
        "ratio by CPU is the steadier one: the more a server answers, the more its neighbours hold it up.",
        "raw ASGI is the limit of uvicorn and asyncpg without batching: one handler that only knows this answer. "
        "With a cached session it checks the same two signatures and asks nobody.",
        "hooked: with a plugin that has every hook and does nothing in them. every plugin: all that come with it. "
        "What the jwt plugin costs: docs/plugins/jwt.md.",
        _describe_argon2(),
        "The PyPI package runs in a virtual environment of its own, on Litestar with SQLAlchemy as its README says.",
        "Memory is the resident set after the work was measured. SQLite is compared with better-auth on PostgreSQL.",
    ]


def _row(measurement: Measurement) -> tuple[str, ...]:
    ratios = measurement.ratios
    spread = f" ({min(ratios):.2f}-{max(ratios):.2f})" if ratios else ""
    return (
        measurement.title,
        str(measurement.connections),
        measurement.label,
        f"{measurement.throughput:,.0f}" if measurement.throughput >= 100 else f"{measurement.throughput:.1f}",
        f"{measurement.p50:.2f}",
        f"{measurement.p99:.2f}",
        "-" if measurement.cpu is None else f"{measurement.cpu:,.0f}",
        "1" if measurement.ratio is None else f"{measurement.ratio:.2f}{spread}",
        "-" if measurement.cpu_ratio is None else f"{measurement.cpu_ratio:.2f}",
        "-" if measurement.limit_ratio is None else f"{measurement.limit_ratio:.2f}",
        "-" if measurement.memory is None else f"{measurement.memory:.0f}",
    )


def _overload_row(overload: Overload) -> tuple[str, ...]:
    return (
        overload.label,
        f"{overload.factor:g}",
        f"{overload.rate:.1f}",
        f"{overload.read_p50:.2f}",
        f"{overload.read_p99:.2f}",
        str(overload.signed_in),
        f"{overload.sign_in_p99:.0f}",
        str(overload.refused),
        f"{overload.refused_p99:.0f}",
    )


def _growth_row(size: Size) -> tuple[str, ...]:
    return (
        f"{size.sessions:,}",
        f"{size.throughput:,.0f}",
        f"{size.p50:.2f}",
        f"{size.p99:.2f}",
        "-" if size.cpu is None else f"{size.cpu:,.0f}",
    )


def _pressure_row(pressure: Pressure) -> tuple[str, ...]:
    return (
        pressure.label,
        f"{pressure.sign_ins:.1f}",
        f"{pressure.p50_alone:.2f} -> {pressure.p50_pressed:.2f}",
        f"{pressure.p99_alone:.2f} -> {pressure.p99_pressed:.2f}",
    )


def _markdown_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return ""
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    lines = [" | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in (head, *rows)]
    lines.insert(1, " | ".join("-" * width for width in widths))
    return "\n".join(f"| {line} |" for line in lines)


def _describe_argon2() -> str:
    by_library = openssl_where_it_is_faster() is None
    found = "argon2-cffi's, compiled for this processor (scripts/argon2)" if by_library else "OpenSSL's"
    return f"argon2id is {found}; for all processors: OpenSSL's, as after a plain `pip install`."


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")
