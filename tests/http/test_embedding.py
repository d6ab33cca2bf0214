"""An auth inside another app: under its base path or at the root, with the host's lifespan starting it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar, asgi, get

from betterauth_py import BetterAuth
from tests.conftest import BASE_URL, CHEAP_PASSWORDS, SECRET
from tests.http.client import Client
from tests.http.people import sign_up

Embed = Callable[[BetterAuth, str], Any]
Lifespan = Callable[[Any], AbstractAsyncContextManager[None]]


def lifespan_of(auth: BetterAuth) -> Lifespan:
    """Mounted apps get no lifespan of their own: the host's starts and stops the auth."""

    @asynccontextmanager
    async def lifespan(_: Any) -> AsyncIterator[None]:
        await auth.migrate()
        await auth.startup()
        yield
        await auth.shutdown()

    return lifespan


def in_starlette(auth: BetterAuth, mounted_at: str) -> Any:
    routing = import_module("starlette.routing")

    async def page(_: Any) -> Any:
        return import_module("starlette.responses").PlainTextResponse("the host")

    routes = [routing.Route("/page", page), routing.Mount(mounted_at, app=auth.app)]
    return import_module("starlette.applications").Starlette(routes=routes, lifespan=lifespan_of(auth))


def in_fastapi(auth: BetterAuth, mounted_at: str) -> Any:
    app = import_module("fastapi").FastAPI(lifespan=lifespan_of(auth))

    def page() -> Any:
        return import_module("starlette.responses").PlainTextResponse("the host")

    app.get("/page")(page)
    app.mount(mounted_at, auth.app)
    return app


def in_litestar(auth: BetterAuth, mounted_at: str) -> Any:
    @get("/page", sync_to_thread=False, media_type="text/plain")
    def page() -> str:
        return "the host"

    return Litestar(
        [page, asgi(mounted_at, is_mount=True, copy_scope=True)(auth.app)],
        lifespan=[lifespan_of(auth)],
        openapi_config=None,
        logging_config=None,
    )


HOSTS = [
    pytest.param(in_starlette, marks=pytest.mark.skipif(find_spec("starlette") is None, reason="needs starlette")),
    pytest.param(in_fastapi, marks=pytest.mark.skipif(find_spec("fastapi") is None, reason="needs fastapi")),
    in_litestar,
]


@asynccontextmanager
async def alive(app: Any) -> AsyncIterator[None]:
    """Play the lifespan protocol as a server does."""
    inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    outbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": {}}
    running = asyncio.create_task(app(scope, inbox.get, outbox.put))

    async def play(event: str) -> None:
        await inbox.put({"type": f"lifespan.{event}"})
        answer = await asyncio.wait_for(outbox.get(), 10)
        assert answer == {"type": f"lifespan.{event}.complete"}

    await play("startup")
    try:
        yield
    finally:
        await play("shutdown")
        await asyncio.wait_for(running, 10)


def new_auth(tmp_path: Path, **options: Any) -> BetterAuth:
    return BetterAuth(
        **{
            "base_url": BASE_URL,
            "secret": SECRET,
            "database": {"url": f"sqlite:///{tmp_path / 'auth.db'}"},
            "email_and_password": {"enabled": True, "password": CHEAP_PASSWORDS},
            **options,
        }
    )


async def play(client: Client, base_path: str) -> None:
    """Sign up, read the session in both ways, sign out, and meet the bare 404."""
    await sign_up(client, base_path)
    found = (await client.get(f"{base_path}/get-session")).json()
    assert found["user"]["email"] == "alice@example.com"
    assert (await client.get(f"{base_path}/session")).json() == found
    missing = await client.get(f"{base_path}/nothing")
    assert (missing.status, missing.body) == (404, b"")
    assert (await client.post(f"{base_path}/sign-out")).json() == {"success": True}
    assert (await client.get(f"{base_path}/get-session")).json() is None


@pytest.mark.parametrize("embed", HOSTS)
@pytest.mark.parametrize("base_path", ["/api/auth", "/auth"])
async def test_it_works_under_its_base_path(tmp_path: Path, embed: Embed, base_path: str) -> None:
    auth = new_auth(tmp_path, base_path=base_path)
    app = embed(auth, base_path)
    async with alive(app):
        client = Client(app)
        await play(client, base_path)
        assert (await client.get("/page")).body == b"the host"


@pytest.mark.parametrize("embed", HOSTS)
async def test_it_works_at_the_root_beside_the_hosts_own_pages(tmp_path: Path, embed: Embed) -> None:
    auth = new_auth(tmp_path)
    app = embed(auth, "/")
    async with alive(app):
        client = Client(app)
        await play(client, "/api/auth")
        assert (await client.get("/page")).body == b"the host"
        assert (await client.get("/health/ready")).json() == {"status": "ok", "database": "ok"}
        assert (await client.get("/session")).json() == {"user": None, "session": None}


async def test_its_own_app_starts_and_stops_it_by_itself(tmp_path: Path) -> None:
    auth = new_auth(tmp_path)
    await auth.migrate()
    async with alive(auth.app):
        await play(Client(auth.app), "/api/auth")


async def test_a_host_that_strips_the_path_it_is_mounted_at_is_understood(tmp_path: Path) -> None:
    auth = new_auth(tmp_path)
    await auth.migrate()
    async with alive(auth.app):
        client = Client(auth.app, root_path="/api/auth")
        await play(client, "")


async def test_an_empty_base_path_serves_the_endpoints_at_the_root(tmp_path: Path) -> None:
    auth = new_auth(tmp_path, base_path="/")
    await auth.migrate()
    async with alive(auth.app):
        client = Client(auth.app)
        await play(client, "")
        assert list(auth.openapi()["paths"])[:2] == ["/sign-in/social", "/callback/{id}"]


async def test_without_a_base_url_links_and_origins_follow_the_host_that_was_asked(tmp_path: Path) -> None:
    auth = new_auth(tmp_path, base_url=None)
    await auth.migrate()
    async with alive(auth.app):
        await sign_up(Client(auth.app, host="one.test:8000"))
        stranger = Client(auth.app, host="one.test:8000", cookies={"a": "b"})
        assert (await stranger.post("/api/auth/sign-out")).status == 200
        refused = await stranger.send("POST", "/api/auth/sign-out", {"origin": "http://two.test:8000"})
        assert (refused.status, refused.json()["code"]) == (403, "INVALID_ORIGIN")


async def test_an_app_can_be_started_again_after_it_was_stopped(tmp_path: Path) -> None:
    # What test clients do: one app, a lifespan for every test.
    auth = new_auth(tmp_path)
    await auth.migrate()
    for email in ("first@example.com", "second@example.com"):
        async with alive(auth.app):
            client = Client(auth.app)
            await sign_up(client, email=email)
            assert (await client.get("/api/auth/get-session")).json()["user"]["email"] == email


@pytest.mark.parametrize("embed", HOSTS)
async def test_mounted_elsewhere_it_works_under_both_paths_and_says_that_links_do_not(
    tmp_path: Path, embed: Embed, caplog: pytest.LogCaptureFixture
) -> None:
    auth = new_auth(tmp_path)
    app = embed(auth, "/auth")
    async with alive(app):
        await play(Client(app), "/auth/api/auth")
    told = [record.getMessage() for record in caplog.records if "mounted" in record.getMessage()]
    assert told == [
        "This app is mounted at /auth, but its links lead to /api/auth, because that is its base path. Mount it at "
        "/api/auth, or set base_url (BETTER_AUTH_URL) to a URL with the path /auth or /auth/api/auth, whichever "
        "clients use."
    ]


@pytest.mark.parametrize("embed", HOSTS)
async def test_mounted_at_the_path_of_its_base_url_it_works_and_says_nothing(
    tmp_path: Path, embed: Embed, caplog: pytest.LogCaptureFixture
) -> None:
    auth = new_auth(tmp_path, base_url="http://localhost:3000/auth")
    app = embed(auth, "/auth")
    async with alive(app):
        await play(Client(app), "/auth")
    assert "mounted" not in caplog.text


async def test_superfluous_slashes_are_taken_for_no_mount(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    auth = new_auth(tmp_path)
    for path in ("//x", "/%2Fx", "/%2f%2fx", "/%2F", "//", "///api/auth/ok", "/%2Fapi/auth/ok", "*"):
        await Client(auth.app).get(path)
    assert "mounted" not in caplog.text


async def test_a_mount_with_a_parameter_fills_no_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    app = import_module("fastapi").FastAPI()
    app.mount("/of/{tenant}", new_auth(tmp_path).app)
    for number in range(30):
        assert (await Client(app).get(f"/of/{number}/api/auth/ok")).status == 200
    assert caplog.text.count("This app is mounted") == 10
