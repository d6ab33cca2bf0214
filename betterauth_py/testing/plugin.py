"""The pytest plugin: `pytest_plugins = ["betterauth_py.testing.plugin"]` in the conftest.py at the top of your tests.

It is not registered as an entry point: nothing of it is imported, and no fixture of these names appears, where nobody
asked for it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

import pytest

from betterauth_py.errors import MissingExtraError

if TYPE_CHECKING:
    from betterauth_py.testing.clock import ManualClock
    from betterauth_py.testing.harness import AuthHarness
    from betterauth_py.testing.sync import SyncAuthHarness
    from betterauth_py.testing.verified import AnyVerifier
    from betterauth_py.verify import SessionError, User, VerifiedSession

_HARNESSES: Final = pytest.StashKey[list["AuthHarness"]]()


class AuthFactory(Protocol):
    """Starts servers; options are those of `BetterAuth`."""

    def __call__(self, *, postgres: str | None = None, **options: Any) -> Awaitable[AuthHarness]:
        """Start a server, on a new database of the PostgreSQL server at the URL `postgres` if that is given."""
        ...


class SyncAuthFactory(Protocol):
    """Starts servers for tests without await; options are those of `BetterAuth`."""

    def __call__(self, *, postgres: str | None = None, **options: Any) -> SyncAuthHarness:
        """Start a server; see `AuthFactory`."""
        ...


class VerifiedAs(Protocol):
    """Says who is signed in, until the test ends; see `betterauth_py.testing.verified_as`."""

    def __call__(
        self, verifier: AnyVerifier, user: User | VerifiedSession | SessionError | None = None, /, **fields: Any
    ) -> VerifiedSession | None:
        """Return the session that is found, if any."""
        ...


@pytest.fixture
def auth_clock() -> ManualClock:
    """The clock of the test's servers; it stands still until the test moves it."""
    from betterauth_py.testing.clock import ManualClock

    return ManualClock()


@pytest.fixture
def auth_factory(request: pytest.FixtureRequest, tmp_path: Path, auth_clock: ManualClock) -> Iterator[AuthFactory]:
    """Starts servers in async tests and shuts them down with the test. Await it with options of `BetterAuth`."""
    with _server_installed():
        from betterauth_py.testing.harness import AuthHarness

    started: list[AuthHarness] = request.node.stash.setdefault(_HARNESSES, [])

    async def start(*, postgres: str | None = None, **options: Any) -> AuthHarness:
        file = tmp_path / f"auth-{len(started)}.db"
        harness = await AuthHarness.start(options, file=file, clock=auth_clock, postgres=postgres)
        started.append(harness)
        return harness

    yield start
    _close(started)


@pytest.fixture
def sync_auth_factory(tmp_path: Path, auth_clock: ManualClock) -> Iterator[SyncAuthFactory]:
    """Starts servers in tests without await and shuts them down with the test."""
    with _server_installed():
        from betterauth_py.testing.sync import SyncAuthHarness

    with ExitStack() as started:
        count = 0

        def start(*, postgres: str | None = None, **options: Any) -> SyncAuthHarness:
            nonlocal count
            count += 1
            file = tmp_path / f"sync-auth-{count}.db"
            return started.enter_context(SyncAuthHarness(options, file=file, clock=auth_clock, postgres=postgres))

        yield start


@pytest.fixture
def verified_as() -> Iterator[VerifiedAs]:
    """Says who is signed in at a service, without a server, until the test ends."""
    from betterauth_py.testing.verified import verified_as as signed_in

    with ExitStack() as signed:

        def sign_in(
            verifier: AnyVerifier, user: User | VerifiedSession | SessionError | None = None, /, **fields: Any
        ) -> VerifiedSession | None:
            return signed.enter_context(signed_in(verifier, user, **fields))

        yield sign_in


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Shut servers down before the fixtures of other plugins close the event loop."""
    _close(item.stash.get(_HARNESSES, []))


@contextmanager
def _server_installed() -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("betterauth_py"):
            raise
        raise MissingExtraError("server", error.name) from None


def _close(started: list[AuthHarness]) -> None:
    for harness in started:
        harness.close()
