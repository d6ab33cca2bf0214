"""The works: what clients ask for, of whom, and the files of requests."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from time import time

from benchmarks.answers import Kind, problem_with
from benchmarks.contestants import (
    NODE,
    NODE_CACHED,
    OURS,
    OURS_CACHED,
    OURS_EVERY_PLUGIN,
    OURS_HOOKED,
    OURS_PORTABLE,
    OURS_REMEMBERED,
    OURS_SCRYPT,
    OURS_SQLITE,
    PYPI,
    RAW,
    BenchmarkError,
    Contestant,
    Server,
    answer_of,
)
from benchmarks.seed import PASSWORD, SECRET, Seed
from betterauth_py.crypto.secrets import SecretConfig
from betterauth_py.wire.cookie_cache import encode_cookie_cache

GET_SESSION = "/api/auth/get-session"
SIGN_IN = "/api/auth/sign-in/email"
# One file holds at most this many different requests.
MOST_REQUESTS = 20_000
CACHED_SESSIONS = 400
_SIGN_UPS_PER_ROUND = 5_000
_CHECKED_COMPLETELY = 20
_new_user = count()

Lines = Iterator[str]


@dataclass(frozen=True, kw_only=True)
class Work:
    """One thing to measure."""

    name: str
    title: str
    kind: Kind
    contestants: tuple[Contestant, ...]
    lines: Callable[[Server, Seed], Lines]
    fresh: bool = False
    """Whether a request can be used only once, so that every round needs its own."""
    is_hashing: bool = False
    """Whether the time goes into password hashing: few requests per second, so rounds must be longer."""
    of_one_load: bool = False
    """Whether the largest of the usual numbers of connections is enough to tell."""

    def between(self, *contestants: Contestant) -> Work:
        """Return the same work for fewer contestants."""
        return replace(self, contestants=contestants)

    def write_requests(self, server: Server, seed: Seed, folder: Path) -> Path:
        """Write the file of requests for one contestant."""
        path = folder / f"{self.name}-{server.contestant.name}.tsv"
        path.write_text("\n".join(self.lines(server, seed)))
        return path


def check_completely(work: Work, server: Server, requests: Path) -> None:
    """Ask for some of the answers and check every field of them.

    Raises:
        BenchmarkError: if one is wrong.
    """
    lines = requests.read_text().splitlines()
    for line in lines[:: max(1, len(lines) // _CHECKED_COMPLETELY)]:
        method, path, cookie, _, expected = line.split("\t")
        if method != "GET":
            return
        status, _, body = answer_of(server.port, path, cookie)
        problem = f"status {status}" if status != 200 else problem_with(work.kind, expected.encode(), body)
        if problem:
            raise BenchmarkError(f"{server.contestant.name}, {work.name}: {problem}")


def session_lines(_: Server, seed: Seed) -> Lines:
    """Ask for sessions from all over the table."""
    for session in _spread(seed.sessions, MOST_REQUESTS):
        yield f"GET\t{GET_SESSION}\t{seed.cookie(session)}\t\t{seed.token(session)}"


def no_cookie_lines(_: Server, __: Seed) -> Lines:
    """Ask without a cookie."""
    yield f"GET\t{GET_SESSION}\t\t\tnull"


def cached_lines(server: Server, seed: Seed) -> Lines:
    """Ask with the cached session that the server itself has handed out; it is good for five minutes."""
    for session in _spread(seed.sessions, CACHED_SESSIONS):
        cookie = seed.cookie(session)
        status, headers, body = answer_of(server.port, GET_SESSION, cookie)
        if server.contestant.kind == "raw":
            headers = [("set-cookie", f"better-auth.session_data={_cached_session(body)}")]
        cached = [value.partition(";")[0] for name, value in headers if name.lower() == "set-cookie"]
        if status != 200 or not any(value.startswith("better-auth.session_data=") for value in cached):
            raise BenchmarkError(f"{server.contestant.name} hands out no cached session")
        yield f"GET\t{GET_SESSION}\t{'; '.join([cookie, *cached])}\t\t{seed.token(session)}"


def _cached_session(answer: bytes) -> str:
    """Return the cached session that a server with our secret would hand out with this answer."""
    shown, now = json.loads(answer), int(time() * 1000)
    return encode_cookie_cache(
        "compact",
        shown["session"],
        shown["user"],
        version="1",
        secrets=SecretConfig(SECRET),
        max_age=300,
        now=now,
    )


def sign_in_lines(_: Server, seed: Seed) -> Lines:
    """Sign users in."""
    for user in _spread(seed.users, MOST_REQUESTS):
        body = json.dumps({"email": seed.email(user), "password": PASSWORD})
        yield f"POST\t{SIGN_IN}\t\t{body}\t{seed.email(user)}"


def sign_up_lines(_: Server, __: Seed) -> Lines:
    """Sign new users up."""
    for _unused in range(_SIGN_UPS_PER_ROUND):
        email = f"new{next(_new_user)}@bench.example"
        body = json.dumps({"name": "New User", "email": email, "password": PASSWORD})
        yield f"POST\t/api/auth/sign-up/email\t\t{body}\t{email}"


def _spread(size: int, most: int) -> Iterator[int]:
    """Yield at most `most` different numbers below `size` in an order that jumps about."""
    step = 7919 if size % 7919 else 7907
    return (number * step % size for number in range(min(size, most)))


GET_SESSION_WORK = Work(
    name="get-session",
    title="get-session",
    kind="session",
    contestants=(OURS, NODE, RAW),
    lines=session_lines,
)
VARIANTS_WORK = Work(
    name="get-session-variants",
    title="get-session, variants",
    kind="session",
    contestants=(OURS, OURS_HOOKED, OURS_EVERY_PLUGIN, OURS_SQLITE, PYPI, NODE, RAW),
    lines=session_lines,
    of_one_load=True,
)
REMEMBERED_WORK = Work(
    name="get-session-memory",
    title="get-session, memory cache",
    kind="session",
    contestants=(OURS_REMEMBERED, OURS, NODE, RAW),
    lines=session_lines,
)
SIGN_IN_WORK = Work(
    name="sign-in",
    title="sign-in",
    kind="sign-in",
    contestants=(OURS, OURS_PORTABLE, OURS_SCRYPT, NODE),
    lines=sign_in_lines,
    is_hashing=True,
)
WORKS = (
    GET_SESSION_WORK,
    VARIANTS_WORK,
    REMEMBERED_WORK,
    Work(
        name="get-session-cached",
        title="get-session, cookie cache (compact)",
        kind="session",
        contestants=(OURS_CACHED, NODE_CACHED, RAW),
        lines=cached_lines,
    ),
    Work(
        name="get-session-no-cookie",
        title="get-session, no cookie",
        kind="null",
        contestants=(OURS, NODE, RAW),
        lines=no_cookie_lines,
    ),
    SIGN_IN_WORK,
    Work(
        name="sign-up",
        title="sign-up",
        kind="sign-up",
        contestants=(OURS, OURS_PORTABLE, NODE),
        lines=sign_up_lines,
        fresh=True,
        is_hashing=True,
    ),
)
