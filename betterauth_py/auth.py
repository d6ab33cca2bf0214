"""`BetterAuth`: options and plugins in, one ASGI app, one in-process API and one MetaData out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property, partial
from importlib import import_module
from os import environ
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from litestar import Litestar
from sqlalchemy import MetaData

from betterauth_py.crypto.passwords import PasswordHasher
from betterauth_py.crypto.random import generate_id
from betterauth_py.crypto.secrets import resolve_secrets
from betterauth_py.endpoints import CORE_ENDPOINTS
from betterauth_py.errors import ConfigurationError
from betterauth_py.http.app import build_app
from betterauth_py.http.auth_cookies import make_auth_cookies, make_cookie_maker
from betterauth_py.http.base_url import origin_of_request
from betterauth_py.http.client_ip import ClientIpResolver
from betterauth_py.http.context import AuthContext, logger
from betterauth_py.http.endpoint import Endpoint
from betterauth_py.http.in_process import API
from betterauth_py.http.openapi import build_openapi
from betterauth_py.http.pipeline import Pipeline
from betterauth_py.http.rate_limit import RateLimiter, count_lives
from betterauth_py.models.schema import resolve_schema
from betterauth_py.models.tables import plain_metadata
from betterauth_py.options import Options, RateLimitStorage, RedisOptions, SecondaryStorage
from betterauth_py.options.base_url import DynamicBaseURL, origins_of, split_base_url
from betterauth_py.options.deployment import decide_environment, warn_of_development, with_app_origin
from betterauth_py.options.environment import trusted_origins_of, with_environment
from betterauth_py.options.load import load_options
from betterauth_py.options.trusted_origins import normalize_origins
from betterauth_py.store.accounts import Accounts
from betterauth_py.store.cleanup import Cleanup
from betterauth_py.store.database import Database
from betterauth_py.store.hooks import DatabaseHooks
from betterauth_py.store.migrations import apply_migrations, check_schema
from betterauth_py.store.rate_limits import DatabaseRateLimitStorage, MemoryRateLimitStorage, SecondaryRateLimitStorage
from betterauth_py.store.rows import Rows
from betterauth_py.store.secondary_sessions import SecondarySessions
from betterauth_py.store.session_changes import refuse_impossible_cache
from betterauth_py.store.session_lookup import make_session_lookup
from betterauth_py.store.sessions import Sessions
from betterauth_py.store.stored_hashes import choose_hash_kind, look_for_other_hashes
from betterauth_py.store.users import Users
from betterauth_py.store.verifications import Verifications

if TYPE_CHECKING:
    from betterauth_py.mail.senders import MailRoom


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
            options = load_options(with_environment(values, environ, environment_wins=False))
        elif values:
            raise ConfigurationError("Give either an Options object or keyword arguments, not both.")
        options = with_app_origin(options)
        self._mail: MailRoom | None = None
        if options.mail.chosen_transport is not None:
            from betterauth_py.mail import setup  # noqa: PLC0415 - templates and SMTP load only where mails are sent

            self._mail = setup.make_mail_room(options)
            options = setup.with_mail_senders(options, self._mail)
        self.options = options
        self.context = _assemble(options, trusted_origins_of(environ))
        self.context.security_mails = self._mail.security_senders(options.mail.send) if self._mail else {}
        self._endpoints = _collect_endpoints(options)
        self._pipeline = Pipeline(self.context, self._endpoints)
        self.api = API(self.context, self._pipeline, self._endpoints)
        for plugin in options.plugins:
            if plugin.init is not None:
                plugin.init(self.context)
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
        return self._mail.outbox.place if self._mail is not None else None

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

    async def migrate(self) -> None:
        """Bring the database to the schema of these options: `betterauth migrate`.

        Raises:
            DatabaseError: if it cannot be reached or holds something else.
        """
        await apply_migrations(self.context.database)

    async def startup(self) -> None:
        """Check the schema and begin work; the app's lifespan calls this.

        Raises:
            DatabaseError: if the schema is not the one needed, naming the command that makes it so.
            SecondaryStorageError: if there is one and it does not answer.
        """
        warn_of_development(self.options)
        if _encrypts_cached_sessions(self.options):
            import_module("betterauth_py.crypto.jose")  # Here, and not while a request waits for it.
        if self._mail is not None:
            self._mail.outbox.open()
        if self.options.database.schema_check:
            await check_schema(self.context.database)
        accounts, passwords = self.context.accounts, self.context.passwords
        await choose_hash_kind(self.context.database, accounts, passwords)
        await self.context.sessions.open()
        await self.context.check_secondary_storage()
        if self.options.database.cleanup_interval > 0:
            self.context.start_cleaning_up(self.options.database.cleanup_interval)
        self.context.run_in_background(look_for_other_hashes(accounts, passwords), "look for password hashes")

    async def shutdown(self) -> None:
        """Finish background work and close all connections; the app's lifespan calls this."""
        if self._mail is not None:
            self._mail.outbox.hurry()
        await self.context.close()

    async def __aenter__(self) -> BetterAuth:
        """Start, where the app's own lifespan does not run: mounted in another framework's app."""
        await self.startup()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Shut down."""
        await self.shutdown()


def _encrypts_cached_sessions(options: Options) -> bool:
    return options.session.cookie_cache.enabled and options.session.cookie_cache.strategy == "jwe"


def _assemble(options: Options, extra_origins: list[str]) -> AuthContext:
    base_origin, base_path = split_base_url(options.base_url, options.base_path)
    dynamic = options.base_url if isinstance(options.base_url, DynamicBaseURL) else None
    own_origins = origins_of(dynamic) if dynamic else [origin for origin in (base_origin,) if origin]
    environment, _ = decide_environment(options)
    in_production = environment == "production"
    if in_production and not own_origins:
        raise ConfigurationError(
            "Option `base_url` is missing. In production, set it or BETTER_AUTH_URL to the URL that clients use, "
            "such as https://auth.example.com."
        )
    versions = [(secret.version, secret.value) for secret in options.secrets]
    secrets, complaints = resolve_secrets(options.secret, versions, in_production=in_production)
    for complaint in complaints:
        logger.warning("%s", complaint)
    if options.session.cookie_cache.refresh_cache:
        logger.warning("Option `session.cookie_cache.refresh_cache` has no effect: there is a database to ask.")

    schema = resolve_schema(options)
    database = Database(options.database, schema)
    refuse_impossible_cache(options, database)
    clock = options.clock
    hooks = DatabaseHooks(
        [*(plugin.database_hooks for plugin in options.plugins if plugin.database_hooks), options.database_hooks]
    )
    rows = Rows(database, hooks, clock)
    make_cookie = make_cookie_maker(options, base_origin, in_production=in_production)
    static = options.trusted_origins if isinstance(options.trusted_origins, list) else []
    limits = options.rate_limit
    enabled = limits.enabled if limits.enabled is not None else in_production
    lives = count_lives(limits, options.plugins)
    secondary = _secondary_storage(options)
    # One that is not to be remembered lives a day, whatever the option says.
    longest_life = max(options.session.expires_in or 604_800, 86_400)
    sessions = Sessions(
        rows,
        lambda: make_session_lookup(database, options.session.memory_cache),
        SecondarySessions(secondary, clock, longest_life) if secondary is not None else None,
        options.session,
        clock,
    )
    storage: RateLimitStorage
    if secondary is not None and limits.storage in {None, "secondary-storage"}:
        storage = SecondaryRateLimitStorage(secondary)
    elif limits.storage == "database":
        storage = DatabaseRateLimitStorage(database, clock, lives, _id_generator(options))
    else:
        storage = MemoryRateLimitStorage(clock)
    client_ip = ClientIpResolver(options.advanced.ip_address, in_production=in_production)
    return AuthContext(
        options=options,
        plugins=options.plugins,
        environment=environment,
        base_path=base_path,
        base_origin=base_origin,
        secrets=secrets,
        static_origins=[
            *own_origins,
            *([options.app_url] if options.app_url else []),
            *normalize_origins(static, "Option `trusted_origins`"),
            *normalize_origins(extra_origins, "BETTER_AUTH_TRUSTED_ORIGINS"),
        ],
        clock=clock,
        schema=schema,
        database=database,
        rows=rows,
        secondary_storage=secondary,
        cleanup=Cleanup(database, options, clock, lives),
        users=Users(rows, sessions),
        accounts=Accounts(rows),
        sessions=sessions,
        verifications=Verifications(rows, secondary, options.verification),
        passwords=PasswordHasher(options.email_and_password.password),
        client_ip=client_ip,
        rate_limiter=RateLimiter(limits, storage, options.plugins, clock, enabled=enabled, in_production=in_production),
        cookies=make_auth_cookies(options, make_cookie),
        make_cookie=make_cookie,
        generate_id=_id_generator(options),
        origin_of_request=partial(origin_of_request, options, client_ip),
    )


def _secondary_storage(options: Options) -> SecondaryStorage | None:
    given = options.secondary_storage
    if given is None and options.rate_limit.storage == "secondary-storage":
        raise ConfigurationError(
            "Option `rate_limit.storage` is 'secondary-storage', but there is none. Set `secondary_storage.url` or "
            "BETTER_AUTH_REDIS_URL, or count in 'database'."
        )
    if isinstance(given, RedisOptions):
        from betterauth_py.store.redis_storage import RedisStorage  # noqa: PLC0415 - loaded only where it is used

        return RedisStorage.from_options(given)
    return given


def _id_generator(options: Options) -> Callable[[str], str]:
    generate = options.advanced.database.generate_id
    if generate is None:
        return lambda _model: generate_id(32)
    if callable(generate):
        return lambda model: generate(model, 32)
    return lambda _model: str(uuid4())


def _collect_endpoints(options: Options) -> tuple[Endpoint[Any, Any], ...]:
    """Return the core's endpoints and the plugins'; a later one of the same operation takes the place of an earlier."""
    endpoints: dict[str, Endpoint[Any, Any]] = {endpoint.operation: endpoint for endpoint in CORE_ENDPOINTS}
    owners: Mapping[tuple[str, str], str] = {}
    for plugin in options.plugins:
        for endpoint in plugin.endpoints:
            endpoints[endpoint.operation] = endpoint
            for method in endpoint.methods:
                owners = _claim(owners, (method, endpoint.path or endpoint.operation), plugin.id)
    return tuple(endpoints.values())


def _claim(owners: Mapping[tuple[str, str], str], route: tuple[str, str], plugin: str) -> Mapping[tuple[str, str], str]:
    owner = owners.get(route)
    if owner is not None and owner != plugin:
        raise ConfigurationError(f"The plugins {owner} and {plugin} both serve {route[0]} {route[1]}. Use one of them.")
    return {**owners, route: plugin}
