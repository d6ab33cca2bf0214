"""A database user that may only read and write rows serves, with the grants of docs/deployment.md."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from tests.store.support import PASSWORD, auth_on, browser, execute_script, new_address, running, sign_up_body

PAGE = Path(__file__).parents[2] / "docs" / "deployment.md"
GRANTS = re.search(r"```sql\n(CREATE ROLE auth_server.*?)```", PAGE.read_text(), re.DOTALL)
FORGET = "DROP OWNED BY auth_server; DROP ROLE auth_server;"


async def test_the_documented_grants_are_enough_to_serve_and_too_few_to_change_tables(postgresql_url: str) -> None:
    owner = auth_on(postgresql_url, rate_limit={"storage": "database"})
    await owner.migrate()
    await owner.shutdown()
    assert GRANTS is not None
    name = urlsplit(postgresql_url).path.removeprefix("/")
    await execute_script(postgresql_url, GRANTS[1].replace("DATABASE auth ", f"DATABASE {name} "))
    url = postgresql_url.replace("postgres:@", "auth_server:secret@")
    assert "auth_server" in url
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await execute_script(url, 'ALTER TABLE "user" ADD COLUMN role text')
        options = {"rate_limit": {"storage": "database", "enabled": True}, "user": {"delete_user": {"enabled": True}}}
        async with running(auth_on(url, **options), migrate=False) as auth, browser(auth) as client:
            body = sign_up_body(new_address())
            assert (await client.post("/sign-up/email", json=body)).status_code == 200
            assert (await client.post("/sign-in/email", json=body)).status_code == 200
            assert (await client.get("/get-session")).json()["user"]["email"] == body["email"]
            assert (await client.post("/update-user", json={"name": "Countess"})).status_code == 200
            await auth.context.cleanup.run_unless_another_does()
            assert (await client.post("/delete-user", json={"password": PASSWORD})).status_code == 200
        await execute_script(postgresql_url, "REVOKE ALL ON betterauth_version FROM auth_server")
        async with running(auth_on(url, **options), migrate=False) as auth, browser(auth) as client:
            assert (await client.post("/sign-up/email", json=sign_up_body(new_address()))).status_code == 200
    finally:
        await execute_script(postgresql_url, FORGET)
