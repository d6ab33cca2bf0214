"""Reads that several ask for at once."""

from __future__ import annotations

import asyncio

import pytest

from betterauth_py.store.shared_reads import SharedReads


async def test_everybody_gets_what_was_read_after_they_asked() -> None:
    shared: SharedReads[int] = SharedReads()
    begun, released = [0], asyncio.Event()

    async def read() -> int:
        begun[0] += 1
        number = begun[0]
        await released.wait()
        return number

    first = asyncio.create_task(shared.get("a", read))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    later = [asyncio.create_task(shared.get("a", read)) for _ in range(5)]
    other = asyncio.create_task(shared.get("b", read))
    await asyncio.sleep(0.01)
    assert begun == [2]
    released.set()
    assert (await first, await other) == (1, 2)
    assert await asyncio.gather(*later) == [3] * 5
    assert await shared.get("a", read) == 4
    assert (shared._running, shared._waiting) == ({}, {})


async def test_a_failure_reaches_all_and_the_next_read_is_tried() -> None:
    shared: SharedReads[int] = SharedReads()
    fails = [True]

    async def read() -> int:
        await asyncio.sleep(0)
        if fails[0]:
            raise LookupError
        return 7

    asked = [asyncio.create_task(shared.get("a", read)) for _ in range(3)]
    for one in asked:
        with pytest.raises(LookupError):
            await one
    fails[0] = False
    assert await shared.get("a", read) == 7


async def test_who_gives_up_takes_nothing_from_others() -> None:
    shared: SharedReads[int] = SharedReads()

    async def read() -> int:
        await asyncio.sleep(0.01)
        return 1

    first = asyncio.create_task(shared.get("a", read))
    second = asyncio.create_task(shared.get("a", read))
    await asyncio.sleep(0)
    first.cancel()
    assert await second == 1
