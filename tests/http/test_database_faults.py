"""What the database cannot do is a 5xx with its reason in the log, once a second; what it refuses is a 4xx."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from contextlib import closing

import pytest

from betterauth_py.store import engine
from tests.store.conftest import database_url, databases, new_postgresql, postgresql_url, sqlite_url
from tests.store.stoppable import Stoppable
from tests.store.support import auth_on, browser, execute_script, new_address, path_of, running, sign_up_body
from tests.store.test_database_restart import stoppable

__all__ = ["database_url", "databases", "new_postgresql", "postgresql_url", "sqlite_url", "stoppable"]

TRIGGERS = {
    "sqlite": "CREATE TRIGGER no BEFORE UPDATE ON user BEGIN SELECT RAISE(ABORT, 'no changes today'); END;",
    "postgresql": "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'no changes today'; END $$; "
    'CREATE TRIGGER no BEFORE UPDATE ON "user" FOR EACH ROW EXECUTE FUNCTION no();',
}


def faults(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the log says of the database, and of anything else that went wrong."""
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


async def test_a_trigger_that_raises_is_a_fault_with_its_reason_in_the_log(
    database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(auth_on(database_url)) as auth, browser(auth) as client:
        await client.post("/sign-up/email", json=sign_up_body(new_address()))
        await execute_script(database_url, TRIGGERS[database_url.partition("://")[0]])
        caplog.clear()
        answer = await client.post("/update-user", json={"name": "Countess"})
        assert (answer.status_code, answer.content) == (500, b"")
        (line,) = faults(caplog)
        assert line.startswith("Database fault: ")
        assert "no changes today" in line
        assert caplog.records[-1].exc_info is None


async def test_a_sign_up_that_a_trigger_ends_is_a_fault_too(postgresql_url: str) -> None:
    async with running(auth_on(postgresql_url)) as auth, browser(auth) as client:
        await execute_script(postgresql_url, TRIGGERS["postgresql"].replace("BEFORE UPDATE", "BEFORE INSERT"))
        assert (await client.post("/sign-up/email", json=sign_up_body(new_address()))).status_code == 500


async def test_a_deadlock_is_a_503(postgresql_url: str) -> None:
    async with running(auth_on(postgresql_url)) as auth, browser(auth) as client:
        await client.post("/sign-up/email", json=sign_up_body(new_address()))
        trigger = TRIGGERS["postgresql"].replace("today'", "today' USING ERRCODE = 'deadlock_detected'")
        await execute_script(postgresql_url, trigger)
        assert (await client.post("/update-user", json={"name": "Countess"})).status_code == 503


async def test_a_locked_file_is_a_503_that_says_when_to_come_back(
    sqlite_url: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_BUSY_TIMEOUT_MS", 50)
    async with running(auth_on(sqlite_url)) as auth, browser(auth) as client:
        body = sign_up_body(new_address())
        await client.post("/sign-up/email", json=body)
        with closing(sqlite3.connect(path_of(sqlite_url), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            caplog.clear()
            for path, json in (("/update-user", {"name": "Countess"}), ("/sign-in/email", body)):
                answer = await client.post(path, json=json)
                assert (answer.status_code, answer.headers.get("retry-after")) == (503, "5")
                assert answer.json()["code"] == "SERVICE_UNAVAILABLE"
            other.execute("ROLLBACK")
        assert "database is locked" in faults(caplog)[0]
        assert (await client.post("/update-user", json={"name": "Countess"})).status_code == 200


async def test_what_the_row_is_to_blame_for_is_no_fault(postgresql_url: str, caplog: pytest.LogCaptureFixture) -> None:
    async with running(auth_on(postgresql_url)) as auth, browser(auth) as client:
        await client.post("/sign-up/email", json=sign_up_body(new_address()))
        await execute_script(postgresql_url, 'ALTER TABLE "user" ALTER COLUMN name TYPE varchar(5)')
        caplog.clear()
        caplog.set_level(logging.INFO, "betterauth")
        answer = await client.post("/update-user", json={"name": "a secret that is too long"})
        assert answer.status_code == 400
        assert faults(caplog) == []
        assert "The database refused a row of user: StringDataRightTruncationError" in caplog.text
        assert "secret" not in caplog.text


async def test_an_outage_is_one_line_a_second_and_sign_in_says_when_to_come_back(
    stoppable: Stoppable, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(auth_on(stoppable.url)) as auth, browser(auth) as client:
        body = sign_up_body(new_address())
        await client.post("/sign-up/email", json=body)
        await client.get("/get-session")
        await asyncio.to_thread(stoppable.stop)
        caplog.clear()
        loop = asyncio.get_running_loop()
        begun = loop.time()
        requests = 0
        while loop.time() - begun < 2.2:
            sign_in = await client.post("/sign-in/email", json=body)
            assert (sign_in.status_code, sign_in.headers.get("retry-after")) == (503, "5")
            assert (await client.get("/get-session")).status_code == 500
            assert (await client.post("/update-user", json={"name": "Countess"})).status_code in {500, 503}
            requests += 3
        seconds = loop.time() - begun
        lines = faults(caplog)
        causes = {line.partition(" (")[0] for line in lines}
        assert requests > 20
        assert len(lines) <= len(causes) * (seconds + 1)
        assert len(causes) <= 3
        assert any("more of this kind since the last line" in line for line in lines)
        assert all(record.exc_info is None for record in caplog.records)
        await asyncio.to_thread(stoppable.start)
        assert (await client.post("/sign-in/email", json=body)).status_code == 200


CHANGES = (
    'ALTER TABLE "user" ALTER COLUMN name TYPE varchar(200); ALTER TABLE "user" ALTER COLUMN email TYPE varchar(300);'
    "ALTER TABLE session ALTER COLUMN user_agent TYPE varchar(900), ALTER COLUMN token TYPE varchar(200);"
    "ALTER TABLE account ALTER COLUMN scope TYPE varchar(200), ALTER COLUMN password TYPE varchar(500);"
    "ALTER TABLE verification ALTER COLUMN value TYPE varchar(900);",
    'ALTER TABLE "user" ALTER COLUMN name TYPE text; ALTER TABLE "user" ALTER COLUMN email TYPE text;'
    "ALTER TABLE session ALTER COLUMN user_agent TYPE text, ALTER COLUMN token TYPE text;"
    "ALTER TABLE account ALTER COLUMN scope TYPE text, ALTER COLUMN password TYPE text;"
    "ALTER TABLE verification ALTER COLUMN value TYPE text;",
)


async def test_a_schema_that_changes_under_the_server_fails_no_request(postgresql_url: str) -> None:
    links: list[str] = []

    async def send(data: dict[str, str], _: object) -> None:
        links.append(data["token"])

    auth = auth_on(
        postgresql_url,
        database={"pool_size": 1, "max_overflow": 0},
        email_and_password={"send_reset_password": send},
        user={"delete_user": {"enabled": True}},
    )
    async with running(auth), browser(auth) as client:
        for changes in ("SELECT", *CHANGES * 2):
            body = sign_up_body(new_address())
            steps = (
                ("POST", "/sign-up/email", body),
                ("GET", "/get-session", None),
                ("POST", "/sign-in/email", body),
                ("POST", "/update-user", {"name": "Countess"}),
                ("GET", "/list-sessions", None),
                ("GET", "/list-accounts", None),
                ("POST", "/change-password", {"currentPassword": body["password"], "newPassword": "another horse"}),
                ("POST", "/request-password-reset", {"email": body["email"]}),
                ("POST", "/reset-password", None),
                ("POST", "/sign-in/email", {**body, "password": "a third horse"}),
                ("POST", "/revoke-other-sessions", None),
                ("POST", "/delete-user", {"password": "a third horse"}),
            )
            for method, path, json in steps:
                await execute_script(postgresql_url, changes)
                reset = {"token": links[-1] if links else "", "newPassword": "a third horse"}
                answer = await client.request(method, path, json=reset if path == "/reset-password" else json)
                assert answer.status_code == 200, (path, answer.text)
