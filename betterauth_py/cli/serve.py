"""`betterauth serve`."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import signal
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import uvicorn
from litestar import Litestar

from betterauth_py.auth import BetterAuth
from betterauth_py.cli.development import complete_options, development_notes, refuse_public_development
from betterauth_py.cli.memory import settle_memory
from betterauth_py.errors import ConfigurationError
from betterauth_py.http.rate_limit import refuse_separate_counts
from betterauth_py.log import configure_logging
from betterauth_py.options.load import load_options
from betterauth_py.options.sources import read_service_values
from betterauth_py.store.migrations import apply_migrations, check_schema, inspect_schema

logger = logging.getLogger("betterauth")

_GRACE_SECONDS = 10
_ANY_HOST = {"127.0.0.1", "0.0.0.0", "::"}  # noqa: S104 - to show, not to bind


@dataclass(frozen=True, kw_only=True)
class ServeSettings:
    """What the command line says."""

    config: Path | None = None
    host: str = "127.0.0.1"
    port: int = 3001
    workers: int = 1
    reload: bool = False
    log_level: str | None = None
    log_format: str | None = None
    access_log: bool | None = None


def serve(settings: ServeSettings) -> int:
    """Serve until told to stop; return the exit code.

    Raises:
        BetterAuthError: if the configuration or the database is wrong, before anything listens.
    """
    auth = _build_auth(settings)
    refuse_public_development(auth.options, settings.host)
    configure_logging(auth.options.logger)
    refuse_separate_counts(auth.context.rate_limiter, settings.workers)
    _refuse_taken_port(settings)
    asyncio.run(_prepare_stores(auth))
    _print_urls(auth, settings)
    in_this_process = settings.workers == 1 and not settings.reload
    if not in_this_process:
        _hand_settings_to_workers(auth, settings)
    _allow_many_connections()
    with _quiet_signals():
        settle_memory(auth.context.passwords.when_idle)
        _run_uvicorn(auth, settings, in_this_process=in_this_process)
    return 0


def _run_uvicorn(auth: BetterAuth, settings: ServeSettings, *, in_this_process: bool) -> None:
    uvicorn.run(
        auth.app if in_this_process else "betterauth_py.cli.serve:create_app",
        factory=not in_this_process,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        reload=settings.reload,
        log_config=None,
        access_log=False,
        server_header=False,
        # The client's address comes from headers by our own rules, never from the socket.
        proxy_headers=False,
        lifespan="on",
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )


@contextmanager
def _quiet_signals() -> Iterator[None]:
    """Make a graceful stop end with exit code 0: uvicorn raises the signal again after it has shut down."""
    previous = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def _allow_many_connections() -> None:
    """Raise the limit of open files to what this user may have at most, as Go's runtime does.

    The usual 1,024 are for programs that call select(2). Who waits in line for a password hash keeps a connection open.
    """
    if sys.platform != "win32":
        import resource

        most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def create_app() -> Litestar:
    """Make the app in a worker process, from the settings that `serve` has left in the environment."""
    environ = os.environ
    config = environ.get("BETTER_AUTH_CONFIG")
    auth = _build_auth(
        ServeSettings(
            config=Path(config) if config else None,
            log_level=environ.get("BETTER_AUTH_LOG_LEVEL"),
            log_format=environ.get("BETTER_AUTH_LOG_FORMAT"),
            access_log=True if environ.get("BETTER_AUTH_ACCESS_LOG") else None,
        )
    )
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


def _refuse_taken_port(settings: ServeSettings) -> None:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            fix = {
                errno.EADDRINUSE: "Stop the program that does, or choose another port with --port.",
                errno.EACCES: "Choose a port from 1024 on with --port.",
                errno.EADDRNOTAVAIL: "Give an address of this machine with --host, or 0.0.0.0 for all.",
            }.get(error.errno or 0, "Choose another --host or --port.")
            raise ConfigurationError(
                f"Cannot listen on {settings.host}:{settings.port}: {error.strerror}. {fix}"
            ) from None


async def _prepare_stores(auth: BetterAuth) -> None:
    database = auth.context.database
    try:
        if not auth.context.in_production and database.url.dialect == "sqlite":
            if not (await inspect_schema(database)).is_complete:
                await apply_migrations(database)
        elif auth.options.database.schema_check:
            await check_schema(database)
        await auth.context.check_secondary_storage()
    finally:
        # The connections belong to this short-lived event loop.
        await auth.context.close_connections()


def _hand_settings_to_workers(auth: BetterAuth, settings: ServeSettings) -> None:
    handed = {
        "BETTER_AUTH_CONFIG": str(settings.config) if settings.config else None,
        "BETTER_AUTH_LOG_LEVEL": settings.log_level,
        "BETTER_AUTH_LOG_FORMAT": settings.log_format,
        "BETTER_AUTH_ACCESS_LOG": "1" if settings.access_log else None,
        "BETTER_AUTH_URL": auth.options.base_url if isinstance(auth.options.base_url, str) else None,
        "BETTER_AUTH_SECRET": auth.options.secret,
    }
    os.environ.update({name: value for name, value in handed.items() if value})


def _print_urls(auth: BetterAuth, settings: ServeSettings) -> None:
    origin = auth.context.base_origin or f"http://localhost:{settings.port}"
    if auth.options.logger.format == "json":
        # What reads this is a log collector.
        logger.info("Serving %s%s (%s)", origin, auth.context.base_path, auth.context.environment)
        logger.info("Mails: %s", auth.mails or "not sent; set BETTER_AUTH_SMTP_URL")
        return
    local = f"http://{'localhost' if settings.host in _ANY_HOST else settings.host}:{settings.port}"
    database = auth.context.database.url
    shown = (
        f"SQLite, {database.path or 'in memory'}" if database.dialect == "sqlite" else f"PostgreSQL, {database.host}"
    )
    client = f'createAuthClient({{ baseURL: "{origin}" }})'
    if auth.context.base_path != "/api/auth":
        client = f'createAuthClient({{ baseURL: "{origin}{auth.context.base_path}" }})'
    lines = [
        f"{auth.options.app_name} ({auth.context.environment}), betterauth-py",
        f"  API        {origin}{auth.context.base_path}",
        f"  Reference  {local}/reference",
        f"  OpenAPI    {local}/openapi.json",
        f"  Health     {local}/health/ready",
        f"  Database   {shown}",
        f"  Mails      {auth.mails or 'not sent: set BETTER_AUTH_SMTP_URL'}",
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
