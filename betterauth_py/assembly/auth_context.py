"""Assembles the context of an auth out of its options."""

from __future__ import annotations

from functools import partial

from betterauth_py.assembly.schema import schema_of
from betterauth_py.assembly.setup import extensions_of
from betterauth_py.assembly.stateless import require_session_cookies
from betterauth_py.core.auth_context import AuthContext, logger
from betterauth_py.core.auth_cookies import make_auth_cookies, make_cookie_maker
from betterauth_py.core.base_url import origin_of_request
from betterauth_py.core.client_ip import ClientIpResolver
from betterauth_py.core.plugin import Plugin
from betterauth_py.core.rate_limit import RateLimiter, count_lives
from betterauth_py.crypto.passwords import PasswordHasher
from betterauth_py.crypto.secrets import resolve_secrets
from betterauth_py.errors import ConfigurationError
from betterauth_py.options import Options, RateLimitStorage, RedisOptions, SecondaryStorage
from betterauth_py.options.base_url import DynamicBaseURL, origins_of, split_base_url
from betterauth_py.options.deployment import decide_environment
from betterauth_py.options.trusted_origins import normalize_origins
from betterauth_py.store.accounts import Accounts
from betterauth_py.store.cleanup import Cleanup
from betterauth_py.store.database import Database
from betterauth_py.store.hooks import DatabaseHooks
from betterauth_py.store.ids import make_id_generator
from betterauth_py.store.rate_limits import DatabaseRateLimitStorage, MemoryRateLimitStorage, SecondaryRateLimitStorage
from betterauth_py.store.rows import Rows
from betterauth_py.store.secondary_values import SecondaryValues
from betterauth_py.store.sessions.changes import refuse_impossible_cache
from betterauth_py.store.sessions.lookup import make_session_lookup
from betterauth_py.store.sessions.secondary import SecondarySessions
from betterauth_py.store.sessions.sessions import Sessions
from betterauth_py.store.users import Users
from betterauth_py.store.verifications import Verifications


def assemble(options: Options, plugins: list[Plugin], extra_origins: list[str]) -> AuthContext:
    """Return the context of an auth with these options and `plugins`; `extra_origins` are trusted besides.

    Raises:
        ConfigurationError: if an option is wrong.
    """
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
    schema = schema_of(options, plugins)
    database = Database(options.database, schema)
    refuse_impossible_cache(options, database)
    clock = options.clock
    rows = Rows(database, DatabaseHooks(), clock, options.advanced.database.default_find_many_limit)
    make_cookie = make_cookie_maker(options, base_origin, in_production=in_production)
    static = options.trusted_origins if isinstance(options.trusted_origins, list) else []
    limits = options.rate_limit
    enabled = limits.enabled if limits.enabled is not None else in_production
    lives = count_lives(limits, plugins)
    secondary = _secondary_storage(options)
    refresh_age = options.session.cookie_cache.refresh_age
    if database.url.in_process and secondary is None:
        require_session_cookies(options)
    elif refresh_age is not None:
        logger.warning("Option `session.cookie_cache.refresh_cache` has no effect: there is a store to ask.")
        refresh_age = None
    longest_life = max([options.session.longest_life, *(plugin.longest_session for plugin in plugins)])
    sessions = Sessions(
        rows,
        lambda: make_session_lookup(database, options.session.memory_cache),
        SecondarySessions(secondary, clock, longest_life) if secondary is not None else None,
        options.session,
        clock,
    )
    make_id = make_id_generator(options.advanced.database)
    storage: RateLimitStorage
    if secondary is not None and limits.storage in {None, "secondary-storage"}:
        storage = SecondaryRateLimitStorage(secondary)
    elif limits.storage == "database" and database.url.in_process:
        raise ConfigurationError(
            "Option `rate_limit.storage` is 'database', but there is none. Leave it out, or set BETTER_AUTH_REDIS_URL."
        )
    elif limits.storage == "database":
        storage = DatabaseRateLimitStorage(database, clock, lives, make_id)
    else:
        storage = MemoryRateLimitStorage(clock)
    client_ip = ClientIpResolver(options.advanced.ip_address, in_production=in_production)
    return AuthContext(
        options=options,
        plugins=plugins,
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
        secondary_values=SecondaryValues(secondary) if secondary is not None else None,
        cleanup=Cleanup(database, options, clock, lives),
        users=Users(rows, sessions),
        accounts=Accounts(rows),
        sessions=sessions,
        verifications=Verifications(rows, secondary, options.verification),
        passwords=PasswordHasher(options.email_and_password.password),
        client_ip=client_ip,
        rate_limiter=RateLimiter(limits, storage, plugins, clock, enabled=enabled, in_production=in_production),
        extensions=extensions_of(plugins),
        cookies=make_auth_cookies(options, make_cookie),
        make_cookie=make_cookie,
        generate_id=make_id,
        cookie_refresh_age=None if refresh_age is None else refresh_age * 1000,
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
