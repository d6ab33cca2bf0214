"""`BetterAuth`: options and plugins in, one ASGI app, one in-process API and one MetaData out."""

from __future__ import annotations

from functools import cached_property
from importlib import import_module
from os import environ
from typing import Any, Final

from litestar import Litestar
from sqlalchemy import MetaData

from betterauth_py.assembly.auth_context import assemble
from betterauth_py.assembly.endpoints import collect_endpoints
from betterauth_py.assembly.life import start_plugins, stop_plugins
from betterauth_py.assembly.mails import mailer_of
from betterauth_py.assembly.options import load_options
from betterauth_py.assembly.plugins import plugins_of
from betterauth_py.assembly.setup import error_codes_of, set_up_plugins
from betterauth_py.assembly.sms import sms_sender_of
from betterauth_py.assembly.social_providers import with_provider_variables
from betterauth_py.assembly.stateless import warn_of_forgetting
from betterauth_py.core.plugin import Plugin
from betterauth_py.errors import ConfigurationError
from betterauth_py.http.app import build_app
from betterauth_py.http.in_process import API
from betterauth_py.http.pipeline import Pipeline
from betterauth_py.log import leave_logs, route_logs
from betterauth_py.models.tables import plain_metadata
from betterauth_py.openapi.document import build_openapi
from betterauth_py.options import Options
from betterauth_py.options.client_fields import client_fields
from betterauth_py.options.deployment import warn_of_development, with_app_origin
from betterauth_py.options.environment import trusted_origins_of, with_environment
from betterauth_py.store.migrations import apply_migrations, check_schema
from betterauth_py.store.stored_hashes import choose_hash_kind, look_for_other_hashes

# Seconds between clean-ups of what a server without a database keeps in its memory.
_CLEANUP_OF_MEMORY: Final = 60


class BetterAuth:
    """An auth server: give it options, mount its `app`, call its `api`.

    Options are keyword arguments with better-auth's names in snake_case; groups are mappings or the classes of
    `betterauth_py.options`. `BETTER_AUTH_SECRET`, `BETTER_AUTH_URL` and the other variables fill what is not given.

    Example:
        ```python
        auth = BetterAuth(
            base_url="https://auth.example.com",
            database={"url": "postgresql://..."},
            email_and_password={"enabled": True},
            trusted_origins=["https://app.example.com"],
        )
        app = auth.app
        ```

    Raises:
        ConfigurationError: if an option is wrong.
    """

    def __init__(self, options: Options | None = None, /, **values: Any) -> None:
        """Assemble the server; nothing is connected or started yet."""
        if options is None:
            values = with_environment(values, environ, environment_wins=False)
            options = load_options(with_provider_variables(values, environ, is_service=False))
        elif values:
            raise ConfigurationError("Give either an Options object or keyword arguments, not both.")
        route_logs(options.logger, self)
        options = with_app_origin(options)
        plugins = plugins_of(options)
        self._mailer = mailer_of(options, plugins)
        if self._mailer is not None:
            options = self._mailer.with_senders()
        self.context = assemble(options, plugins, trusted_origins_of(environ))
        self.context.mailer = self._mailer
        self.context.sms = sms_sender_of(options, plugins, lambda: self.context.http_client)
        set_up_plugins(self.context)
        self.options = self.context.options
        self.error_codes = error_codes_of(self.context.plugins)
        self._endpoints = collect_endpoints(self.context.plugins)
        self._pipeline = Pipeline(self.context, self._endpoints)
        self.context.dispatcher = self._pipeline
        self.api = API(self.context, self._pipeline, self._endpoints)
        self._started: list[Plugin] = []
        self._app: Litestar | None = None

    @property
    def app(self) -> Litestar:
        """The ASGI app. Mount it where `base_path` says, or at the root."""
        if self._app is None:
            self._app = build_app(
                self.context, self._pipeline, self._endpoints, on_startup=self.startup, on_shutdown=self.shutdown
            )
        return self._app

    @property
    def mails(self) -> str | None:
        """Where mails go, for people: `SMTP, smtp.example.com:587`. None if this server sends none by itself."""
        return self._mailer.outbox.place if self._mailer is not None else None

    @property
    def texts(self) -> str | None:
        """Where text messages go, for people. None if this server sends none by itself."""
        return self.context.sms.queue.place if self.context.sms is not None else None

    @cached_property
    def metadata(self) -> MetaData:
        """The SQLAlchemy tables of this auth, for your own Alembic environment and queries.

        Types are SQLAlchemy's own for the configured database: values are as the database holds them, dates in UTC.
        """
        database = self.context.database
        return plain_metadata(database.metadata, database.url.dialect)

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI 3.1 document."""
        return build_openapi(self.context, self._endpoints)

    def client_fields(self) -> str:
        """Return a TypeScript module with the additional fields, for the types of better-auth's client.

        It exports `additionalFields`, a client plugin. `betterauth client-fields` writes the same.
        """
        return client_fields(self.options)

    async def migrate(self) -> None:
        """Bring the database, if there is one, to the schema of these options: `betterauth migrate`.

        Raises:
            DatabaseError: if it cannot be reached or holds something else.
        """
        if not self.context.database.url.in_process:
            await apply_migrations(self.context.database)

    async def startup(self) -> None:
        """Check the schema and begin work; the app's lifespan calls this.

        Raises:
            DatabaseError: if the schema is not the one needed, naming the command that makes it so.
            SecondaryStorageError: if there is one and it does not answer.
            PluginError: if a plugin cannot start.
        """
        route_logs(self.options.logger, self)
        warn_of_development(self.options)
        if _encrypts_cached_sessions(self.options):
            import_module("betterauth_py.crypto.jose")  # Here, and not while a request waits for it.
        if self._mailer is not None:
            self._mailer.outbox.open()
        if self.context.sms is not None:
            self.context.sms.queue.open()
        database = self.context.database
        if self.options.database.schema_check and not database.url.in_process:
            await check_schema(database)
        warn_of_forgetting(self.context)
        accounts, passwords = self.context.accounts, self.context.passwords
        await choose_hash_kind(database, accounts, passwords)
        await self.context.sessions.open()
        await self.context.check_secondary_storage()
        interval = self.options.database.cleanup_interval
        if interval > 0 or database.url.in_process:
            self.context.start_cleaning_up(interval or _CLEANUP_OF_MEMORY)
        self.context.run_in_background(look_for_other_hashes(accounts, passwords), "look for password hashes")
        try:
            await start_plugins(self.context, self._started)
        except BaseException:
            await self.shutdown()
            raise

    async def shutdown(self) -> None:
        """Stop the plugins, finish background work and close all connections; the app's lifespan calls this."""
        await stop_plugins(self.context, self._started)
        if self._mailer is not None:
            self._mailer.outbox.flush()
        if self.context.sms is not None:
            self.context.sms.queue.flush()
        await self.context.close()
        leave_logs(self.options.logger)

    async def __aenter__(self) -> BetterAuth:
        """Start, where the app's own lifespan does not run: mounted in another framework's app."""
        await self.startup()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Shut down."""
        await self.shutdown()


def _encrypts_cached_sessions(options: Options) -> bool:
    return options.session.cookie_cache.enabled and options.session.cookie_cache.strategy == "jwe"
