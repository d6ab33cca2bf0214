"""The harness without await, for plain tests and those of Django and Flask."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

import httpx

from betterauth_py.auth import BetterAuth
from betterauth_py.core.auth_context import AuthContext
from betterauth_py.testing.clients import ServerTransport, is_asgi, keep_cookies, transport_to
from betterauth_py.testing.clock import ManualClock
from betterauth_py.testing.codes import CapturedCodes
from betterauth_py.testing.cookies import StorageState
from betterauth_py.testing.factories import UserFactory
from betterauth_py.testing.harness import AuthHarness, UserOrId
from betterauth_py.testing.mails import CapturedMails
from betterauth_py.testing.sessions import SessionFactory, SignedIn
from betterauth_py.testing.texts import CapturedTexts
from betterauth_py.verify import sync
from betterauth_py.verify.records import Session, User

T = TypeVar("T")


class Run(Protocol):
    """Returns what a coroutine returns."""

    def __call__(self, work: Coroutine[Any, Any, T], /) -> T:
        """Block until it does."""
        ...


class SyncAuthHarness:
    """A started server on a thread of its own. Everything is as in `AuthHarness`, without await."""

    def __init__(
        self, options: Mapping[str, Any], *, file: Path, clock: ManualClock, postgres: str | None = None
    ) -> None:
        """Start a server; see `AuthHarness.start`."""
        self._thread = _LoopThread()
        try:
            self.harness = self.run(AuthHarness.start(options, file=file, clock=clock, postgres=postgres))
        except BaseException:
            self._thread.close()
            raise
        self.users = SyncUserFactory(self.harness.users, self.run)
        """Makes users."""
        self.sessions = SyncSessionFactory(self.harness.sessions, self.run)
        """Makes sessions."""
        self.api: Any = _BlockingAPI(self.harness.api, self.run)
        """The in-process API."""
        self._clients: list[httpx.Client] = []

    def run(self, work: Coroutine[Any, Any, T], /) -> T:
        """Return what a coroutine returns, which runs where the server does; for what has no twin here."""
        return self._thread.run(work)

    @property
    def server(self) -> BetterAuth:
        """The server itself."""
        return self.harness.server

    @property
    def context(self) -> AuthContext:
        """The server's inside."""
        return self.harness.context

    @property
    def mails(self) -> CapturedMails:
        """The mails it has sent."""
        return self.harness.mails

    @property
    def texts(self) -> CapturedTexts:
        """The text messages it has sent."""
        return self.harness.texts

    @property
    def codes(self) -> CapturedCodes:
        """The one-time codes it has made."""
        return self.harness.codes

    @property
    def clock(self) -> ManualClock:
        """What the server takes for the time."""
        return self.harness.clock

    @property
    def url(self) -> str:
        """The server's origin."""
        return self.harness.url

    @property
    def secret(self) -> str:
        """The secret that cookies are signed with."""
        return self.harness.secret

    def login(self, user: UserOrId, **session: Any) -> SignedIn:
        """See `AuthHarness.login`."""
        return self.run(self.harness.login(user, **session))

    def authorization(self, user: UserOrId) -> dict[str, str]:
        """See `AuthHarness.authorization`."""
        return self.run(self.harness.authorization(user))

    def client(
        self, user: UserOrId | None = None, *, apps: Mapping[str, Any] | None = None, **options: Any
    ) -> httpx.Client:
        """Return a browser as `AuthHarness.client` does: an `httpx.Client`."""
        mounts = {origin.rstrip("/"): self._transport_to(app) for origin, app in (apps or {}).items()}
        client = httpx.Client(
            transport=self._server_transport(),
            mounts=mounts,
            **{"base_url": self.url, **options, "headers": {"origin": self.url, **options.get("headers", {})}},
        )
        if user is not None:
            keep_cookies(client, self.login(user).set_cookies, self.url)
        self._clients.append(client)
        return client

    def storage_state(self, user: UserOrId, url: str | None = None, *, path: str | Path | None = None) -> StorageState:
        """See `AuthHarness.storage_state`."""
        return self.run(self.harness.storage_state(user, url, path=path))

    def serve(self) -> str:
        """See `AuthHarness.serve`."""
        return self.run(self.harness.serve())

    def verifier(self) -> sync.SessionVerifier:
        """Return a verifier for a service under test, which asks this server without sockets."""
        client = httpx.Client(transport=self._server_transport())
        self._clients.append(client)
        return sync.SessionVerifier(sync.Remote(f"{self.url}{self.context.base_path}", client=client), clock=self.clock)

    def settled(self) -> None:
        """See `AuthHarness.settled`."""
        self.run(self.harness.settled())

    def close(self) -> None:
        """Shut the server down. The fixtures do it at the end of the test."""
        if self._thread.is_closed:
            return
        for client in self._clients:
            client.close()
        try:
            self.run(self.harness.aclose())
        finally:
            self._thread.close()

    def _server_transport(self) -> httpx.BaseTransport:
        return _BlockingTransport(ServerTransport(self.harness.app, self.harness.settled), self.run)

    def _transport_to(self, app: Any) -> httpx.BaseTransport:
        return _BlockingTransport(transport_to(app), self.run) if is_asgi(app) else httpx.WSGITransport(app)

    def __enter__(self) -> Self:
        """Return the harness."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Shut the server down."""
        self.close()


class SyncUserFactory:
    """See `UserFactory`."""

    def __init__(self, users: UserFactory, run: Run) -> None:
        """Make users with `users`."""
        self._users = users
        self._run = run

    def build(self, **fields: Any) -> User:
        """See `UserFactory.build`."""
        return self._users.build(**fields)

    def save(self, row: Mapping[str, Any]) -> User:
        """See `UserFactory.save`."""
        return self._run(self._users.save(row))

    def create(self, *, password: str | None = None, **fields: Any) -> User:
        """See `UserFactory.create`."""
        return self._run(self._users.create(password=password, **fields))

    def delete(self, row: UserOrId) -> None:
        """See `UserFactory.delete`."""
        self._run(self._users.delete(row))


class SyncSessionFactory:
    """See `SessionFactory`."""

    def __init__(self, sessions: SessionFactory, run: Run) -> None:
        """Make sessions with `sessions`."""
        self._sessions = sessions
        self._run = run

    def create(self, user: UserOrId, **fields: Any) -> Session:
        """See `SessionFactory.create`."""
        return self._run(self._sessions.create(user, **fields))

    def delete(self, row: Mapping[str, Any] | str) -> None:
        """See `SessionFactory.delete`."""
        self._run(self._sessions.delete(row))


class _BlockingAPI:
    def __init__(self, api: Any, run: Run) -> None:
        self._api = api
        self._run = run

    def __getattr__(self, name: str) -> Any:
        operation = getattr(self._api, name)
        return lambda **arguments: self._run(operation(**arguments))

    def __dir__(self) -> list[str]:
        return dir(self._api)


class _BlockingTransport(httpx.BaseTransport):
    def __init__(self, transport: httpx.AsyncBaseTransport, run: Run) -> None:
        self._transport = transport
        self._run = run

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        return self._run(self._answer(request))

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        answer = await self._transport.handle_async_request(request)
        content = await answer.aread()
        return httpx.Response(answer.status_code, headers=answer.headers, content=content)


class _LoopThread:
    """A thread that runs an event loop."""

    def __init__(self) -> None:
        self.is_closed = False
        self._started = threading.Event()
        self._thread = threading.Thread(target=asyncio.run, args=(self._serve(),), daemon=True)
        self._thread.start()
        self._started.wait()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def close(self) -> None:
        self.is_closed = True
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        self._started.set()
        await self._stopping.wait()
