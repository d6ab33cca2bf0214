"""What a sign-in with a provider costs a server besides the provider's own time."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from time import monotonic, sleep
from urllib.parse import parse_qs, urlsplit

import aiohttp

from benchmarks.contestants import NODE_OAUTH, OURS_OAUTH, PROVIDER, ROOT, BenchmarkError, Server, Servers

CONTESTANTS = (OURS_OAUTH, NODE_OAUTH)
_AT_ONCE = 16
_CALLBACKS = 300
_BRIEF_CALLBACKS = 100
_BURST = 500
_SLOW = 0.3
"""Seconds that the provider of a burst takes for each of its two answers."""
_FIRST_OF_BURSTS = 1_000_000
_SAMPLE_SECONDS = 0.02


@dataclass(frozen=True, kw_only=True)
class OAuthCost:
    """What one step of a sign-in costs a server."""

    label: str
    step: str
    cpu_microseconds: float
    """The median of the rounds."""
    times_node: float
    """The median of the rounds' ratios to better-auth on Node."""


@dataclass(frozen=True, kw_only=True)
class OAuthBurst:
    """What many callbacks at the same moment take, medians of rounds."""

    label: str
    seconds: float
    """Until the last of them is answered."""
    slowest_seconds: float
    memory_before_mib: float
    memory_peak_mib: float


def measure_oauth(servers: Servers, *, rounds: int, is_brief: bool, tell: Callable[[str], None]) -> list[OAuthCost]:
    """Sign users up and in again, on every server in turns."""
    count = _BRIEF_CALLBACKS if is_brief else _CALLBACKS
    taken: dict[tuple[str, str], list[float]] = {}
    with _provider():
        for number in range(rounds + 1):
            users = range(number * count, (number + 1) * count)
            for contestant in CONTESTANTS:
                server = servers[contestant.name]
                begun, of_new = asyncio.run(_sign_in(server, users))
                _, of_returning = asyncio.run(_sign_in(server, users))
                # The first round only warms up: what is imported at the first use, plans, connections.
                if number:
                    taken.setdefault((contestant.name, "sign-in/social"), []).append(begun)
                    taken.setdefault((contestant.name, "callback, a new user"), []).append(of_new)
                    taken.setdefault((contestant.name, "callback, a returning user"), []).append(of_returning)
    costs = [
        OAuthCost(
            label=servers[name].contestant.label,
            step=step,
            cpu_microseconds=median(cpu),
            times_node=median(mine / node for mine, node in zip(cpu, taken[NODE_OAUTH.name, step], strict=True)),
        )
        for (name, step), cpu in taken.items()
    ]
    for cost in costs:
        tell(f"{cost.step}, {cost.label}: {cost.cpu_microseconds:.0f} us of CPU, {cost.times_node:.2f} x Node")
    return costs


def measure_bursts(servers: Servers, *, rounds: int, tell: Callable[[str], None]) -> list[OAuthBurst]:
    """Have many sign-ins come back from a slow provider at the same moment, on every server in turns."""
    rows: dict[str, list[tuple[float, float, float, float]]] = {}
    with _provider(_SLOW):
        for number in range(rounds + 1):
            first = _FIRST_OF_BURSTS + number * _BURST
            for contestant in CONTESTANTS:
                measured = asyncio.run(_burst(servers[contestant.name], range(first, first + _BURST)))
                if number:
                    rows.setdefault(contestant.name, []).append(measured)
    bursts = []
    for name, measured_rounds in rows.items():
        seconds, slowest, before, peak = (median(column) for column in zip(*measured_rounds, strict=True))
        bursts.append(
            OAuthBurst(
                label=servers[name].contestant.label,
                seconds=seconds,
                slowest_seconds=slowest,
                memory_before_mib=before,
                memory_peak_mib=peak,
            )
        )
    for burst in bursts:
        tell(
            f"{_BURST} callbacks at once, {burst.label}: {burst.seconds:.2f} s, "
            f"{burst.memory_before_mib:.0f} to {burst.memory_peak_mib:.0f} MiB"
        )
    return bursts


@contextmanager
def _provider(seconds: float = 0) -> Iterator[None]:
    url = urlsplit(PROVIDER)
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.provider_server", str(url.port), str(seconds)], cwd=ROOT
    )
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex((url.hostname or "", url.port or 0)) == 0:
                    break
            sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait()


class _Browsers:
    """Browsers that sign in, so many at once. Each has cookies of its own, so none are kept here."""

    def __init__(self, server: Server, session: aiohttp.ClientSession, at_once: int) -> None:
        self._server = server
        self._base = f"http://127.0.0.1:{server.port}/api/auth"
        self._session = session
        self._turn = asyncio.Semaphore(at_once)

    async def begin(self) -> tuple[str, str]:
        """Return the state and the cookie."""
        body = {"provider": "gitlab", "callbackURL": "/"}
        headers = {"origin": f"http://127.0.0.1:{self._server.port}"}
        async with (
            self._turn,
            self._session.post(f"{self._base}/sign-in/social", json=body, headers=headers) as answer,
        ):
            text = await answer.text()
            if answer.status != 200:
                raise BenchmarkError(f"{self._server.contestant.name}: sign-in/social answers {text[:200]}")
            cookie = answer.headers["set-cookie"].split(";")[0]
        return parse_qs(urlsplit(json.loads(text)["url"]).query)["state"][0], cookie

    async def call_back(self, number: int, state: str, cookie: str) -> float:
        """Come back from the provider; return how long the answer took."""
        url = f"{self._base}/callback/gitlab?code=code-{number}&state={state}"
        async with self._turn:
            sent = monotonic()
            async with self._session.get(url, headers={"cookie": cookie}, allow_redirects=False) as answer:
                location = answer.headers.get("location")
            took = monotonic() - sent
        if answer.status != 302 or "error=" in (location or ""):
            raise BenchmarkError(
                f"{self._server.contestant.name}: the callback answers {answer.status}, and leads to {location}"
            )
        return took


def _session(at_once: int) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=at_once),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=120),
    )


async def _sign_in(server: Server, users: range) -> tuple[float, float]:
    """Return the CPU microseconds of one beginning and of one callback."""
    async with _session(_AT_ONCE) as session:
        browsers = _Browsers(server, session, _AT_ONCE)
        before = server.cpu_seconds() or 0.0
        begun = await asyncio.gather(*(browsers.begin() for _ in users))
        between = server.cpu_seconds() or 0.0
        await asyncio.gather(*(browsers.call_back(number, *one) for number, one in zip(users, begun, strict=True)))
        after = server.cpu_seconds() or 0.0
    return (between - before) / len(users) * 1e6, (after - between) / len(users) * 1e6


async def _burst(server: Server, users: range) -> tuple[float, float, float, float]:
    """Return the seconds until all have come back, those of the slowest answer, and the memory before and at most."""
    async with _session(_AT_ONCE) as session:
        few = _Browsers(server, session, _AT_ONCE)
        begun = await asyncio.gather(*(few.begin() for _ in users))
    async with _session(len(users)) as session:
        browsers = _Browsers(server, session, len(users))
        before = peak = server.memory_mib() or 0.0
        started = monotonic()
        coming = asyncio.gather(*(browsers.call_back(number, *one) for number, one in zip(users, begun, strict=True)))
        while not coming.done():
            peak = max(peak, server.memory_mib() or 0.0)
            await asyncio.sleep(_SAMPLE_SECONDS)
        took = await coming
        return monotonic() - started, max(took), before, peak
