"""Services with a verifier are tested without an auth server, and with one that is in the same process."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from betterauth_py.testing import AuthFactory, SyncAuthFactory, VerifiedAs, verified_as
from betterauth_py.testing.clients import transport_to
from betterauth_py.verify import Remote, SessionVerifier, User, VerificationUnavailableError
from tests.testing.services import NOWHERE, SERVICES

SERVICE = "http://localhost:8000"


async def ask(app: Any) -> httpx.Response:
    async with httpx.AsyncClient(transport=transport_to(app), base_url=SERVICE) as client:
        return await client.get("/me")


@pytest.mark.parametrize("framework", sorted(SERVICES))
async def test_somebody_is_signed_in_without_a_server(framework: str) -> None:
    with SERVICES[framework]() as (app, verifier):
        with verified_as(verifier, name="Ada") as session:
            assert (await ask(app)).json() == {"name": "Ada"}
            assert session is not None
            assert session.session.user_id == session.user.id
        with verified_as(verifier):
            assert (await ask(app)).status_code == 401
        with verified_as(verifier, VerificationUnavailableError("down")):
            assert (await ask(app)).status_code == 503


@pytest.mark.parametrize("framework", sorted(SERVICES))
async def test_the_verifier_is_itself_again_afterwards(framework: str) -> None:
    with SERVICES[framework]() as (app, verifier):
        before = verifier._chain
        with verified_as(verifier, name="Ada"):
            pass
        assert verifier._chain is before
        # Nobody is asked without a cookie.
        assert (await ask(app)).status_code == 401


async def test_the_fixture_ends_with_the_test(verified_as: VerifiedAs) -> None:
    verifier = SessionVerifier(Remote(NOWHERE))
    verified_as(verifier, User.of({"id": "u1", "name": "Bob", "favoriteColor": "blue"}))
    verified_as(verifier, name="Ada", favorite_color="red")
    user = (await verifier.verify({})).user
    assert (user.name, user["favoriteColor"]) == ("Ada", "red")


def test_only_a_session_verifier_is_replaced(verified_as: VerifiedAs) -> None:
    source: Any = Remote(NOWHERE)
    with pytest.raises(TypeError, match=r"give the SessionVerifier of your service, not a Remote\."):
        verified_as(source, name="Ada")


async def test_one_browser_reaches_the_server_and_the_service(auth_factory: AuthFactory) -> None:
    from fastapi import Depends, FastAPI

    from betterauth_py.verify.fastapi import SessionAuth

    auth = await auth_factory()
    ada = await auth.users.create(name="Ada", email="ada@example.com", password="correct horse battery")
    app = FastAPI()
    signed_in = Depends(SessionAuth(auth.verifier(), trusted_origins=[auth.url]).user)

    @app.post("/notes")
    async def add(user: Any = signed_in) -> dict[str, str]:
        return {"by": user.name}

    browser = await auth.client(apps={SERVICE: app})
    assert (await browser.post(f"{SERVICE}/notes")).status_code == 401
    body = {"email": ada.email, "password": "correct horse battery"}
    assert (await browser.post("/api/auth/sign-in/email", json=body)).status_code == 200
    assert (await browser.post(f"{SERVICE}/notes")).json() == {"by": "Ada"}
    foreign = await browser.post(f"{SERVICE}/notes", headers={"origin": "https://evil.example"})
    assert foreign.status_code == 403
    await browser.post("/api/auth/sign-out", json={})
    assert (await browser.post(f"{SERVICE}/notes")).status_code == 401


def test_one_browser_without_await_reaches_asgi_and_wsgi(sync_auth_factory: SyncAuthFactory) -> None:
    from flask import Flask

    from betterauth_py.verify.flask import SessionAuth

    auth = sync_auth_factory()
    app = Flask(__name__)
    known = SessionAuth(auth.verifier(), app)

    @app.get("/me")
    @known.login_required
    def me() -> dict[str, str]:
        return {"name": known.current_user.name}

    async def asgi(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    browser = auth.client(auth.users.create(name="Ada"), apps={SERVICE: app, "http://localhost:9000": asgi})
    assert browser.get(f"{SERVICE}/me").json() == {"name": "Ada"}
    assert browser.get("http://localhost:9000/").status_code == 204


async def test_cookies_stay_with_the_host_that_set_them(auth_factory: AuthFactory) -> None:
    seen: list[str | None] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(dict(scope["headers"]).get(b"cookie"))
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    auth = await auth_factory(base_url="https://auth.example.com")
    apps = {"https://other.test": app, "https://auth.example.com:8443": app, "http://auth.example.com": app}
    browser = await auth.client(await auth.users.create(), apps=apps)
    for origin in apps:
        await browser.get(f"{origin}/")
    assert seen[0] is None
    assert b"__Secure-better-auth.session_token=" in (seen[1] or b"")
    assert seen[2] is None
