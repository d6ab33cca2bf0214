"""The assembled auth: everything that outlives a call."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from betterauth_py.awaiting import resolve
from betterauth_py.clock import Clock, now
from betterauth_py.core.auth_cookies import AuthCookies, CookieMaker
from betterauth_py.core.client_ip import ClientIpResolver
from betterauth_py.core.contributions import CookieCacheSigner
from betterauth_py.core.extensions import Extensions
from betterauth_py.core.messages import Request
from betterauth_py.core.plugin import Plugin
from betterauth_py.core.rate_limit import RateLimiter
from betterauth_py.core.services import Services
from betterauth_py.crypto.passwords import PasswordHasher
from betterauth_py.crypto.secrets import SecretConfig
from betterauth_py.errors import SecondaryStorageError
from betterauth_py.models.schema import Schema
from betterauth_py.options import Options, SecondaryStorage
from betterauth_py.store.accounts import Accounts
from betterauth_py.store.cleanup import Cleanup
from betterauth_py.store.database import Database
from betterauth_py.store.faults import is_fault
from betterauth_py.store.per_loop import PerLoop
from betterauth_py.store.rows import Rows
from betterauth_py.store.secondary_values import SecondaryValues
from betterauth_py.store.sessions.sessions import Sessions
from betterauth_py.store.users import Users
from betterauth_py.store.verifications import Verifications
from betterauth_py.turns import Turns

if TYPE_CHECKING:
    import httpx

    from betterauth_py.core.dispatcher import Dispatcher
    from betterauth_py.mail.mailer import Mailer
    from betterauth_py.sms.sender import SmsSender

logger = logging.getLogger("betterauth")
_GRACE_SECONDS = 10
_SIGN_OF_LIFE = "ready"  # A key that holds nothing.


@dataclass(kw_only=True)
class AuthContext:
    """One assembled auth: everything that outlives a request."""

    options: Options
    plugins: Sequence[Plugin]
    environment: str
    base_path: str
    base_origin: str | None
    secrets: SecretConfig = field(repr=False)
    static_origins: list[str]
    clock: Clock
    schema: Schema
    database: Database
    rows: Rows
    """The rows of all tables, also those of plugins."""
    secondary_storage: SecondaryStorage | None = field(repr=False)
    secondary_values: SecondaryValues | None = field(repr=False)
    """Values and counters of plugins in secondary storage; None without secondary storage."""
    cleanup: Cleanup
    users: Users
    accounts: Accounts
    sessions: Sessions
    verifications: Verifications
    passwords: PasswordHasher
    client_ip: ClientIpResolver
    rate_limiter: RateLimiter
    cookies: AuthCookies
    make_cookie: CookieMaker
    generate_id: Callable[[str], str]
    """Makes the id of a new row of a model. If the database makes it, the stored row has another one."""
    origin_of_request: Callable[[Request], str]
    """The origin at which a request reached this server, if `base_url` is not set."""
    extensions: Extensions
    """The extensions that plugins add to each other."""
    services: Services = field(default_factory=Services, repr=False)
    """The services of plugins, by type."""
    turns: Turns = field(default_factory=Turns, repr=False)
    """Locks for work that only one task of this process may do at a time."""
    oauth_providers: dict[str, Any] = field(default_factory=dict, repr=False)
    """The providers that users can sign in with, by id: those of plugins, then those of the options."""
    access_revokers: list[Callable[[dict[str, Any]], Awaitable[None]]] = field(default_factory=list, repr=False)
    """Delete a user's credentials that plugins keep outside of accounts and sessions."""
    cookie_cache_signer: CookieCacheSigner | None = field(default=None, repr=False)
    """Signs cached sessions of the strategy `jwt`, if a plugin does; otherwise the secret signs them."""
    dispatcher: Dispatcher | None = field(default=None, repr=False)
    """Runs endpoints with their hooks, once the auth is assembled."""
    mailer: Mailer | None = field(default=None, repr=False)
    """The mailer; None if this server sends no mail. Use `flows.mails.send_mail`, which applies the limits."""
    sms: SmsSender | None = field(default=None, repr=False)
    """The sender of text messages; None if this server sends none. Use `flows.sms.send_sms`, which applies the
    limits."""
    cookie_refresh_age: int | None = None
    """Milliseconds before a cached session expires from which it is renewed; None for never."""
    assembled: AuthContext | None = field(default=None, repr=False)
    """The original auth, if this one is its variant for one host."""
    _tasks: set[asyncio.Task[None]] = field(default_factory=set, repr=False)
    _cleaner: asyncio.Task[None] | None = field(default=None, repr=False)
    _http_client: PerLoop[httpx.AsyncClient] | None = field(default=None, repr=False)

    @property
    def in_production(self) -> bool:
        """Whether this is a production deployment."""
        return self.environment == "production"

    @property
    def is_stateless(self) -> bool:
        """Whether sessions are in cookies only: there is neither a database nor secondary storage."""
        return self.database.url.in_process and self.secondary_storage is None

    @property
    def http_client(self) -> httpx.AsyncClient:
        """The client for outgoing requests: that of the options, or one for each event loop, created on first use."""
        if self.options.http_client is not None:
            client: httpx.AsyncClient = self.options.http_client
            return client
        if self.assembled is not None:
            return self.assembled.http_client
        if self._http_client is None:
            # A server that starts need not wait for httpx.
            from betterauth_py.core.http_client import make_http_client  # noqa: PLC0415

            self._http_client = PerLoop(make_http_client, lambda client: client.aclose())
        return self._http_client.get()

    def now(self) -> datetime:
        """Return the time, in UTC with milliseconds."""
        return now(self.clock)

    def after(self, seconds: float) -> datetime:
        """Return the time `seconds` from now."""
        return self.now() + timedelta(seconds=seconds)

    def log_failure(self, what: str, error: Exception) -> None:
        """Log that the server failed to do `what`: with a traceback, or in one line for a database fault."""
        if is_fault(error):
            self.database.faults.log(error)
        else:
            logger.error("Failed to %s", what, exc_info=error)

    def run_in_background(self, work: Awaitable[Any], what: str) -> None:
        """Run `work` after the answer, so that its duration reveals nothing to the client; failures are logged.

        `advanced.background_tasks.handler` is told of it.
        """

        async def run() -> None:
            try:
                await work
            except Exception as error:
                self.log_failure(what, error)

        task = asyncio.create_task(run())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        handler = self.options.advanced.background_tasks.handler
        if handler is not None:
            try:
                handler(task)
            except Exception as error:
                self.log_failure("call `advanced.background_tasks.handler`", error)

    async def finish_background_work(self) -> None:
        """Wait until all background work is done, including work that it started."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def start_cleaning_up(self, interval: float) -> None:
        """Delete expired rows now and every `interval` seconds, until `close`."""

        async def clean_up() -> None:
            while True:
                try:
                    await self.cleanup.run_unless_another_does()
                except Exception as error:
                    self.log_failure("delete expired rows", error)
                await asyncio.sleep(interval)

        if self._cleaner is None:
            self._cleaner = asyncio.create_task(clean_up())

    async def check_secondary_storage(self) -> None:
        """Check that the secondary storage, if there is one, answers.

        Raises:
            SecondaryStorageError: if it gives none.
        """
        if self.secondary_storage is None:
            return
        try:
            await self.secondary_storage.get(_SIGN_OF_LIFE)
        except SecondaryStorageError:
            raise
        except Exception as error:
            raise SecondaryStorageError(f"The secondary storage does not answer: {type(error).__name__}") from error

    async def close_connections(self) -> None:
        """Close the connections to the database and the secondary storage; they are opened again when needed."""
        await self.sessions.close()
        await self.database.close()
        close_storage = getattr(self.secondary_storage, "close", None)
        if close_storage is not None:
            await resolve(close_storage())

    async def close(self) -> None:
        """Finish background work, cancel what takes longer than 10 seconds, and close all connections."""
        cleaner, self._cleaner = self._cleaner, None
        if cleaner is not None:
            cleaner.cancel()
            await asyncio.wait([cleaner])
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=_GRACE_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self.close_connections()
        self.passwords.close()
        if self._http_client is not None:
            await self._http_client.close()
