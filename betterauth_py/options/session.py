"""How long sessions live, and where they are cached."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from betterauth_py.options.types import AdditionalField, MaybeAwaitable, Seconds

FORGOTTEN_LIFE: Final = 86_400
"""Lifetime in seconds of sessions with `rememberMe: false`, whatever the options say."""
_LIFE: Final = 604_800
CACHE_LIFE: Final = 300
"""Seconds that a cached session counts, unless the options say otherwise."""


@dataclass(frozen=True, kw_only=True)
class RefreshCacheOptions:
    """When a session that is only in cookies gets a new cookie."""

    update_age: Seconds | None = None
    """Seconds before its cached copy expires from which `/get-session` renews it. Unset: a fifth of `max_age`."""


@dataclass(frozen=True, kw_only=True)
class CookieCacheOptions:
    """Caches the session in a signed cookie, so that most `/get-session` requests need no database."""

    enabled: bool = False
    """Whether the cache is used. Without a database: true."""
    max_age: Seconds = CACHE_LIFE
    """Lifetime of the cached copy in seconds. Without a database: `session.expires_in`."""
    strategy: Literal["compact", "jwt", "jwe"] = "compact"
    """`compact` and `jwt` are signed, `jwe` is encrypted. Without a database: `jwe`."""
    refresh_cache: bool | RefreshCacheOptions = False
    """Whether `/get-session` renews the cached copy before it expires, or a table that says when. Only without a
    database, where it is on; with one it has no effect, as in better-auth."""
    version: str | Callable[[dict[str, Any], dict[str, Any]], MaybeAwaitable[str]] | None = None
    """Cached copies of another version are ignored; a function receives the session and the user."""

    @property
    def effective_max_age(self) -> Seconds:
        """The lifetime of the cached copy in seconds; 0 means the default, as in better-auth 1.7.25."""
        return self.max_age or CACHE_LIFE

    @property
    def refresh_age(self) -> Seconds | None:
        """Seconds before the cached copy expires from which it is renewed; None for never."""
        given = self.refresh_cache
        if given is False:
            return None
        age = None if given is True else given.update_age
        return self.effective_max_age // 5 if age is None else age


@dataclass(frozen=True, kw_only=True)
class MemoryCacheOptions:
    """Caches sessions in the memory of each server process; PostgreSQL notifies it of changes by any writer.

    better-auth has no such cache. Not available with SQLite, transaction-mode poolers or secondary storage.
    """

    enabled: bool = False
    """Whether the cache is used. `betterauth migrate` then adds triggers to the tables of sessions and users; without
    them the server does not start. Each process uses one more connection."""
    max_entries: int = 10_000
    """Maximum number of sessions per process, about 2 KB each; the least recently used are evicted."""
    max_bytes: int = 67_108_864
    """Maximum memory for them per process, in bytes of the rows' values: a user's image may be a data URL."""
    max_staleness: float = 5.0
    """Maximum seconds until a change by another process is visible, reached only if the connection is silently dead;
    usually it takes a millisecond. The connection is checked three times in that period."""


@dataclass(frozen=True, kw_only=True)
class SessionOptions:
    """How long sessions live, and where they are cached."""

    model_name: str | None = None
    """The table's name."""
    fields: dict[str, str] = field(default_factory=dict)
    """Column names by field name (`{"userId": "owner_id"}`)."""
    expires_in: Seconds = _LIFE
    """Lifetime of a session in seconds."""
    update_age: Seconds = 86_400
    """Age in seconds from which using a session extends it to its full lifetime again."""
    disable_session_refresh: bool = False
    """Whether sessions are never extended."""
    defer_session_refresh: bool = False
    """Whether `GET /get-session` writes nothing and reports with `needsRefresh` that a POST should extend the
    session."""
    fresh_age: Seconds = 86_400
    """Seconds after signing in for which a session is fresh, as sensitive endpoints require; 0 means always."""
    additional_fields: dict[str, AdditionalField] = field(default_factory=dict)
    """Your own columns in the session table."""
    store_session_in_database: bool = False
    """Whether, with secondary storage, sessions are also stored in the database. A session lost by the secondary
    storage is then still found."""
    preserve_session_in_database: bool = False
    """Whether ended sessions stay in the database, marked as expired, for audits. Only with
    `store_session_in_database`; a session lost by the secondary storage has then ended."""
    cookie_cache: CookieCacheOptions = field(default_factory=CookieCacheOptions)
    """Caching the session in a signed cookie."""
    memory_cache: MemoryCacheOptions = field(default_factory=MemoryCacheOptions)
    """Caching sessions in the memory of the server."""

    @property
    def effective_expires_in(self) -> Seconds:
        """The lifetime of a session in seconds; 0 means the default, as in better-auth 1.7.25."""
        return self.expires_in or _LIFE

    @property
    def longest_life(self) -> Seconds:
        """The longest lifetime in seconds of a session that no plugin gives another one."""
        return max(self.effective_expires_in, FORGOTTEN_LIFE)
