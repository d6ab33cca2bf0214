"""How long a session lives, and where it is remembered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from betterauth_py.options.types import AdditionalField, MaybeAwaitable, Seconds

FORGOTTEN_LIFE: Final = 86_400
"""Seconds that a session lives which is not to be remembered, whatever the options say."""
_LIFE: Final = 604_800
_CACHE_LIFE: Final = 300


@dataclass(frozen=True, kw_only=True)
class CookieCacheOptions:
    """Keeping the session in a signed cookie, so that most requests need no database."""

    enabled: bool = False
    """Whether the cache is used."""
    max_age: Seconds = _CACHE_LIFE
    """Life of the cached copy in seconds."""
    strategy: Literal["compact", "jwt", "jwe"] = "compact"
    """`compact` and `jwt` are signed, `jwe` is encrypted."""
    refresh_cache: bool = False
    """Accepted for configurations that come from better-auth; without effect, there as here, because there is a
    database to ask."""
    version: str | Callable[[dict[str, Any], dict[str, Any]], MaybeAwaitable[str]] | None = None
    """Cached copies of another version are not believed; a function gets the session and the user."""

    @property
    def effective_max_age(self) -> Seconds:
        """The life of the cached copy; 0 stands for the default, as in better-auth 1.7.25."""
        return self.max_age or _CACHE_LIFE


@dataclass(frozen=True, kw_only=True)
class MemoryCacheOptions:
    """Keeping sessions in the memory of each server process, kept true by notifications of PostgreSQL, whoever writes.

    better-auth has nothing like it. Not with SQLite, transaction-mode poolers or secondary storage.
    """

    enabled: bool = False
    """Whether the cache is used. `betterauth migrate` then adds triggers to the tables of sessions and users; the start
    is refused without them. Each process holds one connection more."""
    max_entries: int = 10_000
    """Sessions kept per process, about 2 KB each; those not asked for the longest give way."""
    max_bytes: int = 67_108_864
    """Memory for them per process, counted by the length of what the rows hold: a user's image may be a data URL."""
    max_staleness: float = 5.0
    """Most seconds for which a change that another process makes can stay unseen, which needs a connection that is
    silently dead; usually it is seen within a millisecond. The database is asked for a sign of life three times as
    often."""


@dataclass(frozen=True, kw_only=True)
class SessionOptions:
    """How long a session lives, and where it is remembered."""

    model_name: str | None = None
    """The table's name."""
    fields: dict[str, str] = field(default_factory=dict)
    """Column names by field name (`{"userId": "owner_id"}`)."""
    expires_in: Seconds = _LIFE
    """Life of a session in seconds."""
    update_age: Seconds = 86_400
    """Seconds after which a used session is prolonged to its full life again."""
    disable_session_refresh: bool = False
    """Whether sessions are never prolonged."""
    defer_session_refresh: bool = False
    """Whether `GET /get-session` writes nothing and tells with `needsRefresh` when a POST should prolong."""
    fresh_age: Seconds = 86_400
    """Seconds after its start for which a session may do what demands a recent sign-in; 0 means always."""
    additional_fields: dict[str, AdditionalField] = field(default_factory=dict)
    """Columns of your own on the session table."""
    store_session_in_database: bool = False
    """Whether, with secondary storage, sessions are stored in the database too. A session that the secondary storage
    has lost is then still found."""
    preserve_session_in_database: bool = False
    """Whether sessions that end stay in the database, as over, for later audits. Only with
    `store_session_in_database`; a session that the secondary storage has lost is then over."""
    cookie_cache: CookieCacheOptions = field(default_factory=CookieCacheOptions)
    """Keeping the session in a signed cookie."""
    memory_cache: MemoryCacheOptions = field(default_factory=MemoryCacheOptions)
    """Keeping sessions in the memory of the server."""

    @property
    def effective_expires_in(self) -> Seconds:
        """The life of a session; 0 stands for the default, as in better-auth 1.7.25."""
        return self.expires_in or _LIFE
