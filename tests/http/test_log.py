"""What is logged of a request: enough to find it again, nothing that opens a door."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest

from betterauth_py import log
from betterauth_py.log import HumanFormatter, JSONFormatter, log_access, new_request_id
from betterauth_py.options import LoggerOptions
from tests.conftest import MakeAuth
from tests.http.client import Client
from tests.http.people import ALICE, sign_up


@pytest.fixture(autouse=True)
def leaves_no_request() -> Iterator[None]:
    """Forget the request that a test has named: all of a process share one context."""
    yield
    log._request_id.set(None)


@pytest.mark.parametrize("base_path", ["/api/auth", "/auth", "/", "/a/b/c/auth"])
async def test_no_path_that_ends_in_a_token_is_logged_whole(
    make_auth: MakeAuth, caplog: pytest.LogCaptureFixture, base_path: str
) -> None:
    caplog.set_level("INFO", logger="betterauth.access")
    auth = await make_auth(base_path=base_path, logger={"access_log": True})
    client = Client(auth.app)
    prefix = auth.context.base_path
    for path in (
        "/reset-password/hidden?callbackURL=/hidden",
        "/delete-user/callback/hidden",
        "/verify-email?token=hidden",
        "/callback/provider/hidden",
        "/reset-password//hidden",
        "//reset-password/hidden",
        "/reset%2Dpassword/hidden",
        "/Reset-Password/hidden",
        "/reset-password/hidden/x",
        "/reset-password/hidden/",
        "/x/../reset-password/hidden",
        "/reset-password\\hidden",
        "/hidden",
    ):
        await client.get(f"{prefix}{path}")
    shown = [record.getMessage() for record in caplog.records if record.name == "betterauth.access"]
    assert len(shown) == 13
    for of_a_reset in (shown[0], shown[10], shown[11]):
        assert of_a_reset.startswith(f"GET {prefix}/reset-password/:token ")
    assert shown[2].startswith(f"GET {prefix}/verify-email ")
    assert all(line.startswith("GET (unknown path) 404 ") for line in shown[3:10])
    assert "hidden" not in caplog.text
    assert "hidden" not in " ".join(str(vars(record)) for record in caplog.records)


async def test_sign_ins_and_sign_ups_leave_no_password_token_or_secret_behind(
    make_auth: MakeAuth, caplog: pytest.LogCaptureFixture
) -> None:
    # Not the drivers': what they show at that level is for whoever turns it on.
    caplog.set_level("DEBUG", logger="betterauth")
    caplog.set_level("INFO", logger="sqlalchemy.engine")
    auth = await make_auth(logger={"access_log": True})
    client = Client(auth.app)
    token = (await sign_up(client)).json()["token"]
    await client.post("/api/auth/sign-up/email", ALICE)
    await client.post("/api/auth/sign-in/email", {"email": ALICE["email"], "password": "a wrong one"})
    await client.get("/api/auth/get-session")
    logged = caplog.text
    for hidden in (token, ALICE["password"], "a wrong one", auth.context.secrets.current, "$argon2"):
        assert hidden not in logged


@pytest.mark.parametrize("given", ["abc", "A-1_2.3", "x" * 64])
def test_a_sane_request_id_is_kept(given: str) -> None:
    assert new_request_id(given) == given


@pytest.mark.parametrize("given", [None, "", "x" * 65, "a b", "a\nb", "ä", '"', "\x1b[31m"])
def test_any_other_request_id_is_replaced(given: str | None) -> None:
    made = new_request_id(given)
    assert made != given
    assert (len(made), made.isalnum()) == (16, True)


def test_both_formats_carry_the_request_and_the_failure(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="betterauth.access")
    new_request_id("the-id")
    log_access("GET", "/api/auth/ok", 200, 0.0015)
    record = caplog.records[-1]
    entry = json.loads(JSONFormatter().format(record))
    assert entry == {
        "time": entry["time"],
        "level": "info",
        "logger": "betterauth.access",
        "message": "GET /api/auth/ok 200 1.5 ms",
        "request_id": "the-id",
        "method": "GET",
        "path": "/api/auth/ok",
        "status": 200,
        "milliseconds": 1.5,
    }
    assert HumanFormatter().format(record)[8:] == " info    GET /api/auth/ok 200 1.5 ms [the-id]"
    try:
        raise ValueError("why\nit failed")
    except ValueError as error:
        failure = (type(error), error, error.__traceback__)
    broken = logging.LogRecord("betterauth", logging.ERROR, "", 0, "no %s", ("way",), failure)
    printed = JSONFormatter().format(broken)
    assert "\n" not in printed
    assert json.loads(printed)["exception"].endswith("ValueError: why\nit failed")
    assert HumanFormatter().format(broken).endswith("ValueError: why\nit failed")


def test_the_defaults_log_for_people_and_not_every_request() -> None:
    assert LoggerOptions() == LoggerOptions(disabled=False, level="info", format="human", access_log=False)


async def test_a_refused_page_is_logged_by_its_origin_alone(
    make_auth: MakeAuth, caplog: pytest.LogCaptureFixture
) -> None:
    client = Client((await make_auth()).app, cookies={"a": "b"})
    pages = ["https://u:hidden@other.test:8443/hidden?token=hidden#hidden", "myapp://other/hidden", "hidden"]
    for name in ("origin", "referer"):
        for page in pages:
            headers = [("content-type", "application/json"), (name, page)]
            assert (await client.send("POST", "/api/auth/sign-out", headers, b"{}")).status == 403
    shown = [record.getMessage() for record in caplog.records if "Invalid origin" in record.getMessage()]
    assert [line.split("'")[1] for line in shown] == ["https://other.test:8443", "myapp://other", "(no URL)"] * 2
    assert "hidden" not in caplog.text
