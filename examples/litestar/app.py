"""A Litestar service that knows who is signed in at a BetterAuth server: `uvicorn app:app --port 8000`."""

import os
from dataclasses import dataclass

from litestar import Litestar, get, post
from litestar.config.cors import CORSConfig
from litestar.params import JSONBody

from betterauth_py.verify import Remote, SessionVerifier
from betterauth_py.verify.litestar import SESSION_SECURITY, BetterAuthPlugin, CurrentUser, OptionalUser, signed_in

AUTH_URL = os.environ.get("AUTH_URL", "http://localhost:3001")
PAGE_URL = os.environ.get("PAGE_URL", "http://localhost:3000")

notes: dict[str, list[str]] = {}


@dataclass
class Note:
    text: str


@get("/me", security=SESSION_SECURITY)
async def me(current_user: CurrentUser) -> dict[str, str]:
    return {"id": current_user.id, "name": current_user.name, "email": current_user.email}


@get("/greeting")
async def greeting(optional_user: OptionalUser) -> dict[str, str]:
    return {"greeting": f"Hello, {optional_user.name if optional_user else 'stranger'}!"}


@get("/notes", guards=[signed_in], security=SESSION_SECURITY)
async def list_notes(current_user: CurrentUser) -> list[str]:
    return notes.get(current_user.id, [])


@post("/notes", guards=[signed_in], security=SESSION_SECURITY)
async def add_note(data: JSONBody[Note], current_user: CurrentUser) -> dict[str, str]:
    notes.setdefault(current_user.id, []).append(data.text)
    return {"added": data.text}


app = Litestar(
    route_handlers=[me, greeting, list_notes, add_note],
    plugins=[BetterAuthPlugin(SessionVerifier(Remote(AUTH_URL)), trusted_origins=[PAGE_URL])],
    cors_config=CORSConfig(
        allow_origins=[PAGE_URL],
        allow_credentials=True,
        allow_methods=["GET", "POST"],
        allow_headers=["Content-Type"],
    ),
)
