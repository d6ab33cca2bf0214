"""A small service per framework, as its owner writes it: a verifier in the module, and a page for those signed in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from betterauth_py.verify import Remote, SessionVerifier, User, sync

NOWHERE = "http://127.0.0.1:9"
"""Where no auth server is, nor anything else."""


@contextmanager
def fastapi_service() -> Iterator[tuple[Any, Any]]:
    from fastapi import Depends, FastAPI

    from betterauth_py.verify.fastapi import SessionAuth

    verifier = SessionVerifier(Remote(NOWHERE))
    auth, app = SessionAuth(verifier), FastAPI()
    signed_in = Depends(auth.user)

    @app.get("/me")
    async def me(user: Any = signed_in) -> dict[str, str]:
        return {"name": user.name}

    yield app, verifier


@contextmanager
def starlette_service() -> Iterator[tuple[Any, Any]]:
    from starlette.applications import Starlette
    from starlette.authentication import requires
    from starlette.middleware import Middleware
    from starlette.requests import Request
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    from betterauth_py.verify.starlette import BetterAuthMiddleware

    verifier = SessionVerifier(Remote(NOWHERE))

    @requires("authenticated", status_code=401)
    async def me(request: Request) -> JSONResponse:
        return JSONResponse({"name": request.user.display_name})

    middleware = [Middleware(BetterAuthMiddleware, verifier=verifier)]
    yield Starlette(routes=[Route("/me", me)], middleware=middleware), verifier


@contextmanager
def litestar_service() -> Iterator[tuple[Any, Any]]:
    from litestar import Litestar, Request, get

    from betterauth_py.verify.litestar import BetterAuthPlugin, signed_in

    verifier = SessionVerifier(Remote(NOWHERE))

    @get("/me", guards=[signed_in])
    async def me(request: Request[User, Any, Any]) -> dict[str, str]:
        return {"name": request.user.name}

    yield Litestar([me], plugins=[BetterAuthPlugin(verifier)]), verifier


@contextmanager
def asgi_service() -> Iterator[tuple[Any, Any]]:
    from starlette.responses import JSONResponse

    from betterauth_py.verify.asgi import BetterAuthMiddleware

    verifier = SessionVerifier(Remote(NOWHERE))

    async def me(scope: Any, receive: Any, send: Any) -> None:
        await JSONResponse({"name": scope["user"].name})(scope, receive, send)

    yield BetterAuthMiddleware(me, verifier, required=True), verifier


@contextmanager
def flask_service() -> Iterator[tuple[Any, Any]]:
    from flask import Flask

    from betterauth_py.verify.flask import SessionAuth

    app, verifier = Flask(__name__), sync.SessionVerifier(sync.Remote(NOWHERE))
    auth = SessionAuth(verifier, app)

    @app.get("/me")
    @auth.login_required
    def me() -> dict[str, str]:
        return {"name": auth.current_user.name}

    yield app, verifier


@contextmanager
def django_service() -> Iterator[tuple[Any, Any]]:
    from tests.verify.integrations.in_django import handler

    verifier = sync.SessionVerifier(sync.Remote(NOWHERE))
    with handler(verifier, False, {}) as app:
        yield app, verifier


SERVICES: dict[str, Callable[[], Any]] = {
    "fastapi": fastapi_service,
    "starlette": starlette_service,
    "litestar": litestar_service,
    "asgi": asgi_service,
    "flask": flask_service,
    "django": django_service,
}
