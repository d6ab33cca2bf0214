"""What a verifier keeps of the auth service's answers takes a bounded amount of memory."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from betterauth_py.clock import SystemClock
from betterauth_py.verify import remote
from betterauth_py.verify.records import Session, User, VerifiedSession


def test_kept_answers_are_bounded_in_bytes() -> None:
    cache = remote._Cache(60, 1_000)
    clock = SystemClock()
    session = Session.of({"id": "s", "expiresAt": datetime.now(UTC) + timedelta(hours=1)})
    image = User.of({"id": "u", "image": "x" * 2_000_000})
    for number in range(100):
        cache.put((f"cookie {number}", ""), VerifiedSession(session, image, (), "remote"), is_flat=True, clock=clock)
    kept = [number for number in range(100) if cache.get((f"cookie {number}", ""), clock) is not None]
    assert kept == list(range(100 - len(kept), 100))
    assert 20 <= len(kept) <= 34
    assert cache._bytes <= remote._MOST_BYTES
