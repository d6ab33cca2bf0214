"""The database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from betterauth_py.options.types import Seconds


@dataclass(frozen=True, kw_only=True)
class DatabaseOptions:
    """The database: its URL, its connections and the layout of its tables."""

    url: str = field(default="sqlite:///betterauth.db", repr=False)
    """A SQLite (`sqlite:///file.db`) or PostgreSQL (`postgresql://user:password@host/name`) URL. A Neon connection
    string works as Neon's console prints it. Environment: `DATABASE_URL`."""
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


@dataclass(frozen=True, kw_only=True)
class DatabaseAdvancedOptions:
    """How ids of rows are generated."""

    generate_id: Callable[[str, int], str] | Literal["uuid"] | None = None
    """A function that takes the model's name and a length and returns an id, or `uuid`. Unset: 32 letters and
    digits."""
