"""The service in Litestar. Its annotations have to be seen where they stand, so no postponed ones here."""

from typing import Any

from litestar import Litestar, Request, WebSocket, get, post, websocket

from betterauth_py.verify import SessionVerifier, User
from betterauth_py.verify.litestar import (
    SESSION_SECURITY,
    BetterAuthPlugin,
    CurrentSession,
    CurrentUser,
    OptionalSession,
    OptionalUser,
    signed_in,
)


@get("/me", security=SESSION_SECURITY)
async def me(
    current_user: CurrentUser, current_session: CurrentSession, request: Request[Any, Any, Any]
) -> dict[str, str]:
    assert current_session.session.user_id == current_user.id
    assert request.user is current_user
    assert request.auth is current_session
    return {"name": current_user.name}


@get("/maybe")
async def maybe(optional_user: OptionalUser, optional_session: OptionalSession) -> dict[str, str | None]:
    assert (optional_user is None) is (optional_session is None)
    return {"name": optional_user.name if optional_user else None}


@post("/notes", guards=[signed_in], status_code=200)
async def add_note() -> dict[str, bool]:
    return {"added": True}


@get("/whole")
async def whole(current_user: CurrentUser) -> User:
    return current_user


@get("/health", exclude_from_auth=True)
async def health(request: Request[Any, Any, Any], optional_user: OptionalUser) -> dict[str, Any]:
    assert (request.auth, optional_user) == (None, None)
    return {"health": "ok", "user": request.user}


@websocket("/live")
async def live(socket: WebSocket[Any, Any, Any]) -> None:
    await socket.accept()
    await socket.send_json({"name": socket.user.name if socket.user else None})
    await socket.close()


@websocket("/mine", guards=[signed_in])
async def mine(socket: WebSocket[Any, Any, Any], current_user: CurrentUser) -> None:
    await socket.accept()
    await socket.send_json({"name": current_user.name})
    await socket.close()


def make_app(verifier: SessionVerifier, options: dict[str, Any]) -> Litestar:
    return Litestar(
        [me, maybe, whole, add_note, health, live, mine],
        plugins=[BetterAuthPlugin(verifier, **options)],
        logging_config=None,
    )
