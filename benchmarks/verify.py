"""`python -m benchmarks.verify`: what the session verifier costs, beside what it cannot do without.

Local ways are measured in CPU time for one verification. The database's way is measured against the bare query on the
same pool, the remote way against a client that only sends the request's bytes and waits for the answer's; both in
turns, so that what else the machine does meets them alike.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import socket
import statistics
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
from joserfc import jws
from joserfc.jwk import ECKey, OKPKey, RSAKey
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from benchmarks.contestants import NODE, OURS, Server, running
from benchmarks.report import describe_machine
from benchmarks.seed import SECRET, Seed
from betterauth_py.crypto.jwks import OneAlgorithm
from betterauth_py.crypto.secrets import SecretConfig
from betterauth_py.crypto.signing import sign_base64
from betterauth_py.verify import JWT, CookieCache, CookieNames, Database, Remote, SessionVerifier
from betterauth_py.wire.cached_session import Strategy
from betterauth_py.wire.cookie_cache import encode_cookie_cache
from betterauth_py.wire.javascript import encode_uri_component
from betterauth_py.wire.json import stringify

RESULTS = Path(__file__).parent / "results"
SEED = Seed(users=1_000, sessions=2_000)
# Small, so that the best of many finds a moment in which the machine does nothing else.
_BATCH = 100
_Ask = Callable[[], Awaitable[Any]]


@dataclass(frozen=True)
class Result:
    """One line of the table."""

    work: str
    value: float
    unit: str
    wanted: str


def headers_with_cache(strategy: Strategy, number: int) -> list[tuple[bytes, bytes]]:
    """Return a browser's headers with a cached session of its own."""
    now = datetime.now(UTC).replace(microsecond=250_000)
    token = f"{number:032d}"
    session = {
        "id": f"s{number:031d}", "createdAt": now, "updatedAt": now, "userId": f"u{number:031d}",
        "expiresAt": now + timedelta(days=7), "token": token, "ipAddress": "203.0.113.7",
        "userAgent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    }  # fmt: skip
    user = {
        "id": f"u{number:031d}", "createdAt": now, "updatedAt": now, "email": f"user{number}@bench.example",
        "emailVerified": True, "name": f"User {number}", "image": None,
    }  # fmt: skip
    cached = encode_cookie_cache(
        strategy, session, user, version="1", secrets=SecretConfig(SECRET), max_age=300, now=int(time.time() * 1000)
    )
    signed = encode_uri_component(f"{token}.{sign_base64(SECRET, token)}")
    cookie = f"better-auth.session_token={signed}; better-auth.session_data={cached}"
    return [(b"host", b"localhost:8000"), (b"accept", b"*/*"), (b"cookie", cookie.encode())]


async def cpu_of(asks: Sequence[_Ask], rounds: int = 5) -> float:
    """Return the microseconds of CPU time that one of `asks` takes, in the best of some rounds."""
    taken = []
    for _ in range(rounds):
        start = time.process_time()
        for ask in asks:
            await ask()
        taken.append((time.process_time() - start) / len(asks) * 1e6)
    return min(taken)


async def measure_cookie_cache(strategy: Strategy, count: int) -> list[Result]:
    """Measure cookies that were never seen before, and one that was."""
    best = float("inf")
    headers = [headers_with_cache(strategy, number) for number in range(count)]
    for _ in range(5):
        verifier = SessionVerifier(CookieCache(secret=SECRET, strategy=strategy))
        # Loads what is loaded only once.
        await verifier.verify(headers_with_cache(strategy, count))
        asks = [partial(verifier.verify, one) for one in headers]
        for start in range(0, count, _BATCH):
            best = min(best, await cpu_of(asks[start : start + _BATCH], rounds=1))
    again = await cpu_of([partial(verifier.verify, headers[0])] * _BATCH, rounds=20)
    wanted = "<= 20" if strategy == "compact" else ""
    results = [Result(f"cookie cache, {strategy}", best, "us CPU", wanted)]
    if strategy == "compact":
        results.append(Result("cookie cache, compact, seen before", again, "us CPU", wanted))
    return results


class KeyServer:
    """Publishes keys from a thread."""

    def __init__(self, keys: list[dict[str, Any]]) -> None:
        self.body = json.dumps({"keys": keys}).encode()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        head = f"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {len(self.body)}\r\n\r\n".encode()
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(65_536)
                connection.sendall(head + self.body)

    def close(self) -> None:
        self._listener.close()


async def measure_jwt(count: int) -> list[Result]:
    """Measure tokens of every algorithm, with the key already there."""
    made: dict[str, Any] = {
        "EdDSA": OKPKey.generate_key("Ed25519"), "ES256": ECKey.generate_key("P-256"),
        "ES512": ECKey.generate_key("P-521"), "RS256": RSAKey.generate_key(2048), "PS256": RSAKey.generate_key(2048),
    }  # fmt: skip
    server = KeyServer([{**key.as_dict(private=False), "kid": alg, "alg": alg} for alg, key in made.items()])
    results = []
    with closing(server):
        async with SessionVerifier(JWT(server.url)) as verifier:
            for alg, key in made.items():
                claims = {
                    "sub": "u1", "iss": server.url, "aud": server.url, "exp": int(time.time()) + 900,
                    "email": "ada@bench.example", "name": "Ada", "emailVerified": True,
                }  # fmt: skip
                header = {"alg": alg, "kid": alg}
                headers = [
                    {"authorization": f"Bearer {jws.serialize_compact(header, stringify(one), key, registry=registry)}"}
                    for registry in [OneAlgorithm(alg)]
                    for one in ({**claims, "jti": str(number)} for number in range(count * 5))
                ]
                rounds = [headers[start::5] for start in range(5)]
                taken = [await cpu_of([partial(verifier.verify, one) for one in some], rounds=1) for some in rounds]
                results.append(Result(f"jwt, {alg}", min(taken), "us CPU", "<= 100" if alg == "EdDSA" else ""))
                if alg == "EdDSA":
                    again = await cpu_of([partial(verifier.verify, headers[0])] * count)
                    results.append(Result("jwt, EdDSA, seen before", again, "us CPU", "<= 100"))
    return results


async def in_turns(bare: _Ask, ours: _Ask, *, rounds: int, batch: int = 20) -> tuple[float, float, float]:
    """Return the median latencies of both in microseconds, and the median of the ratios of neighbouring batches."""
    latencies: tuple[list[float], list[float]] = ([], [])
    ratios = []
    for turn in range(rounds):
        medians = [0.0, 0.0]
        for which in (0, 1) if turn % 2 else (1, 0):
            taken = []
            for _ in range(batch):
                start = time.perf_counter()
                await (bare, ours)[which]()
                taken.append(time.perf_counter() - start)
            latencies[which].extend(taken)
            medians[which] = statistics.median(taken)
        ratios.append(medians[1] / medians[0])
    found = [statistics.median(kind) * 1e6 for kind in latencies]
    return found[0], found[1], statistics.median(ratios)


async def measure_database(server: Server, rounds: int) -> list[Result]:
    """Measure the database's way beside its bare query, on the same pool."""
    async with asyncpg.create_pool(server.database, min_size=1, max_size=1) as pool:
        way = Database(pool, secret=SECRET, cookies=CookieNames(secure=False))
        verifier = SessionVerifier(way)
        statement, token, headers = way.statement, SEED.token(1), {"cookie": SEED.cookie(1)}
        assert (await verifier.verify(headers)).session.token == token
        bare, ours, ratio = await in_turns(
            lambda: pool.fetchrow(statement, token), lambda: verifier.verify(headers), rounds=rounds
        )
    engine = create_async_engine(server.database.replace("postgresql://", "postgresql+asyncpg://"), pool_size=1)
    way = Database(engine, secret=SECRET, cookies=CookieNames(secure=False))
    over_engine, query = SessionVerifier(way), text(way.statement)

    async def ask_engine() -> Any:
        async with engine.connect() as connection:
            return (await connection.execute(query, {"token": token})).first()

    await over_engine.verify(headers)
    bare_engine, ours_engine, engine_ratio = await in_turns(
        ask_engine, lambda: over_engine.verify(headers), rounds=rounds
    )
    await engine.dispose()
    return [
        Result("database: the bare query (asyncpg pool)", bare, "us", ""),
        Result("database: the way (asyncpg pool)", ours, "us", ""),
        Result("database: more than the bare query (asyncpg pool)", (ratio - 1) * 100, "%", "<= 10"),
        Result("database: the bare query (SQLAlchemy AsyncEngine)", bare_engine, "us", ""),
        Result("database: the way (SQLAlchemy AsyncEngine)", ours_engine, "us", ""),
        Result("database: more than the bare query (SQLAlchemy AsyncEngine)", (engine_ratio - 1) * 100, "%", "<= 10"),
    ]


async def measure_remote(server: Server, rounds: int) -> list[Result]:
    """Measure the remote way beside a client that does nothing but send and wait."""
    cookie, label = SEED.cookie(1), server.contestant.label
    message = (
        f"GET /api/auth/get-session HTTP/1.1\r\nhost: 127.0.0.1:{server.port}\r\n"
        f"cookie: {cookie}\r\naccept: application/json\r\n\r\n"
    ).encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)

    async def bare() -> bytes:
        writer.write(message)
        head = await reader.readuntil(b"\r\n\r\n")
        lowered = head.lower()
        length = int(lowered.partition(b"content-length:")[2].split()[0]) if b"content-length:" in lowered else None
        if length is None:
            return head + await reader.readuntil(b"0\r\n\r\n")
        return head + await reader.readexactly(length)

    async with SessionVerifier(Remote(f"http://127.0.0.1:{server.port}", timeout=10)) as verifier:
        headers = {"cookie": cookie}
        assert SEED.token(1).encode() in await bare()
        assert (await verifier.verify(headers)).session.token == SEED.token(1)
        service, ours, ratio = await in_turns(bare, lambda: verifier.verify(headers), rounds=rounds)
    writer.close()
    await writer.wait_closed()
    return [
        Result(f"remote: {label} itself", service, "us", ""),
        Result(f"remote: the way to {label}", ours, "us", ""),
        Result(f"remote: more than {label} itself", (ratio - 1) * 100, "%", "<= 15"),
    ]


async def measure_single_flight(server: Server, requests: int) -> list[Result]:
    """Ask with one cookie many times at once; the service's own counter is not asked, its CPU time is."""
    async with SessionVerifier(Remote(f"http://127.0.0.1:{server.port}", timeout=10)) as verifier:
        headers = {"cookie": SEED.cookie(2)}
        await verifier.verify(headers)
        before, start = server.cpu_seconds(), time.perf_counter()
        found = await asyncio.gather(*(verifier.verify(headers) for _ in range(requests)))
        taken, after = time.perf_counter() - start, server.cpu_seconds()
    assert {one.session.token for one in found} == {SEED.token(2)}
    assert len({id(one) for one in found}) == 1, "more than one request reached the service"
    spent = (after - before) * 1000 if before is not None and after is not None else float("nan")
    return [
        Result(f"{requests} requests at once, one cookie", taken * 1000, "ms", "one upstream call"),
        Result("... CPU of the service for them", spent, "ms", ""),
    ]


def measure(rounds: int, count: int) -> list[Result]:
    """Measure everything."""
    results: list[Result] = []
    for strategy in ("compact", "jwt", "jwe"):
        results += asyncio.run(measure_cookie_cache(strategy, count))
    results += asyncio.run(measure_jwt(max(count // 4, 20)))
    with running([OURS, NODE], SEED) as servers:
        results += asyncio.run(measure_database(servers[OURS.name], rounds))
        for contestant in (OURS, NODE):
            results += asyncio.run(measure_remote(servers[contestant.name], rounds))
        results += asyncio.run(measure_single_flight(servers[OURS.name], 10_000))
    return results


def table(results: Sequence[Result]) -> str:
    """Return the results as a Markdown table."""
    lines = ["| work | measured | wanted |", "|---|---|---|"]
    lines += [f"| {one.work} | {one.value:.1f} {one.unit} | {one.wanted} |" for one in results]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.verify", description=__doc__)
    parser.add_argument("--rounds", type=int, default=100, help="batches of 20 requests (default: %(default)s)")
    parser.add_argument("--count", type=int, default=900, help="local verifications a round (default: %(default)s)")
    parser.add_argument("--output", type=Path, default=RESULTS, help="folder for the results (default: %(default)s)")
    parsed = parser.parse_args(arguments)
    text = f"# The session verifier\n\n{table(measure(parsed.rounds, parsed.count))}\n\n{describe_machine()}\n"
    (parsed.output / "verify.md").write_text(text, encoding="utf-8")
    print(text, file=sys.stdout)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
