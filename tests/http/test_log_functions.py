"""A logger of one's own, as better-auth's option `logger`: a function, levels, colours, for each server."""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from betterauth_py import ConfigurationError
from betterauth_py.log import configure_logging, route_logs
from betterauth_py.options import LoggerOptions
from tests.conftest import MakeAuth
from tests.http.client import Client

NAMES = ("betterauth", "uvicorn", "uvicorn.error")


@pytest.fixture(autouse=True)
def restored_logging() -> Iterator[None]:
    """What the other tests of this process expect of logging."""
    loggers = [logging.getLogger(name) for name in NAMES]
    before = [(one.handlers, one.propagate, one.level, one.disabled) for one in loggers]
    yield
    for one, state in zip(loggers, before, strict=True):
        one.handlers, one.propagate, one.disabled = state[0], state[1], state[3]
        one.setLevel(state[2])


def test_a_server_hands_its_log_and_uvicorns_to_the_function() -> None:
    heard: list[tuple[Any, ...]] = []
    configure_logging(LoggerOptions(log=lambda *given: heard.append(given), level="warn"))
    logging.getLogger("betterauth.mail").info("not at this level")
    logging.getLogger("betterauth.mail").warning("a %s", "warning")
    failure = ValueError("no")
    logging.getLogger("uvicorn.error").error("failed", exc_info=failure)
    assert heard == [("warn", "a warning"), ("error", "failed", failure)]


async def test_each_embedded_server_logs_by_its_own_function(
    make_auth: MakeAuth, caplog: pytest.LogCaptureFixture
) -> None:
    async def page(ctx: Any) -> None:
        logging.getLogger("betterauth").info("of %s", ctx.options.app_name)

    heard: dict[str, list[tuple[Any, ...]]] = {"a": [], "b": []}
    hooks = {"before": page}
    servers = [
        await make_auth(app_name=name, hooks=hooks, logger={"log": lambda *given, name=name: heard[name].append(given)})
        for name in heard
    ]
    silent = await make_auth(app_name="silent", hooks=hooks, logger={"disabled": True})
    other = await make_auth(app_name="other", hooks=hooks)
    for auth in (*servers, silent, other):
        await Client(auth.app).get("/api/auth/ok")
    # The application's own level is WARNING.
    assert not caplog.records
    for own in heard.values():
        own.clear()
    caplog.set_level("INFO")
    for auth in (*servers, silent, other):
        await Client(auth.app).get("/api/auth/ok")
    assert heard == {"a": [("info", "of a")], "b": [("info", "of b")]}
    assert [record.getMessage() for record in caplog.records] == ["of other"]


async def test_a_function_that_fails_breaks_no_request_and_gets_no_secret(
    make_auth: MakeAuth, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(level: str, message: str, *details: Any) -> None:
        raise RuntimeError("the log is full")

    auth = await make_auth(logger={"log": fail, "access_log": True})
    assert (await Client(auth.app).get("/api/auth/ok")).status == 200
    assert "the log is full" in capsys.readouterr().err


async def test_the_access_log_gives_its_fields_to_the_function(make_auth: MakeAuth) -> None:
    heard: list[tuple[Any, ...]] = []
    auth = await make_auth(logger={"log": lambda *given: heard.append(given), "access_log": True})
    await Client(auth.app).get("/api/auth/ok?token=hidden")
    level, message, fields = heard[-1]
    assert (level, message.partition(" 200 ")[0]) == ("info", "GET /api/auth/ok")
    assert set(fields) == {"request_id", "method", "path", "status", "milliseconds"}
    assert "hidden" not in str(heard)


async def test_the_applications_own_logging_is_back_when_the_server_is_gone(make_auth: MakeAuth) -> None:
    package = logging.getLogger("betterauth")
    before = (package.propagate, package.level, list(package.handlers))
    options = LoggerOptions(log=print, level="debug")

    class Server:
        pass

    server = Server()
    route_logs(options, server)
    assert (package.propagate, package.level) == (False, logging.DEBUG)
    del server
    gc.collect()
    assert (package.propagate, package.level, list(package.handlers)) == before


async def test_an_async_function_stops_the_start(make_auth: MakeAuth) -> None:
    async def log(*given: Any) -> None:
        pass

    with pytest.raises(ConfigurationError, match=r"Option `logger\.log` is an async function"):
        await make_auth(logger={"log": log})
