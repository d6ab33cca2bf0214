"""Reads database URLs as people paste them."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from betterauth_py.errors import ConfigurationError
from betterauth_py.wire.urls import is_loopback_address

_SQLITE = {"sqlite", "sqlite+aiosqlite"}
_POSTGRESQL = {"postgres", "postgresql", "postgresql+asyncpg"}
# What libpq, Prisma and pg understand in a URL, and neither asyncpg nor the server does.
_OF_OTHER_CLIENTS = frozenset(
    {
        "application_name", "channel_binding", "connect_timeout", "connection_limit", "fallback_application_name",
        "gssencmode", "keepalives", "keepalives_count", "keepalives_idle", "keepalives_interval", "pgbouncer",
        "pool_timeout", "replication", "require_auth", "schema", "tcp_user_timeout", "uselibpqcompat",
    }
)  # fmt: skip
_EXAMPLES = "Write sqlite:///auth.db or postgresql://user:password@host/name."


@dataclass(frozen=True)
class DatabaseUrl:
    """What a database URL says."""

    dialect: str
    """`sqlite` or `postgresql`."""
    path: str | None = None
    """SQLite: the file, or None for a database in memory."""
    dsn: str = ""
    """PostgreSQL: the URL as asyncpg reads it. Holds the password: never log it."""
    tls: ssl.SSLContext | None = None
    """PostgreSQL: how the server's certificate is checked, where the URL alone does not tell asyncpg."""
    host: str = ""
    """PostgreSQL: the host's name."""
    says_pooled: bool = False
    """PostgreSQL: whether the URL has Prisma's `pgbouncer=true`."""
    schema: str | None = None
    """PostgreSQL: the schema with the tables, where `?schema=` names another one than `public`."""
    application_name: str = "betterauth-py"
    """PostgreSQL: what the server's statistics call this program."""

    def __repr__(self) -> str:
        """Show without the password."""
        return f"<DatabaseUrl {self.dialect} {self.path or self.host}>"

    @property
    def is_pooler(self) -> bool:
        """Whether a transaction-mode pooler is meant: `ep-x-pooler.region.aws.neon.tech`, or `pgbouncer=true`."""
        return self.says_pooled or self.host.split(".")[0].endswith("-pooler")


def parse_database_url(url: str) -> DatabaseUrl:
    """Parse `url`.

    Raises:
        ConfigurationError: naming the problem, without the password.
    """
    scheme, separator, rest = url.strip().partition("://")
    scheme = scheme.lower()
    if not separator:
        raise ConfigurationError(f"DATABASE_URL (option `database.url`) is not a URL. {_EXAMPLES}")
    if scheme in _SQLITE:
        return _parse_sqlite(rest)
    if scheme in _POSTGRESQL:
        return _parse_postgresql(f"postgresql://{rest}")
    raise ConfigurationError(
        f"DATABASE_URL (option `database.url`): {scheme}:// databases are not supported. {_EXAMPLES}"
    )


def _parse_sqlite(rest: str) -> DatabaseUrl:
    path = rest.partition("?")[0]
    if path in {"", "/", "/:memory:"}:
        return DatabaseUrl("sqlite")
    if not path.startswith("/"):
        raise ConfigurationError(
            "DATABASE_URL (option `database.url`): a SQLite URL has three slashes before a relative path "
            f"(sqlite:///{path}) and four before an absolute one."
        )
    return DatabaseUrl("sqlite", path=str(Path(path[1:])))


def _parse_postgresql(url: str) -> DatabaseUrl:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise ConfigurationError(
            "DATABASE_URL (option `database.url`): the host or port cannot be read. Percent-encode special characters "
            f"of the password (for example # as %23). {_EXAMPLES}"
        ) from None
    query = parse_qsl(parts.query, keep_blank_values=True)
    settings = dict(query)
    host = parts.hostname or settings.get("host", "")
    if parts.path in {"", "/"} and "dbname" not in settings and "database" not in settings:
        raise ConfigurationError(
            "DATABASE_URL (option `database.url`): the database's name is missing after the host. "
            "Write postgresql://user:password@host/name."
        )
    # asyncpg would send parameters that it does not know to the server as settings; these are a client's.
    kept = [(name, value) for name, value in query if name not in _OF_OTHER_CLIENTS]
    dsn = urlunsplit(parts._replace(query=urlencode(kept)))
    return DatabaseUrl(
        "postgresql",
        dsn=dsn,
        tls=_tls(settings, host),
        host=host,
        application_name=settings.get("application_name", "betterauth-py"),
        schema=settings.get("schema") if settings.get("schema") != "public" else None,
        says_pooled=settings.get("pgbouncer") == "true",
    )


def _tls(settings: dict[str, Any], host: str) -> ssl.SSLContext | None:
    """Return a context that checks the certificate where `channel_binding=require` asks for proof of the server.

    asyncpg does not do SCRAM channel binding. What it protects against, a man in the middle, is kept out by checking
    the certificate and host name instead; on this machine there is no middle.
    """
    if settings.get("channel_binding") != "require" or host.startswith("/") or is_loopback_address(host):
        return None
    if settings.get("sslmode", "require") not in {"require", "prefer", "allow"} or "sslrootcert" in settings:
        return None
    return ssl.create_default_context()
