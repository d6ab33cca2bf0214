"""What a request costs the server's process, whatever else the machine does: `python -m benchmarks.hot_path`.

The app runs behind the server's own protocol in this process, fed from memory, with a real PostgreSQL.
Two numbers come of it. The CPU time per request beside that of the raw ASGI app, measured in turns: a ratio that hardly
moves on a busy machine. And the number of bytecode instructions that Python executes per request: exact, the same on
every run of one version of Python.
"""

from __future__ import annotations

import asyncio
import gc
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from statistics import median
from time import process_time
from types import FrameType
from typing import Any

from benchmarks.answers import Kind, looks_right
from benchmarks.contestants import ROOT
from benchmarks.load_client import encode_request, split_answer
from benchmarks.raw_server import RawApp
from benchmarks.seed import PASSWORD, SECRET, Seed, fill
from benchmarks.works import GET_SESSION, SIGN_IN
from betterauth_py import BetterAuth
from betterauth_py.conformance.recorder.embedded_postgres import embedded_postgres
from betterauth_py.core.plugin import Hook, Plugin
from betterauth_py.plugins.jwt import jwt
from betterauth_py.plugins.registry import BUILT_IN
from betterauth_py.serving.config import ServingConfig
from betterauth_py.serving.protocol import BoundedProtocol, ConnectionState

SEED = Seed(users=500, sessions=1_000)
CONNECTIONS = 32
_PORT = 80
_SAMPLED_INSTRUCTIONS = 20
_AT_WORK = {"jwt", "custom-session"}
"""Plugins that sign a token with every session, or call a function of the deployment."""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What one request of one kind costs one app."""

    name: str
    cpu: float
    """Microseconds of CPU per request: the median of the rounds."""
    instructions: int
    """Bytecode instructions per request, with one connection."""


class _Transport(asyncio.Transport):
    """A connection that exists in memory; it knows when an answer is complete."""

    def __init__(self) -> None:
        super().__init__()
        self._received = b""
        self._waiter: asyncio.Future[bytes] | None = None

    def expect(self) -> asyncio.Future[bytes]:
        self._received = b""
        self._waiter = asyncio.get_running_loop().create_future()
        return self._waiter

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self._received += data
        answer = split_answer(self._received)
        if answer is not None and self._waiter is not None:
            self._waiter.set_result(answer[1])
            self._waiter = None

    def writelines(self, list_of_data: Any) -> None:
        self.write(b"".join(list_of_data))

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return ("127.0.0.1", 50_000) if name == "peername" else default

    def is_closing(self) -> bool:
        return False

    def close(self) -> None:
        """There is nothing to close."""

    def resume_reading(self) -> None:
        """Nothing was paused."""


class Bench:
    """One app behind the server's protocol, with connections that are kept alive."""

    def __init__(self, name: str, app: Any, lines: Sequence[str], kind: Kind) -> None:
        """Prepare to ask `app` for `lines`, as `benchmarks.works` writes them."""
        self.name = name
        self._kind = kind
        self._requests = [encode_request(line, _PORT) for line in lines]
        self._next = 0
        config = ServingConfig(app)
        config.load()
        state = ConnectionState()
        # As uvicorn's server sets it every second.
        state.default_headers = [(b"date", b"Sat, 21 Nov 2026 12:00:00 GMT")]
        self._connections: list[tuple[_Transport, BoundedProtocol]] = []
        for _ in range(CONNECTIONS):
            transport = _Transport()
            protocol = BoundedProtocol(config, state, {})
            protocol.connection_made(transport)
            self._connections.append((transport, protocol))

    async def ask(self, requests: int, connections: int = CONNECTIONS) -> None:
        """Ask `requests` times, `connections` of them at a time.

        Raises:
            AssertionError: if an answer is not the one about what was asked for.
        """
        for _ in range(0, requests, connections):
            waiting = []
            for transport, protocol in self._connections[:connections]:
                data, expected = self._requests[self._next]
                self._next = (self._next + 1) % len(self._requests)
                waiting.append((transport.expect(), expected))
                protocol.data_received(data)
            for answer, expected in waiting:
                body = await answer
                if not looks_right(self._kind, expected, body):
                    raise AssertionError(f"{self.name}: not the answer about {expected!r}: {body[:300]!r}")


@contextmanager
def counting_instructions(counted: list[int]) -> Iterator[None]:
    """Append to `counted` the number of bytecode instructions executed inside, in every frame entered inside."""
    executed = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal executed
        if event == "opcode":
            executed += 1
        frame.f_trace_lines = False
        frame.f_trace_opcodes = True
        return trace

    previous = sys.gettrace()
    sys.settrace(trace)
    try:
        yield
    finally:
        sys.settrace(previous)
    counted.append(executed)


async def measure_cpu(benches: Sequence[Bench], *, rounds: int, requests: int) -> dict[str, float]:
    """Return the microseconds of CPU per request of each, asked in turns."""
    spent: dict[str, list[float]] = {bench.name: [] for bench in benches}
    for bench in benches:
        await bench.ask(requests)
    gc.collect()
    gc.freeze()
    for _ in range(rounds):
        for bench in benches:
            started = process_time()
            await bench.ask(requests)
            spent[bench.name].append((process_time() - started) / requests * 1e6)
    return {name: median(times) for name, times in spent.items()}


async def count_instructions(bench: Bench) -> int:
    """Return the bytecode instructions per request, one request at a time; the harness's own included."""
    await bench.ask(_SAMPLED_INSTRUCTIONS, 1)
    counted: list[int] = []
    with counting_instructions(counted):
        await bench.ask(_SAMPLED_INSTRUCTIONS, 1)
    return counted[0] // _SAMPLED_INSTRUCTIONS


def session_lines() -> list[str]:
    """Ask for every session in turn."""
    return [f"GET\t{GET_SESSION}\t{SEED.cookie(number)}\t\t{SEED.token(number)}" for number in range(SEED.sessions)]


def bearer_lines() -> list[str]:
    """Ask for every session in turn, by the value of its cookie as a bearer token."""
    return [line.replace("better-auth.session_token=", "Bearer ", 1) for line in session_lines()]


def no_cookie_lines() -> list[str]:
    """Ask without a cookie."""
    return [f"GET\t{GET_SESSION}\t\t\tnull"]


async def cached_lines(auth: BetterAuth) -> list[str]:
    """Ask with the cached sessions that the server hands out."""
    lines = []
    for number in range(50):
        cookie = SEED.cookie(number)
        answer = await auth.api.get_session(headers={"cookie": cookie}, return_headers=True)
        cached = [value.partition(";")[0] for value in answer.headers.cookies]
        lines.append(f"GET\t{GET_SESSION}\t{'; '.join([cookie, *cached])}\t\t{SEED.token(number)}")
    return lines


def sign_in_lines() -> list[str]:
    """Sign every user in."""
    bodies = (json.dumps({"email": SEED.email(user), "password": PASSWORD}) for user in range(SEED.users))
    return [f"POST\t{SIGN_IN}\t\t{body}\t{SEED.email(user)}" for user, body in enumerate(bodies)]


async def measure_costs(database: str, *, rounds: int, requests: int) -> list[Cost]:
    """Measure every kind of request."""
    auth, cached = (_auth(database, cookie_cache=enabled) for enabled in (False, True))
    remembering = _auth(database, memory_cache=True)
    # A payload of one's own is never remembered: every token is signed anew.
    signing = _auth(database, plugins=[jwt(jwt={"define_payload": lambda known: known["user"]})])
    signing_once = _auth(database, plugins=["jwt"])
    crowded = _auth(database, plugins=[_elsewhere(number) for number in range(30)])
    named = _auth(database, plugins=["username"])
    full = _auth(database, plugins=_every_plugin())
    bearing = _auth(database, plugins=["bearer"])
    unhashed = _auth(database, password={"hash": lambda _: "", "verify": lambda _, __: True})
    raw = RawApp(database, SECRET)
    async with auth, cached, remembering, signing, signing_once, crowded, named, full, bearing, unhashed, raw:
        benches = [
            Bench("get-session", auth.app, session_lines(), "session"),
            Bench("get-session, raw ASGI", raw, session_lines(), "session"),
            Bench("get-session, jwt", signing.app, session_lines(), "session"),
            Bench("get-session again, jwt", signing_once.app, session_lines()[:10], "session"),
            Bench("get-session, thirty plugins", crowded.app, session_lines(), "session"),
            Bench("get-session, username", named.app, session_lines(), "session"),
            Bench("get-session, every plugin", full.app, session_lines(), "session"),
            Bench("get-session, bearer", bearing.app, bearer_lines(), "session"),
            Bench("get-session by cookie, bearer", bearing.app, session_lines(), "session"),
            Bench("no cookie", auth.app, no_cookie_lines(), "null"),
            Bench("no cookie, raw ASGI", raw, no_cookie_lines(), "null"),
            Bench("cookie cache", cached.app, lines := await cached_lines(cached), "session"),
            Bench("cookie cache, raw ASGI", raw, lines, "session"),
            Bench("memory cache", remembering.app, session_lines(), "session"),
            Bench("memory cache, raw ASGI", raw, session_lines(), "session"),
            Bench("sign-in but for the hash", unhashed.app, sign_in_lines(), "sign-in"),
        ]
        cpu = await measure_cpu(benches, rounds=rounds, requests=requests)
        return [
            Cost(name=bench.name, cpu=cpu[bench.name], instructions=await count_instructions(bench))
            for bench in benches
        ]


def _every_plugin() -> list[Plugin]:
    """Return the plugins that come with the server, but for those whose own work shows in every session."""
    return [plugin.make_example() for plugin in BUILT_IN if plugin.id not in _AT_WORK]


def _elsewhere(number: int) -> Plugin:
    """Return a plugin with hooks around an endpoint that is not asked for."""

    async def pass_by(_: Any) -> None:
        return None

    hooks = [Hook(paths={"/sign-up/email"}, handler=pass_by), Hook(prefixes=("/sign-in/",), handler=pass_by)]
    return Plugin(id=f"elsewhere-{number}", before=hooks, after=hooks)


def _auth(
    database: str,
    *,
    cookie_cache: bool = False,
    memory_cache: bool = False,
    password: dict[str, Any] | None = None,
    plugins: Sequence[Any] = (),
) -> BetterAuth:
    return BetterAuth(
        secret=SECRET,
        base_url=f"http://127.0.0.1:{_PORT}",
        environment="production",
        database={"url": database},
        email_and_password={"enabled": True, "password": password or {}},
        rate_limit={"enabled": False},
        session={"cookie_cache": {"enabled": cookie_cache}, "memory_cache": {"enabled": memory_cache}},
        plugins=list(plugins),
    )


async def prepare(database: str) -> None:
    """Make the tables and fill them."""
    auth = _auth(database, memory_cache=True, plugins=["jwt", *_every_plugin()])
    await auth.migrate()
    await auth.shutdown()
    await fill(database, SEED, "drizzle", "argon2id")


async def _main(rounds: int, requests: int) -> list[Cost]:
    with embedded_postgres() as postgres:
        database = postgres.database("hot_path")
        await prepare(database)
        return await measure_costs(database, rounds=rounds, requests=requests)


def measure_in_a_process(*, rounds: int, requests: int) -> dict[str, Cost]:
    """Measure in a process of its own, whose memory and event loop nothing else has used; return costs by name."""
    command = [sys.executable, "-m", "benchmarks.hot_path", str(rounds), str(requests)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=180)
    costs = [Cost(**json.loads(line)) for line in done.stdout.splitlines() if line.startswith("{")]
    return {cost.name: cost for cost in costs}


if __name__ == "__main__":
    import uvloop

    for measured in uvloop.run(_main(*(int(argument) for argument in sys.argv[1:3] or ("9", "2048")))):
        print(json.dumps(asdict(measured)))
