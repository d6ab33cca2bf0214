"""What does the waiting: event loops that come and go, and threads that are interrupted."""

from __future__ import annotations

import asyncio
import gc
import sys
import threading
import time

import pytest

from betterauth_py.verify.event_loop import EventLoopRuntime
from betterauth_py.verify.runtime import Request
from betterauth_py.verify.threads import ThreadRuntime, run
from tests.verify.servers import JsonServer


def test_loops_that_come_and_go_leave_nothing_behind() -> None:
    runtime = EventLoopRuntime()
    with JsonServer() as service:
        request = Request(f"{service.url}/", (), 3)
        for _ in range(20):
            assert asyncio.run(runtime.fetch(request)).status == 200
        assert len(runtime._parts) == 1
        runtime._forget_closed_loops()
        assert len(runtime._parts) == 0
        # An unclosed connection would be a warning, which is an error here.
        gc.collect()


def test_a_thread_that_is_interrupted_leaves_the_question_to_the_next() -> None:
    runtime = ThreadRuntime()
    started, answers = threading.Event(), []

    async def interrupted() -> str:
        started.set()
        time.sleep(0.2)  # noqa: ASYNC251 - it runs in a thread
        raise KeyboardInterrupt

    async def answered() -> str:
        return "yes"

    def first() -> None:
        with pytest.raises(KeyboardInterrupt):
            run(runtime.share("key", interrupted))

    def second() -> None:
        started.wait()
        answers.append(run(runtime.share("key", answered)))

    threads = [threading.Thread(target=first), threading.Thread(target=second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert answers == ["yes"]


async def hang() -> None:
    await asyncio.sleep(60)


async def test_each_wait_ends_in_time_whatever_others_do() -> None:
    runtime = EventLoopRuntime()

    async def wait(seconds: float, work: float) -> float:
        start = time.monotonic()
        with pytest.raises(TimeoutError), runtime.bound(seconds):
            await asyncio.sleep(work)
        return time.monotonic() - start

    async def soon_over() -> None:
        with runtime.bound(0.2):
            await asyncio.sleep(0)

    taken: list[float] = []
    for _ in range(3):
        await soon_over()
        taken += await asyncio.gather(wait(0.2, 60), wait(0.2, 60), wait(0.5, 60))
        await soon_over()
    assert all(0.19 < one < 0.45 for one in taken[::3] + taken[1::3])
    assert all(0.49 < one < 0.75 for one in taken[2::3])
    # Nothing of it is left in the task.
    assert (task := asyncio.current_task()) is not None
    assert task.cancelling() == 0


async def test_a_task_that_others_cancel_is_cancelled_even_if_it_is_late_as_well() -> None:
    runtime = EventLoopRuntime()

    async def bounded() -> None:
        with runtime.bound(0.05):
            await hang()

    early = asyncio.create_task(bounded())
    await asyncio.sleep(0)
    early.cancel()
    with pytest.raises(asyncio.CancelledError):
        await early

    late = asyncio.create_task(bounded())
    await asyncio.sleep(0)
    asyncio.get_running_loop().call_later(0.05, late.cancel)
    time.sleep(0.1)  # noqa: ASYNC251 - both are due when the loop goes on
    with pytest.raises(asyncio.CancelledError):
        await late


async def test_an_end_that_takes_as_long_as_the_wait_is_ended_as_well() -> None:
    runtime = EventLoopRuntime()

    async def end_slowly() -> None:
        # As drivers do: they ask a server that does not answer to stop, and wait until it has.
        try:
            await hang()
        finally:
            await hang()

    start = time.monotonic()
    with pytest.raises(TimeoutError), runtime.bound(0.1):
        await end_slowly()
    assert 1 < time.monotonic() - start < 2
    assert (task := asyncio.current_task()) is not None
    assert task.cancelling() == 0
    # Nothing of it is told to what comes next.
    await asyncio.sleep(1.2)


def test_threads_with_loops_of_their_own_share_a_runtime() -> None:
    runtime, failures = EventLoopRuntime(), []

    async def bounded() -> None:
        with runtime.bound(1):
            pass

    def work() -> None:
        try:
            for _ in range(300):
                asyncio.run(bounded())
        except Exception as error:
            failures.append(error)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=work) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
    finally:
        sys.setswitchinterval(interval)
    assert failures == []


async def test_an_error_that_hides_a_time_out_leaves_the_task_as_it_was() -> None:
    runtime = EventLoopRuntime()

    async def hide() -> None:
        try:
            await hang()
        except asyncio.CancelledError:
            raise ValueError("hidden") from None

    with pytest.raises(ValueError, match="hidden"), runtime.bound(0.05):
        await hide()
    assert (task := asyncio.current_task()) is not None
    assert task.cancelling() == 0


async def test_those_who_wait_with_another_share_his_answer_his_error_and_not_his_end() -> None:
    runtime = EventLoopRuntime()
    asked = 0

    async def work(outcome: str) -> str:
        nonlocal asked
        asked += 1
        await asyncio.sleep(0.05)
        if outcome == "error":
            raise ValueError(outcome)
        return outcome

    def ask(outcome: str) -> asyncio.Task[str]:
        return asyncio.create_task(runtime.share("key", lambda: work(outcome)))

    assert await asyncio.gather(*(ask("yes") for _ in range(5))) == ["yes"] * 5
    assert asked == 1
    failed = await asyncio.gather(*(ask("error") for _ in range(5)), return_exceptions=True)
    assert [type(one) for one in failed] == [ValueError] * 5
    assert asked == 2
    first, *others = [ask("yes") for _ in range(5)]
    await asyncio.sleep(0)
    first.cancel()
    others[0].cancel()
    assert await asyncio.gather(*others[1:]) == ["yes"] * 3
    assert asked == 4
