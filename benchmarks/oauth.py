"""What a sign-in with a provider costs a server besides the provider's own time."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from time import sleep
from urllib.parse import parse_qs, urlsplit

import httpx

from benchmarks.contestants import NODE_OAUTH, OURS_OAUTH, PROVIDER, ROOT, BenchmarkError, Server, Servers

CONTESTANTS = (OURS_OAUTH, NODE_OAUTH)
_AT_ONCE = 16
_CALLBACKS = 300
_BRIEF_CALLBACKS = 100


@dataclass(frozen=True, kw_only=True)
class OAuthCost:
    """What one step of a sign-in costs a server."""

    label: str
    step: str
    cpu_microseconds: float
    """The median of the rounds."""
    times_node: float
    """The median of the rounds' ratios to better-auth on Node."""


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


@contextmanager
def _provider() -> Iterator[None]:
    url = urlsplit(PROVIDER)
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.provider_server", str(url.port)], cwd=ROOT)
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


async def _sign_in(server: Server, users: range) -> tuple[float, float]:
    """Return the CPU microseconds of one beginning and of one callback."""
    base = f"http://127.0.0.1:{server.port}/api/auth"
    limits = httpx.Limits(max_connections=_AT_ONCE)
    # Each browser has cookies of its own, so none are kept here.
    async with httpx.AsyncClient(limits=limits, timeout=30, trust_env=False) as client:
        turn = asyncio.Semaphore(_AT_ONCE)

        async def begin(_number: int) -> tuple[str, str]:
            async with turn:
                answer = await client.post(
                    f"{base}/sign-in/social", json={"provider": "gitlab", "callbackURL": "/"},
                    headers={"cookie": "", "origin": f"http://127.0.0.1:{server.port}"},
                )  # fmt: skip
            client.cookies.clear()
            if answer.status_code != 200:
                raise BenchmarkError(f"{server.contestant.name}: sign-in/social answers {answer.text[:200]}")
            return parse_qs(urlsplit(answer.json()["url"]).query)["state"][0], answer.headers["set-cookie"].split(";")[
                0
            ]

        async def call_back(number: int, state: str, cookie: str) -> None:
            async with turn:
                answer = await client.get(
                    f"{base}/callback/gitlab", params={"code": f"code-{number}", "state": state},
                    headers={"cookie": cookie},
                )  # fmt: skip
            client.cookies.clear()
            if answer.status_code != 302 or "error=" in answer.headers["location"]:
                raise BenchmarkError(
                    f"{server.contestant.name}: the callback leads to {answer.headers.get('location')}"
                )

        before = server.cpu_seconds() or 0.0
        begun = await asyncio.gather(*(begin(number) for number in users))
        between = server.cpu_seconds() or 0.0
        await asyncio.gather(*(call_back(number, *one) for number, one in zip(users, begun, strict=True)))
        after = server.cpu_seconds() or 0.0
    return (between - before) / len(users) * 1e6, (after - between) / len(users) * 1e6
