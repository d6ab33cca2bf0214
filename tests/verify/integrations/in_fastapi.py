"""The service in FastAPI. Its annotations have to be seen where they stand, so no postponed ones here."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Response, WebSocket

from betterauth_py.verify import SessionVerifier, User, VerifiedSession
from betterauth_py.verify.fastapi import RefreshedCookiesMiddleware, SessionAuth


def make_app(verifier: SessionVerifier, refreshed_cookies: bool, options: dict[str, Any]) -> FastAPI:
    auth = SessionAuth(verifier, **options)
    CurrentUser = Annotated[User, Depends(auth.user)]  # noqa: N806 - a type
    MaybeUser = Annotated[User | None, Depends(auth.optional_user)]  # noqa: N806
    CurrentSession = Annotated[VerifiedSession, Depends(auth.session)]  # noqa: N806

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with auth.lifespan(app):
            yield

    app = FastAPI(lifespan=lifespan)
    app.state.auth = auth
    if refreshed_cookies:
        app.add_middleware(RefreshedCookiesMiddleware)

    @app.get("/me")
    async def me(user: CurrentUser, verified: CurrentSession) -> dict[str, str]:
        assert verified.user is user
        return {"name": user.name}

    @app.get("/maybe")
    async def maybe(user: MaybeUser) -> dict[str, str | None]:
        return {"name": user.name if user else None}

    @app.post("/notes")
    async def add_note(user: CurrentUser) -> dict[str, bool]:
        return {"added": bool(user.id)}

    @app.get("/own-response")
    async def own_response(user: CurrentUser) -> Response:
        return Response(user.name)

    @app.get("/health")
    async def health() -> str:
        return "ok"

    @app.websocket("/live")
    async def live(websocket: WebSocket, user: MaybeUser) -> None:
        await websocket.accept()
        await websocket.send_json({"name": user.name if user else None})
        await websocket.close()

    @app.websocket("/mine")
    async def mine(websocket: WebSocket, user: CurrentUser) -> None:
        await websocket.accept()
        await websocket.send_json({"name": user.name})
        await websocket.close()

    return app
