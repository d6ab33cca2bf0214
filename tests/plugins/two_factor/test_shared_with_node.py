"""One database, two servers: secrets, backup codes, challenges and trusted devices of either are good at the other."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from betterauth_py import BetterAuth
from betterauth_py.conformance.one_time_passwords import totp
from tests.migrations.node import better_auth
from tests.store.support import auth_on, running, sign_up_body

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("npm_packages")]

EMAIL = "ada@example.com"
BODY = sign_up_body(EMAIL)


class Browser:
    """One browser at both servers, whose cookies are the same."""

    def __init__(self) -> None:
        self.cookies: dict[str, str] = {}

    async def post(self, server: httpx.Client | BetterAuth, path: str, body: dict[str, Any]) -> Any:
        """Send a body to one of them; return its answer, which must be no error."""
        headers = {"cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if isinstance(server, httpx.Client):
            answer = await asyncio.to_thread(server.post, path, json=body, headers=headers)
            server.cookies.clear()
        else:
            app: Any = server.app
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost:3001/api/auth") as client:
                answer = await client.post(path, json=body, headers={**headers, "origin": "http://localhost:3001"})
        assert answer.status_code == 200, answer.text
        for line in answer.headers.get_list("set-cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.json()


@pytest.mark.parametrize("node_is_first", [True, False])
async def test_what_one_server_has_stored_the_other_takes(postgresql_url: str, node_is_first: bool) -> None:
    plugins: dict[str, Any] = {"two-factor": {"skipVerificationOnEnable": True}}
    own = {"two-factor": {"skip_verification_on_enable": True}}
    with better_auth(postgresql_url, "drizzle", {"plugins": plugins}, make=True) as node:
        ours = auth_on(
            postgresql_url,
            database={"layout": "drizzle", "schema_check": False},
            email_and_password={"password": {"algorithm": "scrypt"}},
            plugins=own,
        )
        async with running(ours, migrate=False) as auth:
            await _play(*((node, auth) if node_is_first else (auth, node)))


async def _play(first: Any, second: Any) -> None:
    credentials = {"email": EMAIL, "password": BODY["password"]}
    owner = Browser()
    await owner.post(first, "/sign-up/email", BODY)
    enabled = await owner.post(first, "/two-factor/enable", {"password": BODY["password"]})
    secret = parse_qs(urlsplit(enabled["totpURI"]).query)["secret"][0]
    again = await owner.post(second, "/two-factor/get-totp-uri", {"password": BODY["password"]})
    assert parse_qs(urlsplit(again["totpURI"]).query)["secret"][0] == secret
    # A challenge of the one is completed at the other, and the device is trusted by both in turn.
    browser = Browser()
    assert (await browser.post(first, "/sign-in/email", credentials))["twoFactorRedirect"]
    given = {"code": totp(secret), "trustDevice": True}
    assert (await browser.post(second, "/two-factor/verify-totp", given))["token"]
    assert (await browser.post(first, "/sign-in/email", credentials))["token"]
    assert (await browser.post(second, "/sign-in/email", credentials))["token"]
    # So are codes on paper; both see which are used, and the new ones that either makes.
    for one, other, backup in ((first, second, enabled["backupCodes"][0]), (second, first, enabled["backupCodes"][1])):
        browser = Browser()
        await browser.post(one, "/sign-in/email", credentials)
        assert (await browser.post(other, "/two-factor/verify-backup-code", {"code": backup}))["token"]
    made = await owner.post(second, "/two-factor/generate-backup-codes", {"password": BODY["password"]})
    browser = Browser()
    await browser.post(second, "/sign-in/email", credentials)
    assert (await browser.post(first, "/two-factor/verify-backup-code", {"code": made["backupCodes"][9]}))["token"]
