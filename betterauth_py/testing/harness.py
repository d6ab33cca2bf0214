"""A server under test, with everything a test needs of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

import httpx

from betterauth_py.auth import BetterAuth
from betterauth_py.core.auth_context import AuthContext
from betterauth_py.testing.clients import ServerTransport, keep_cookies, mounts_of
from betterauth_py.testing.clock import ManualClock
from betterauth_py.testing.codes import CapturedCodes
from betterauth_py.testing.cookies import StorageState, browser_cookies
from betterauth_py.testing.databases import PostgresDatabase, migrate
from betterauth_py.testing.factories import UserFactory
from betterauth_py.testing.mails import CapturedMails
from betterauth_py.testing.options import BASE_URL, make_options
from betterauth_py.testing.sessions import SessionFactory, SignedIn
from betterauth_py.testing.texts import CapturedTexts
from betterauth_py.verify import Remote, SessionVerifier

if TYPE_CHECKING:
    from betterauth_py.testing.serving import LocalServer

UserOrId = Mapping[str, Any] | str


class AuthHarness:
    """A started server on a database of its own. `betterauth_py.testing.sync` has the same without await."""

    def __init__(
        self,
        server: BetterAuth,
        mails: CapturedMails,
        texts: CapturedTexts,
        codes: CapturedCodes,
        database: PostgresDatabase | None = None,
    ) -> None:
        """Hold a server, and a database that goes with it."""
        self._database = database
        self.server = server
        """The server itself."""
        self.mails = mails
        """The mails it has sent."""
        self.texts = texts
        """The text messages it has sent."""
        self.codes = codes
        """The one-time codes it has made, by address or phone number."""
        self.users = UserFactory(server.context)
        """Makes users."""
        self.sessions = SessionFactory(server.context)
        """Makes sessions."""
        self.api = _SettlingAPI(self)
        """The in-process API. A call ends when the background work that it has begun is done, such as mails."""
        self._loop = asyncio.get_running_loop()
        self._clients: list[httpx.AsyncClient] = []
        self._served: LocalServer | None = None
        self._is_closed = False

    @classmethod
    async def start(
        cls, options: Mapping[str, Any], *, file: Path, clock: ManualClock, postgres: str | None = None
    ) -> Self:
        """Start a server with these options.

        Args:
            options: those of `BetterAuth`.
            file: where its SQLite database will be, unless the options name another.
            clock: the time.
            postgres: the URL of a PostgreSQL server on which a database is made for it instead.

        Raises:
            ConfigurationError: if an option is wrong.
        """
        mails, texts, codes = CapturedMails(), CapturedTexts(), CapturedCodes()
        database = PostgresDatabase(postgres) if postgres is not None else None
        url = database.url if database is not None else f"sqlite:///{file}"
        server = BetterAuth(make_options(options, database_url=url, clock=clock, mails=mails, texts=texts, codes=codes))
        harness = cls(server, mails, texts, codes, database)
        try:
            if database is not None:
                await database.create()
            await migrate(server, file if server.options.database.url == f"sqlite:///{file}" else None)
            await server.startup()
            await harness.settled()
        except BaseException:
            await harness.aclose()
            raise
        return harness

    @property
    def context(self) -> AuthContext:
        """The server's inside: its stores, cookies, clock and options."""
        return self.server.context

    @property
    def clock(self) -> ManualClock:
        """What the server takes for the time."""
        clock: Any = self.context.clock
        if not isinstance(clock, ManualClock):
            raise AssertionError("The option `clock` is not a ManualClock.")
        return clock

    @property
    def app(self) -> Any:
        """The server as an ASGI application."""
        return self.server.app

    @property
    def url(self) -> str:
        """The server's origin, such as `http://localhost:3000`."""
        return self.context.base_origin or BASE_URL

    @property
    def secret(self) -> str:
        """The secret that cookies are signed with, for a verifier's `secret`."""
        return self.context.secrets.current

    async def login(self, user: UserOrId, **session: Any) -> SignedIn:
        """Sign a user in without a credential; `session` has fields to lay over the session.

        Raises:
            AssertionError: if there is no such user, or a database hook refuses the session.
        """
        return await self.sessions.login(user, **session)

    async def authorization(self, user: UserOrId) -> dict[str, str]:
        """Return the `Authorization` header of a user: a token of the jwt plugin.

        Raises:
            AssertionError: if the server has no such plugin.
        """
        if not any(plugin.id == "jwt" for plugin in self.server.options.plugins):
            raise AssertionError('There are no tokens without the jwt plugin. Add the option plugins={"jwt": {}}.')
        token = (await self.server.api.get_token(headers=(await self.login(user)).headers))["token"]
        return {"authorization": f"Bearer {token}"}

    async def client(
        self, user: UserOrId | None = None, *, apps: Mapping[str, Any] | None = None, **options: Any
    ) -> httpx.AsyncClient:
        """Return a browser: an `httpx.AsyncClient` that keeps cookies and reaches the server without sockets.

        Args:
            user: who is signed in.
            apps: ASGI and WSGI applications that the same browser reaches, by their origins.
            options: more for `httpx.AsyncClient`; `headers` are laid over the `Origin` of a page of the server.
        """
        client = httpx.AsyncClient(
            transport=ServerTransport(self.app, self.settled),
            mounts=mounts_of(apps or {}),
            **{"base_url": self.url, **options, "headers": {"origin": self.url, **options.get("headers", {})}},
        )
        if user is not None:
            keep_cookies(client, (await self.login(user)).set_cookies, self.url)
        self._clients.append(client)
        return client

    async def storage_state(
        self, user: UserOrId, url: str | None = None, *, path: str | Path | None = None
    ) -> StorageState:
        """Return Playwright's storage state with a new session of the user, and write it to `path` as JSON.

        Args:
            user: who is signed in.
            url: where the browser reaches the server, if not at its base URL.
            path: of the file.
        """
        host = urlsplit(url or self.url).hostname or "localhost"
        cookies = browser_cookies((await self.login(user)).set_cookies, host)
        state: StorageState = {"cookies": cookies, "origins": []}
        if path is not None:
            Path(path).write_text(json.dumps(state), encoding="utf-8")  # noqa: ASYNC240 - a small file
        return state

    async def serve(self) -> str:
        """Listen at the base URL on this machine until the test ends, for browsers and other processes; return the URL.

        Raises:
            OSError: if something else listens there.
        """
        from betterauth_py.testing.serving import LocalServer  # noqa: PLC0415 - few tests need it

        self._served = await LocalServer.start(self.app, self.url)
        return self.url

    def verifier(self) -> SessionVerifier:
        """Return a verifier for a service under test, which asks this server without sockets."""
        client = httpx.AsyncClient(transport=ServerTransport(self.app, self.settled))
        self._clients.append(client)
        return SessionVerifier(Remote(f"{self.url}{self.context.base_path}", client=client), clock=self.clock)

    async def settled(self) -> None:
        """Wait until background work is done, such as mails."""
        await self.context.finish_background_work()

    async def aclose(self) -> None:
        """Shut the server down. The fixtures do it at the end of the test."""
        if self._is_closed:
            return
        self._is_closed = True
        for client in self._clients:
            await client.aclose()
        if self._served is not None:
            await self._served.stop()
        await self.server.shutdown()
        if self._database is not None:
            await self._database.drop()

    def close(self) -> None:
        """Shut the server down from outside of its event loop, as far as that is still there."""
        if self._is_closed or self._loop.is_running():
            return
        if self._loop.is_closed():
            # Connections have been closed with the loop.
            self.context.passwords.close()
            if self._database is not None:
                asyncio.run(self._database.drop())
        else:
            self._loop.run_until_complete(self.aclose())

    async def __aenter__(self) -> Self:
        """Return the harness."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Shut the server down."""
        await self.aclose()


class _SettlingAPI:
    def __init__(self, harness: AuthHarness) -> None:
        self._harness = harness

    def __getattr__(self, name: str) -> Any:
        operation = getattr(self._harness.server.api, name)

        async def call(**arguments: Any) -> Any:
            try:
                return await operation(**arguments)
            finally:
                await self._harness.settled()

        return call

    def __dir__(self) -> list[str]:
        return dir(self._harness.server.api)
