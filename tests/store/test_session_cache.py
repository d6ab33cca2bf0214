"""What is kept in memory is shown only while it is true, and there is never more than asked for."""

from __future__ import annotations

from time import monotonic

import pytest

from betterauth_py.store.sessions.cache import EVERYTHING, SessionCache, name_of


@pytest.fixture
def cache() -> SessionCache:
    """A cache of three sessions that is open and trusted."""
    cache = SessionCache(3, 1_000_000)
    cache.open()
    cache.trust(monotonic() + 60)
    return cache


def add(cache: SessionCache, token: str, *, user: str = "ada") -> None:
    cache.add(token, f"row of {token}", names(token, user), cache.ticket)


def names(token: str, user: str = "ada") -> tuple[str, str]:
    return name_of("session", f"id of {token}"), name_of("user", user)


def kept(cache: SessionCache, *tokens: str) -> list[str]:
    return [token for token in tokens if cache.get(token) is not None]


def test_a_change_of_a_session_or_its_user_makes_it_forgotten(cache: SessionCache) -> None:
    for token, user in (("phone", "ada"), ("laptop", "ada"), ("desk", "grace")):
        add(cache, token, user=user)
    cache.forget(name_of("session", "id of phone"))
    assert kept(cache, "phone", "laptop", "desk") == ["laptop", "desk"]
    add(cache, "phone")
    cache.forget(name_of("user", "ada"))
    assert kept(cache, "phone", "laptop", "desk") == ["desk"]
    cache.forget(EVERYTHING)
    assert len(cache) == 0


def test_the_session_that_was_not_asked_for_the_longest_gives_way(cache: SessionCache) -> None:
    for token in ("a", "b", "c"):
        add(cache, token)
    cache.get("a")
    add(cache, "d")
    assert len(cache) == 3
    assert kept(cache, "a", "b", "c", "d") == ["a", "c", "d"]


def test_memory_is_bounded_in_bytes(cache: SessionCache) -> None:
    for token, image in (("a", "x" * 400_000), ("b", "x" * 400_000), ("c", ""), ("d", "x" * 2_000_000)):
        cache.add(token, ({"id": token}, {"image": image}), names(token), cache.ticket)
    # What is larger than all the room is not kept at all, and costs nobody else a place.
    assert kept(cache, "a", "b", "c", "d") == ["a", "b", "c"]
    cache.add("e", ({"id": "e"}, {"image": "x" * 300_000}), names("e"), cache.ticket)
    assert kept(cache, "a", "b", "c", "e") == ["b", "c", "e"]
    cache.forget(EVERYTHING)
    assert cache._bytes == 0


def test_however_much_comes_and_goes_nothing_else_grows(cache: SessionCache) -> None:
    for number in range(500):
        add(cache, f"token {number % 7}", user=f"user {number % 3}")
        if number % 5 == 0:
            cache.forget(name_of("user", f"user {number % 2}"))
    assert len(cache._tokens) <= 6
    cache.forget(EVERYTHING)
    assert not cache._tokens


def test_a_row_read_before_a_change_is_not_kept_after_it_was_heard_of(cache: SessionCache) -> None:
    ticket = cache.ticket
    cache.forget(name_of("session", "id of phone"))
    cache.add("phone", "old row", names("phone"), ticket)
    assert kept(cache, "phone") == []


def test_a_row_read_before_changes_were_heard_of_is_not_kept() -> None:
    cache = SessionCache(3, 1_000_000)
    ticket = cache.ticket
    cache.open()
    cache.trust(monotonic() + 60)
    cache.add("phone", "old row", names("phone"), ticket)
    assert kept(cache, "phone") == []


def test_a_row_read_before_a_pause_in_hearing_is_not_kept_after_it(cache: SessionCache) -> None:
    ticket = cache.ticket
    cache.close()
    cache.add("phone", "old row", names("phone"), ticket)
    cache.open()
    cache.trust(monotonic() + 60)
    cache.add("laptop", "old row", names("laptop"), ticket)
    assert kept(cache, "phone", "laptop") == []


def test_nothing_is_shown_before_it_is_trusted_nor_after_trust_has_run_out(cache: SessionCache) -> None:
    add(cache, "phone")
    cache.distrust()
    assert kept(cache, "phone") == []
    cache.trust(monotonic() - 0.001)
    assert kept(cache, "phone") == []
    cache.trust(monotonic() + 60)
    assert kept(cache, "phone") == ["phone"]


def test_closed_it_is_empty_and_stays_so(cache: SessionCache) -> None:
    add(cache, "phone")
    cache.close()
    assert len(cache) == 0
    add(cache, "phone")
    assert len(cache) == 0
