"""Where the rows are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from betterauth_py.options.types import Seconds


@dataclass(frozen=True, kw_only=True)
class DatabaseOptions:
    """The database: which, and how its tables look."""

    url: str = field(default="sqlite:///betterauth.db", repr=False)
    """A SQLite (`sqlite:///file.db`) or PostgreSQL (`postgresql://user:password@host/name`) URL. A Neon connection
    string works as Neon's console prints it. Environment: `DATABASE_URL`."""
    layout: Literal["drizzle", "better-auth"] = "drizzle"
    """How columns are named and typed: `drizzle` is snake_case, as the Drizzle schema of better-auth; `better-auth`
    is camelCase with time zones, as better-auth's own migrations make it."""
    pooled: bool | None = None
    """Whether a transaction-mode pooler (PgBouncer, Neon's `-pooler` hosts) stands between, so that named prepared
    statements cannot be used. Unset: told by the host's name (`...-pooler`, `pgbouncer`) and port (6432, 6543)."""
    pool_size: int = 10
    """Connections kept for writes, per process."""
    max_overflow: int = 10
    """Connections opened above `pool_size` under load, per process."""
    connect_timeout: float = 10.0
    """Seconds to wait for a connection."""
    cleanup_interval: Seconds = 0
    """Seconds between clean-ups that the server makes by itself: what `betterauth cleanup` does. 0: none. Of several
    processes one works at a time."""
    schema_check: bool = True
    """Whether the start is refused when the tables are not the ones this server needs."""


@dataclass(frozen=True, kw_only=True)
class DatabaseAdvancedOptions:
    """How rows get their ids."""

    generate_id: Callable[[str, int], str] | Literal["uuid"] | None = None
    """A function from model name and length to an id, or `uuid`. Unset: 32 letters and digits."""
