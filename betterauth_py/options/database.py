"""The database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Literal

from betterauth_py.errors import ConfigurationError
from betterauth_py.options.types import Seconds

SERIAL: Final = "serial"
"""`generate_id`: the database counts."""
NO_DATABASE: Final = "none"
"""The URL that stands for no database at all."""


def is_no_database(url: str) -> bool:
    """Return whether a database URL says that there is no database."""
    return url.strip().lower() == NO_DATABASE


@dataclass(frozen=True, kw_only=True)
class DatabaseOptions:
    """The database: its URL, its connections and the layout of its tables."""

    url: str = field(default="sqlite:///betterauth.db", repr=False)
    """A SQLite (`sqlite:///file.db`) or PostgreSQL (`postgresql://user:password@host/name`) URL. A Neon connection
    string works as Neon's console prints it. `none`, or `database = false` in the place of this table: there is no
    database, and sessions are in cookies (`docs/stateless.md`). Environment: `DATABASE_URL`."""
    layout: Literal["drizzle", "better-auth"] = "drizzle"
    """Names and types of columns: `drizzle` is snake_case, as in better-auth's Drizzle schema; `better-auth` is
    camelCase with time zones, as created by better-auth's own migrations."""
    pooled: bool | None = None
    """Whether connections go through a transaction-mode pooler (PgBouncer, Neon's `-pooler` hosts), which rules out
    named prepared statements. Unset: detected by host name (`...-pooler`, `pgbouncer`) and port (6432, 6543)."""
    pool_size: int = 10
    """Connections kept for writes, per process."""
    max_overflow: int = 10
    """Connections opened above `pool_size` under load, per process."""
    connect_timeout: float = 10.0
    """Seconds to wait for a connection."""
    cleanup_interval: Seconds = 0
    """Seconds between automatic clean-ups, which do what `betterauth cleanup` does; 0 means none. One process at a time
    runs them."""
    schema_check: bool = True
    """Whether the server refuses to start if the tables are not up to date."""

    @property
    def is_none(self) -> bool:
        """Whether there is no database."""
        return is_no_database(self.url)


@dataclass(frozen=True, kw_only=True)
class DatabaseAdvancedOptions:
    """Ids of rows, and lists of them."""

    generate_id: Literal["uuid", "serial", False] | Callable[[str, int], str | Literal[False]] | None = None
    """Who makes the ids of rows, and how. `uuid`: random UUIDs. `serial`: the database counts (1, 2, 3); columns are
    integers, clients get texts, and everybody can tell from an id how many users there are. False: the database, by the
    default of each table's `id` column. A function takes the model's name and a length and returns an id, or False to
    leave this row's to the database. Unset: 32 letters and digits. A database keeps the kind it was made with."""
    default_find_many_limit: int = 100
    """The most rows that `/list-sessions`, `/list-accounts` and plugins' lists without a limit of their own show."""
    joins: bool = False
    """Accepted for configurations taken from better-auth: here a session and its user are always read together."""

    def __post_init__(self) -> None:
        """Refuse a limit at which lists would always be empty."""
        if self.default_find_many_limit < 1:
            raise ConfigurationError(
                f"Option `advanced.database.default_find_many_limit` is {self.default_find_many_limit}: every list "
                "would be empty. Give 1 or more."
            )
