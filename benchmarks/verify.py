"""`python -m benchmarks.verify`: what the session verifier costs, beside what it cannot do without.

Local ways are measured in CPU time for one verification. The database's way is measured against the bare query on the
same pool. The remote way is measured against the service's own latency, as the least that a client on the same event
loop can do finds it: write the request's bytes on a kept connection, without streams, and wait for the answer's last
byte. Both in turns, so that what else the machine does meets them alike; with one session again and again, and with a
new one each time, of which nothing is remembered.
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
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from benchmarks.contestants import NODE, OURS, Server, Servers, running
from benchmarks.load_client import split_answer
from benchmarks.measure import Tell
from benchmarks.report import VerifierResult as Result
from benchmarks.report import describe_machine, verifier_table
from benchmarks.seed import SECRET, Seed
from betterauth_py.crypto.secrets import SecretConfig
from betterauth_py.crypto.signing import sign_base64
from betterauth_py.crypto.signing_keys import Algorithm, SigningKey, generate_key_pair
from betterauth_py.javascript.json import stringify
from betterauth_py.javascript.values import encode_uri_component
from betterauth_py.verify import JWT, CookieCache, CookieNames, Database, Remote, SessionVerifier
from betterauth_py.wire.cached_session import Strategy
from betterauth_py.wire.cookie_cache import encode_cookie_cache

RESULTS = Path(__file__).parent / "results"
SEED = Seed(users=1_000, sessions=2_000)
# Small, so that the best of many finds a moment in which the machine does nothing else.
_BATCH = 100
# More than a way remembers.
_DIFFERENT = 2_000
CONTESTANTS = (OURS, NODE)
ALGORITHMS: tuple[Algorithm, ...] = ("EdDSA", "ES256", "ES512", "RS256", "PS256")
STRATEGIES: tuple[Strategy, ...] = ("compact", "jwt", "jwe")
ROUNDS, COUNT = 100, 900
_Ask = Callable[[], Awaitable[Any]]


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
    pairs = {alg: generate_key_pair(alg) for alg in ALGORITHMS}
    server = KeyServer([{**json.loads(pair.public), "kid": alg, "alg": alg} for alg, pair in pairs.items()])
    results = []
    with closing(server):
        async with SessionVerifier(JWT(server.url)) as verifier:
            for alg, pair in pairs.items():
                claims = {
                    "sub": "u1", "iss": server.url, "aud": server.url, "exp": int(time.time()) + 900,
                    "email": "ada@bench.example", "name": "Ada", "emailVerified": True,
                }  # fmt: skip
                key = SigningKey(alg, alg, pair.private)
                headers = [
                    {"authorization": f"Bearer {key.sign(stringify({**claims, 'jti': str(number)}))}"}
                    for number in range(count * 5)
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


class Sessions:
    """Cookies and tokens: those of one session, or of another one each time.

    Who asks has sessions of its own: sharing them out by turns would give a way the same half of them again and again.
    """

    def __init__(self, seed: Seed, how_many: int) -> None:
        self._sessions = [
            (seed.token(number), {"cookie": seed.cookie(number)}) for number in range(min(how_many, seed.sessions))
        ]
        self._asked = 0

    def another(self) -> tuple[str, dict[str, str]]:
        """Return a token and headers."""
        self._asked += 1
        return self._sessions[self._asked % len(self._sessions)]


def _comparison(what: str, bare: tuple[str, float], ours: tuple[str, float], ratio: float, most: int) -> list[Result]:
    return [
        Result(f"{what}: {bare[0]}", bare[1], "us", ""),
        Result(f"{what}: {ours[0]}", ours[1], "us", ""),
        Result(f"{what}: more than {bare[0]}", (ratio - 1) * 100, "%", f"<= {most}"),
    ]


async def measure_database(server: Server, rounds: int, seed: Seed = SEED) -> list[Result]:
    """Measure the database's way beside its bare query, on the same pool."""
    results = []
    async with asyncpg.create_pool(server.database, min_size=1, max_size=1) as pool:
        for how_many, which in ((1, "one session"), (_DIFFERENT, "a new session each time")):
            way = Database(pool, secret=SECRET, cookies=CookieNames(secure=False))
            verifier, sessions, others = SessionVerifier(way), Sessions(seed, how_many), Sessions(seed, how_many)
            token, headers = sessions.another()
            assert (await verifier.verify(headers)).session.token == token
            await _settle(verifier, sessions, how_many)
            statement = way.statement
            bare, ours, ratio = await in_turns(
                lambda: pool.fetchrow(statement, others.another()[0]),  # noqa: B023 - asked at once
                lambda: verifier.verify(sessions.another()[1]),  # noqa: B023 - asked at once
                rounds=rounds,
            )
            results += _comparison(
                f"database, asyncpg pool, {which}", ("the bare query", bare), ("the way", ours), ratio, 10
            )
    engine = create_async_engine(server.database.replace("postgresql://", "postgresql+asyncpg://"), pool_size=1)
    way = Database(engine, secret=SECRET, cookies=CookieNames(secure=False))
    over_engine, query = SessionVerifier(way), text(way.statement)
    token, headers = Sessions(seed, 1).another()

    async def ask_engine() -> Any:
        async with engine.connect() as connection:
            return (await connection.execute(query, {"token": token})).first()

    await over_engine.verify(headers)
    bare, ours, ratio = await in_turns(ask_engine, lambda: over_engine.verify(headers), rounds=rounds)
    await engine.dispose()
    return results + _comparison(
        "database, SQLAlchemy AsyncEngine", ("the bare query", bare), ("the way", ours), ratio, 10
    )


async def _settle(verifier: SessionVerifier, sessions: Sessions, requests: int) -> None:
    """Have the way remember as much as it ever will, as in a service that has run for a while."""
    for _ in range(requests):
        await verifier.verify(sessions.another()[1])


class BareClient(asyncio.Protocol):
    """The least that a client can do: write bytes, and wait until the answer to them is whole."""

    _transport: Any
    _answer: asyncio.Future[bytes] | None = None

    def connection_made(self, transport: Any) -> None:
        """See `asyncio.Protocol`."""
        self._transport = transport
        self._received = b""

    def ask(self, message: bytes) -> asyncio.Future[bytes]:
        """Send a request; return what will be the answer's body."""
        self._answer = answer = asyncio.get_running_loop().create_future()
        self._transport.write(message)
        return answer

    def data_received(self, data: bytes) -> None:
        """See `asyncio.Protocol`."""
        self._received += data
        answer = split_answer(self._received)
        if answer is not None and self._answer is not None:
            self._received = b""
            self._answer.set_result(answer[1])

    def connection_lost(self, exc: Exception | None) -> None:
        """See `asyncio.Protocol`."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ConnectionResetError("the service closed the connection"))

    def close(self) -> None:
        """Close the connection."""
        self._transport.close()


async def measure_remote(server: Server, rounds: int, seed: Seed = SEED) -> list[Result]:
    """Measure the remote way beside the service's own latency."""
    results = []
    head = f"GET /api/auth/get-session HTTP/1.1\r\nhost: 127.0.0.1:{server.port}\r\naccept: application/json\r\n"
    loop = asyncio.get_running_loop()
    for how_many, which in ((1, "one session"), (_DIFFERENT, "a new session each time")):
        async with SessionVerifier(Remote(f"http://127.0.0.1:{server.port}", timeout=10)) as verifier:
            sessions, others = Sessions(seed, how_many), Sessions(seed, how_many)
            await _settle(verifier, sessions, how_many)
            # Not before: servers close connections that are idle for some seconds.
            _, client = await loop.create_connection(BareClient, "127.0.0.1", server.port)

            def bare(others: Sessions = others, client: BareClient = client) -> Awaitable[bytes]:
                return client.ask(f"{head}cookie: {others.another()[1]['cookie']}\r\n\r\n".encode())

            token, headers = sessions.another()
            assert b'"session"' in await bare()
            assert (await verifier.verify(headers)).session.token == token
            own, ours, ratio = await in_turns(
                bare,
                lambda: verifier.verify(sessions.another()[1]),  # noqa: B023 - asked at once
                rounds=rounds,
            )
        results += _comparison(
            f"remote, {server.contestant.label}, {which}", ("the service itself", own), ("the way", ours), ratio, 15
        )
        client.close()
        await asyncio.sleep(0)
    return results


async def measure_single_flight(server: Server, requests: int, seed: Seed = SEED) -> list[Result]:
    """Ask with one cookie many times at once; the service's own counter is not asked, its CPU time is."""
    async with SessionVerifier(Remote(f"http://127.0.0.1:{server.port}", timeout=10)) as verifier:
        token, headers = Sessions(seed, 3).another()
        await verifier.verify(headers)
        before, start = server.cpu_seconds(), time.perf_counter()
        found = await asyncio.gather(*(verifier.verify(headers) for _ in range(requests)))
        taken, after = time.perf_counter() - start, server.cpu_seconds()
    assert {one.session.token for one in found} == {token}
    assert len({id(one) for one in found}) == 1, "more than one request reached the service"
    spent = (after - before) * 1000 if before is not None and after is not None else float("nan")
    return [
        Result(f"{requests} requests at once, one cookie", taken * 1000, "ms", "one upstream call"),
        Result("... CPU of the service for them", spent, "ms", ""),
    ]


def measure(servers: Servers, seed: Seed, *, rounds: int, count: int, tell: Tell = print) -> list[Result]:
    """Measure everything.

    Args:
        servers: ours and better-auth on Node, running.
        seed: what is in their databases.
        rounds: batches of 20 requests to a database or a service.
        count: local verifications in a round.
        tell: is told what is being measured.
    """
    found: list[Result] = []
    # At several moments, because a neighbour of the machine may be busy in one of them.
    local = [_measure_local(count, tell)]
    tell("the verifier: the database")
    found += asyncio.run(measure_database(servers[OURS.name], rounds, seed))
    local.append(_measure_local(count, tell))
    for contestant in CONTESTANTS:
        tell(f"the verifier: {contestant.label}")
        found += asyncio.run(measure_remote(servers[contestant.name], rounds, seed))
    local.append(_measure_local(count, tell))
    best = [min(results, key=lambda result: result.value) for results in zip(*local, strict=True)]
    return best + found + asyncio.run(measure_single_flight(servers[OURS.name], 10_000, seed))


def _measure_local(count: int, tell: Tell) -> list[Result]:
    tell("the verifier: cookies and tokens")
    results: list[Result] = []
    for strategy in STRATEGIES:
        results += asyncio.run(measure_cookie_cache(strategy, count))
    return results + asyncio.run(measure_jwt(max(count // 4, 20)))


def document(results: Sequence[Result], machine: dict[str, Any]) -> str:
    """Return the results as a document of its own."""
    about = "\n".join(f"- {name}: {value}" for name, value in machine.items())
    return f"# The session verifier\n\n{verifier_table(results)}\n\n{about}\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.verify", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="batches of 20 requests (default: %(default)s)")
    parser.add_argument("--count", type=int, default=COUNT, help="local verifications a round (default: %(default)s)")
    parser.add_argument("--output", type=Path, default=RESULTS, help="folder for verify.md (default: %(default)s)")
    parsed = parser.parse_args(arguments)
    with running(CONTESTANTS, SEED) as servers:
        results = measure(servers, SEED, rounds=parsed.rounds, count=parsed.count)
    found = document(results, describe_machine())
    (parsed.output / "verify.md").write_text(found, encoding="utf-8")
    print(found, file=sys.stdout)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
