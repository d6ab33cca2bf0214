"""Reads database URLs as people paste them."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from betterauth_py.errors import ConfigurationError
from betterauth_py.options.database import is_no_database
from betterauth_py.urls.parsing import is_loopback_address

_SQLITE = {"sqlite", "sqlite+aiosqlite", "sqlite+pysqlite"}
_POSTGRESQL = {
    "postgres", "postgresql", "postgresql+asyncpg", "postgresql+psycopg", "postgresql+psycopg2", "postgresql+pg8000",
    "jdbc:postgresql",
}  # fmt: skip
# What libpq, Prisma, pg and SQLAlchemy understand in a URL, and neither asyncpg nor the server does.
_OF_OTHER_CLIENTS = frozenset(
    {
        "application_name", "async_fallback", "channel_binding", "connect_timeout", "connection_limit",
        "fallback_application_name", "gssencmode", "keepalives", "keepalives_count", "keepalives_idle",
        "keepalives_interval", "load_balance_hosts", "max", "pgbouncer", "pool_timeout",
        "prepared_statement_cache_size", "replication", "require_auth", "schema", "socket_timeout", "ssl", "sslaccept",
        "sslcompression", "sslmode", "sslnegotiation", "sslsni", "statement_cache_size", "supa", "tcp_user_timeout",
        "uselibpqcompat", "workaround",
    }
)  # fmt: skip
# The default ports of PgBouncer (and of what takes its place) and of Supabase's transaction mode.
_POOLER_PORTS = frozenset({6432, 6543})
# What pg, SQLAlchemy and Prisma write instead of libpq's `sslmode`. None: by the system's authorities.
_TLS_WORDS = {"true": None, "1": None, "strict": None, "false": "disable", "0": "disable"}
_UNCHECKED = frozenset({"no-verify", "accept_invalid_certs"})
_EXAMPLES = "Write sqlite:///auth.db or postgresql://user:password@host/name."


@dataclass(frozen=True)
class DatabaseUrl:
    """What a database URL says."""

    dialect: str
    """`sqlite` or `postgresql`."""
    path: str | None = None
    """SQLite: the file, or None for a database in memory."""
    in_process: bool = False
    """SQLite: whether there is no database, and what this process keeps is in its memory."""
    dsn: str = ""
    """PostgreSQL: the URL as asyncpg reads it. Holds the password: never log it."""
    tls: ssl.SSLContext | None = None
    """PostgreSQL: how the server's certificate is checked, where the URL alone does not tell asyncpg."""
    host: str = ""
    """PostgreSQL: the host's name."""
    ports: tuple[int, ...] = ()
    """PostgreSQL: the ports that the URL names."""
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
        """Whether a transaction-mode pooler is meant: by `pgbouncer=true`, its port, or its host's name.

        `ep-x-pooler.region.aws.neon.tech`; 6432 and 6543 are the ports of PgBouncer and of Supabase's transaction mode.
        """
        names = [host.split(".")[0] for host in self.host.split(",")]
        return (
            self.says_pooled
            or not _POOLER_PORTS.isdisjoint(self.ports)
            or any(name.endswith("-pooler") or "pgbouncer" in name for name in names)
        )


def parse_database_url(url: str) -> DatabaseUrl:
    """Parse `url`.

    Raises:
        ConfigurationError: naming the problem, without the password.
    """
    if is_no_database(url):
        return DatabaseUrl("sqlite", in_process=True)
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
        hosts, ports = _hosts_and_ports(parts.netloc)
    except ValueError:
        raise _unreadable() from None
    in_query = "@" in parts.query and "@" not in parts.netloc and ":" in parts.netloc
    if parts.fragment or "@" in parts.path or in_query:
        # A password's special character has ended the host's part too early.
        raise _unreadable()
    query = parse_qsl(parts.query, keep_blank_values=True)
    settings = dict(query)
    host = ",".join(hosts) or settings.get("host", "")
    if parts.path in {"", "/"} and "dbname" not in settings and "database" not in settings:
        raise ConfigurationError(
            "DATABASE_URL (option `database.url`): the database's name is missing after the host. "
            "Write postgresql://user:password@host/name."
        )
    mode, tls = _tls(settings, host)
    # asyncpg would send parameters that it does not know to the server as settings; these are a client's.
    kept = [(name, value) for name, value in query if name not in _OF_OTHER_CLIENTS]
    if tls is not None:
        kept = [(name, value) for name, value in kept if (name, value) != ("sslrootcert", "system")]
    if mode:
        kept.append(("sslmode", mode))
    dsn = urlunsplit(parts._replace(query=urlencode(kept)))
    return DatabaseUrl(
        "postgresql",
        dsn=dsn,
        tls=tls,
        host=host,
        ports=ports,
        application_name=settings.get("application_name", "betterauth-py"),
        schema=settings.get("schema") if settings.get("schema") != "public" else None,
        says_pooled=settings.get("pgbouncer") == "true",
    )


def _unreadable() -> ConfigurationError:
    return ConfigurationError(
        "DATABASE_URL (option `database.url`): the host or port cannot be read. Percent-encode special characters "
        f"of the password (for example # as %23, / as %2F). {_EXAMPLES}"
    )


def _hosts_and_ports(netloc: str) -> tuple[list[str], tuple[int, ...]]:
    """Return the hosts, of which there may be several (RFC 3986 knows one, libpq many), and the ports they name."""
    hosts, ports = [], []
    for place in netloc.rpartition("@")[2].split(","):
        one = urlsplit(f"//{place}")
        if one.port is not None:
            ports.append(one.port)
        if one.hostname:
            hosts.append(one.hostname)
    return hosts, tuple(ports)


def _tls(settings: dict[str, Any], host: str) -> tuple[str | None, ssl.SSLContext | None]:
    """Return `sslmode` as asyncpg knows it, and a context where the system's authorities vouch for the server.

    That is what pg means by `ssl=true`, Prisma by `sslaccept=strict`, libpq by `sslrootcert=system`. It is also done
    for `channel_binding=require`, which asks for proof of the server: asyncpg does not do SCRAM channel binding. What
    it protects against, a man in the middle, is kept out by checking the certificate and host name instead; on this
    machine there is no middle.
    """
    said = settings.get("sslmode") or settings.get("ssl") or settings.get("sslaccept")
    mode = "require" if said in _UNCHECKED else _TLS_WORDS.get(said, said) if said else None
    root = settings.get("sslrootcert")
    if root == "system":
        return None, ssl.create_default_context()
    if said and mode is None:
        return ("verify-full", None) if root else (None, ssl.create_default_context())
    is_local = host.startswith("/") or all(is_loopback_address(one) for one in host.split(","))
    wants_proof = settings.get("channel_binding") == "require" and not is_local
    if wants_proof and (mode or "require") in {"require", "prefer", "allow"} and not root:
        return mode, ssl.create_default_context()
    return mode, None
