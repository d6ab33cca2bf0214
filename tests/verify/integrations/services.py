"""The same small service in every framework: /me and POST /notes need somebody; /maybe and the WebSocket do not."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from starlette.websockets import WebSocketDisconnect

from betterauth_py.verify import Remote, SessionVerifier, User, sync
from tests.verify.integrations.people import PAGE

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it would rather have httpx's successor
    from starlette.testclient import TestClient, WebSocketDenialResponse

ADDRESS = "http://localhost:8000"


@dataclass
class Service:
    """A running service, asked without any cookie of an earlier answer."""

    client: httpx.Client

    def ask(self, method: str, path: str, headers: Mapping[str, str] | None = None) -> httpx.Response:
        """Send one request."""
        self.client.cookies.clear()
        return self.client.request(method, path, headers=dict(headers or {}))

    def open(self, path: str, headers: Mapping[str, str]) -> tuple[int, Any]:
        """Open a WebSocket: 101 and its first message, or the status and body (or close code) of the rejection."""
        assert isinstance(self.client, TestClient)
        self.client.cookies.clear()
        try:
            with self.client.websocket_connect(path, headers=dict(headers)) as websocket:
                return 101, websocket.receive_json()
        except WebSocketDenialResponse as denied:
            return denied.status_code, denied.json()
        except WebSocketDisconnect as closed:
            return closed.code, closed.reason


def over_asgi(app: Any) -> Iterator[Service]:
    with TestClient(app, base_url=ADDRESS, follow_redirects=False) as client:
        yield Service(client)


@contextmanager
def fastapi_service(auth_url: str, *, refreshed_cookies: bool = True, **options: Any) -> Iterator[Service]:
    from tests.verify.integrations.in_fastapi import make_app

    yield from over_asgi(make_app(verifier_for(auth_url), refreshed_cookies, given(options)))


@contextmanager
def starlette_service(auth_url: str, **options: Any) -> Iterator[Service]:
    from starlette.applications import Starlette
    from starlette.authentication import requires
    from starlette.middleware import Middleware
    from starlette.requests import Request
    from starlette.responses import JSONResponse
    from starlette.routing import Route, WebSocketRoute
    from starlette.websockets import WebSocket

    from betterauth_py.verify.starlette import BetterAuthMiddleware

    async def me(request: Request) -> JSONResponse:
        if not request.user.is_authenticated:
            return JSONResponse({"detail": "Not authenticated"}, 401)
        assert request.auth.session.user_id == request.user.identity
        return JSONResponse({"name": request.user.display_name})

    @requires("authenticated", status_code=401)
    async def add_note(request: Request) -> JSONResponse:
        return JSONResponse({"added": True})

    async def maybe(request: Request) -> JSONResponse:
        return JSONResponse({"name": request.user.display_name or None})

    async def live(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.send_json({"name": websocket.user.display_name or None})
        await websocket.close()

    routes = [
        Route("/me", me),
        Route("/maybe", maybe),
        Route("/notes", add_note, methods=["POST"]),
        WebSocketRoute("/live", live),
    ]
    middleware = Middleware(BetterAuthMiddleware, verifier=verifier_for(auth_url), **given(options))
    yield from over_asgi(Starlette(routes=routes, middleware=[middleware]))


@contextmanager
def litestar_service(auth_url: str, **options: Any) -> Iterator[Service]:
    from tests.verify.integrations.in_litestar import make_app

    yield from over_asgi(make_app(verifier_for(auth_url), given(options)))


@contextmanager
def asgi_service(auth_url: str, **options: Any) -> Iterator[Service]:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import JSONResponse
    from starlette.routing import Route, WebSocketRoute
    from starlette.websockets import WebSocket

    from betterauth_py.verify.asgi import BetterAuthMiddleware

    async def me(request: Request) -> JSONResponse:
        user: User | None = request.scope["user"]
        if user is None:
            return JSONResponse({"detail": "Not authenticated"}, 401)
        assert request.scope["betterauth"].session.user_id == user.id
        return JSONResponse({"name": user.name})

    async def maybe(request: Request) -> JSONResponse:
        user: User | None = request.scope["user"]
        return JSONResponse({"name": user.name if user else None})

    async def live(websocket: WebSocket) -> None:
        user: User | None = websocket.scope["user"]
        await websocket.accept()
        await websocket.send_json({"name": user.name if user else None})
        await websocket.close()

    routes = [
        Route("/me", me),
        Route("/maybe", maybe),
        Route("/notes", me, methods=["POST"]),
        WebSocketRoute("/live", live),
    ]
    yield from over_asgi(BetterAuthMiddleware(Starlette(routes=routes), verifier_for(auth_url), **given(options)))


@contextmanager
def flask_service(auth_url: str, **options: Any) -> Iterator[Service]:
    from flask import Flask

    from betterauth_py.verify.flask import SessionAuth

    app = Flask(__name__)
    with sync.SessionVerifier(sync.Remote(auth_url)) as verifier:
        auth = SessionAuth(verifier, app, **given(options))

        @app.get("/me")
        @auth.login_required
        def me() -> dict[str, str]:
            assert auth.current_session.session.user_id == auth.current_user.id
            return {"name": auth.current_user.name}

        @app.get("/maybe")
        def maybe() -> dict[str, str | None]:
            return {"name": auth.user.name if auth.user else None}

        @app.post("/notes")
        @auth.login_required
        async def add_note() -> dict[str, bool]:
            return {"added": True}

        with httpx.Client(transport=httpx.WSGITransport(app), base_url=ADDRESS) as client:
            yield Service(client)


@contextmanager
def django_service(
    auth_url: str, *, asynchronous: bool, async_verifier: bool = False, **options: Any
) -> Iterator[Service]:
    from tests.verify.integrations.in_django import handler, with_lifespan

    settings = {f"BETTERAUTH_{name.upper()}": value for name, value in given(options).items()}
    if async_verifier:
        verifier = SessionVerifier(Remote(auth_url))
        with handler(verifier, asynchronous, settings) as app:
            yield from over_asgi(with_lifespan(app, verifier.aclose))
        return
    with sync.SessionVerifier(sync.Remote(auth_url)) as blocking, handler(blocking, asynchronous, settings) as app:
        if asynchronous:
            yield from over_asgi(with_lifespan(app))
        else:
            with httpx.Client(transport=httpx.WSGITransport(app), base_url=ADDRESS) as client:
                yield Service(client)


SERVICES: dict[str, Callable[..., AbstractContextManager[Service]]] = {
    "fastapi": fastapi_service,
    "starlette": starlette_service,
    "litestar": litestar_service,
    "asgi": asgi_service,
    "flask": flask_service,
    "django": lambda auth_url, **options: django_service(auth_url, asynchronous=False, **options),
    "django async": lambda auth_url, **options: django_service(auth_url, asynchronous=True, **options),
    "django all async": lambda auth_url, **options: django_service(
        auth_url, asynchronous=True, async_verifier=True, **options
    ),
}
WITH_WEBSOCKETS = ["fastapi", "starlette", "litestar", "asgi"]


def verifier_for(auth_url: str) -> SessionVerifier:
    return SessionVerifier(Remote(auth_url))


def given(options: dict[str, Any]) -> dict[str, Any]:
    return {"trusted_origins": [PAGE], **options}
