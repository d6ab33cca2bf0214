"""`betterauth serve`."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from urllib.parse import urlsplit

from litestar import Litestar
from uvicorn.supervisors import ChangeReload

from betterauth_py.assembly.options import load_options
from betterauth_py.assembly.sources import read_service_values
from betterauth_py.assembly.stateless import refuse_forgetting_workers
from betterauth_py.auth import BetterAuth
from betterauth_py.cli.development import complete_options, development_notes, refuse_public_development
from betterauth_py.cli.listening import bound
from betterauth_py.cli.memory import settle_memory
from betterauth_py.cli.settings import DRAIN_SECONDS, SETTINGS, ServeSettings, read_settings, to_environment
from betterauth_py.core.rate_limit import refuse_separate_counts
from betterauth_py.errors import DatabaseError
from betterauth_py.http.app import shows_reference
from betterauth_py.log import configure_logging
from betterauth_py.options.database import DatabaseOptions
from betterauth_py.options.variables import misspelt_variables
from betterauth_py.serving.config import ServingConfig
from betterauth_py.serving.limits import ConnectionLimits
from betterauth_py.serving.server import GracefulServer
from betterauth_py.serving.workers import EXIT_CUT_OFF, Supervisor
from betterauth_py.store.migrations import apply_migrations, check_schema, inspect_schema

logger = logging.getLogger("betterauth")

_ANY_HOST = {"127.0.0.1", "0.0.0.0", "::"}  # noqa: S104 - to show, not to bind


def serve(settings: ServeSettings) -> int:
    """Serve until stopped; return the exit code: 0, or 3 if requests had to be aborted at the end.

    Raises:
        BetterAuthError: if the configuration or the database is wrong, before anything listens.
    """
    auth = _build_auth(settings)
    refuse_public_development(auth.options, settings.host)
    configure_logging(auth.options.logger)
    for complaint in misspelt_variables(os.environ, {setting.variable for setting in SETTINGS}):
        logger.warning("%s", complaint)
    refuse_forgetting_workers(auth.context, settings.workers)
    has_database = not auth.context.database.url.in_process
    refuse_separate_counts(auth.context.rate_limiter, settings.workers, has_database=has_database)
    with bound(settings) as sockets:
        asyncio.run(_prepare_stores(auth))
        _print_urls(auth, settings)
        _allow_many_connections()
        if settings.drain is None:
            settings = replace(settings, drain=DRAIN_SECONDS if auth.context.in_production else 0.0)
        return _serve_on(sockets, auth, settings)


def _serve_on(sockets: list[socket.socket], auth: BetterAuth, settings: ServeSettings) -> int:
    if settings.workers == 1 and not settings.reload:
        settle_memory(auth.context.passwords.when_idle)
        server = GracefulServer(_serving_config(auth.app, settings))
        server.run(sockets)
        return EXIT_CUT_OFF if server.cut_off else 0
    _hand_settings_to_workers(auth, settings)
    config = _serving_config("betterauth_py.cli.serve:create_app", settings)
    if settings.reload:
        with _quiet_signals():
            ChangeReload(config, target=GracefulServer(config).run, sockets=sockets).run()
        return 0
    return Supervisor(config, sockets, settings.workers).run()


def _serving_config(app: Litestar | str, settings: ServeSettings) -> ServingConfig:
    return ServingConfig(
        app,
        factory=isinstance(app, str),
        reload=settings.reload,
        root_path=settings.root_path,
        drain=settings.drain or 0.0,
        grace=settings.grace,
        limits=ConnectionLimits(
            header_timeout=settings.header_timeout,
            body_timeout=settings.body_timeout,
            keep_alive=settings.keep_alive,
            max_header_size=settings.max_header_size,
            max_headers=settings.max_headers,
        ),
    )


@contextmanager
def _quiet_signals() -> Iterator[None]:
    """End a reloading server with exit code 0."""
    previous = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def _allow_many_connections() -> None:
    """Raise the soft limit of open files to the hard limit, as Go's runtime does.

    The usual 1,024 are for programs that call select(2). Who waits in line for a password hash keeps a connection open.
    """
    if sys.platform != "win32":
        import resource

        most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def create_app() -> Litestar:
    """Make the app in a worker process, from the settings that `serve` has left in the environment."""
    auth = _build_auth(read_settings({}, os.environ))
    configure_logging(auth.options.logger)
    app = auth.app
    settle_memory(auth.context.passwords.when_idle)
    return app


def _build_auth(settings: ServeSettings) -> BetterAuth:
    values = read_service_values(settings.config)
    logger = {
        name: value
        for name, value in (
            ("level", settings.log_level),
            ("format", settings.log_format),
            ("access_log", settings.access_log),
        )
        if value is not None
    }
    given = values.get("logger") or {}
    if logger and isinstance(given, Mapping):
        values["logger"] = {**given, **logger}
    return BetterAuth(complete_options(load_options(values), settings.port))


async def _prepare_stores(auth: BetterAuth) -> None:
    database = auth.context.database
    try:
        if database.url.in_process:
            logger.debug("There is no database to check")
        elif not auth.context.in_production and database.url.dialect == "sqlite":
            if not (await inspect_schema(database)).is_complete:
                await apply_migrations(database)
        elif auth.options.database.schema_check:
            await _check_schema(auth)
        await auth.context.check_secondary_storage()
    finally:
        # The connections belong to this short-lived event loop.
        await auth.context.close_connections()


async def _check_schema(auth: BetterAuth) -> None:
    try:
        await check_schema(auth.context.database)
    except DatabaseError as error:
        if auth.options.database.url != DatabaseOptions().url:
            raise
        problem = str(error).rstrip(".")
        raise DatabaseError(
            f"{problem}. DATABASE_URL (option `database.url`) is not set, so this is SQLite's betterauth.db in the "
            "working directory. Set it, or DATABASE_URL=none to serve without a database (docs/stateless.md)."
        ) from None


def _hand_settings_to_workers(auth: BetterAuth, settings: ServeSettings) -> None:
    handed = {
        **to_environment(settings),
        "BETTER_AUTH_URL": auth.options.base_url if isinstance(auth.options.base_url, str) else None,
        "BETTER_AUTH_SECRET": auth.options.secret,
    }
    os.environ.update({name: value for name, value in handed.items() if value})


def _print_urls(auth: BetterAuth, settings: ServeSettings) -> None:
    origin = auth.context.base_origin or f"http://localhost:{settings.port}"
    if auth.options.logger.format == "json":
        # A log collector reads this.
        logger.info("Serving %s%s (%s)", origin, auth.context.base_path, auth.context.environment)
        logger.info("Mails: %s", auth.mails or "not sent; set BETTER_AUTH_SMTP_URL")
        if auth.texts:
            logger.info("Text messages: %s", auth.texts)
        return
    local = f"http://{'localhost' if settings.host in _ANY_HOST else settings.host}:{settings.port}"
    database = auth.context.database.url
    shown = (
        f"SQLite, {database.path or 'in memory'}" if database.dialect == "sqlite" else f"PostgreSQL, {database.host}"
    )
    if database.in_process:
        shown = "none: sessions are in " + ("cookies" if auth.context.is_stateless else "secondary storage")
    client = f'createAuthClient({{ baseURL: "{origin}" }})'
    if auth.context.base_path != "/api/auth":
        client = f'createAuthClient({{ baseURL: "{origin}{auth.context.base_path}" }})'
    described = shows_reference(auth.context)
    lines = [
        f"{auth.options.app_name} ({auth.context.environment}), betterauth-py",
        f"  API        {origin}{auth.context.base_path}",
        *([f"  Reference  {local}/reference", f"  OpenAPI    {local}/openapi.json"] if described else []),
        f"  Health     {local}/health/ready",
        f"  Database   {shown}",
        f"  Mails      {auth.mails or 'not sent: set BETTER_AUTH_SMTP_URL'}",
        *([f"  Texts      {auth.texts}"] if auth.texts else []),
    ]
    if not auth.context.in_production:
        lines += [
            "",
            *development_notes(auth.options),
            "",
            "Next: point the BetterAuth client at it",
            '  import { createAuthClient } from "better-auth/client"',
            f"  const authClient = {client}",
            f"  (your front end's origin must be in trusted_origins: {_origins(auth)})",
            "Stop with Ctrl+C.",
        ]
    if urlsplit(origin).port != settings.port and not auth.context.in_production:
        lines.append(f"Note: base_url is {origin}, but this server listens on port {settings.port}.")
    print("\n".join(lines), file=sys.stderr, flush=True)


def _origins(auth: BetterAuth) -> str:
    if callable(auth.options.trusted_origins):
        return "decided by a function"
    return ", ".join(auth.context.static_origins)
