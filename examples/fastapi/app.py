"""A FastAPI service that knows who is signed in at a BetterAuth server: `uvicorn app:app --port 8000`."""

import os
from typing import Annotated

from fastapi import Depends, FastAPI
from fastapi.middleware.cors import CORSMiddleware
from pydantic import BaseModel

from betterauth_py.verify import Remote, SessionVerifier, User
from betterauth_py.verify.fastapi import RefreshedCookiesMiddleware, SessionAuth

AUTH_URL = os.environ.get("AUTH_URL", "http://localhost:3001")
PAGE_URL = os.environ.get("PAGE_URL", "http://localhost:3000")

auth = SessionAuth(SessionVerifier(Remote(AUTH_URL)), trusted_origins=[PAGE_URL])

CurrentUser = Annotated[User, Depends(auth.user)]
MaybeUser = Annotated[User | None, Depends(auth.optional_user)]

app = FastAPI(title="Notes", lifespan=auth.lifespan)
app.add_middleware(RefreshedCookiesMiddleware)
app.add_middleware(
    CORSMiddleware,
    allow_origins=[PAGE_URL],
    allow_credentials=True,  # the browser may send the session's cookie
    allow_methods=["GET", "POST"],
    allow_headers=["Content-Type"],
)

notes: dict[str, list[str]] = {}


class Note(BaseModel):
    text: str


@app.get("/me")
async def me(user: CurrentUser) -> dict[str, str]:
    return {"id": user.id, "name": user.name, "email": user.email}


@app.get("/greeting")
async def greeting(user: MaybeUser) -> dict[str, str]:
    return {"greeting": f"Hello, {user.name}!" if user else "Hello, stranger!"}


@app.get("/notes")
async def list_notes(user: CurrentUser) -> list[str]:
    return notes.get(user.id, [])


@app.post("/notes", status_code=201)
async def add_note(note: Note, user: CurrentUser) -> dict[str, str]:
    notes.setdefault(user.id, []).append(note.text)
    return {"added": note.text}
