"""What does the waiting: event loops that come and go, and threads that are interrupted."""

from __future__ import annotations

import asyncio
import gc
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
