"""A Starlette service that knows who is signed in at a BetterAuth server: `uvicorn app:app --port 8000`."""

import os

from starlette.applications import Starlette
from starlette.authentication import requires
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from betterauth_py.verify import Remote, SessionVerifier
from betterauth_py.verify.starlette import BetterAuthMiddleware

AUTH_URL = os.environ.get("AUTH_URL", "http://localhost:3001")
PAGE_URL = os.environ.get("PAGE_URL", "http://localhost:3000")

notes: dict[str, list[str]] = {}


@requires("authenticated", status_code=401)
async def me(request: Request) -> JSONResponse:
    return JSONResponse({"id": request.user.id, "name": request.user.name, "email": request.user.email})


async def greeting(request: Request) -> JSONResponse:
    name = request.user.name if request.user.is_authenticated else "stranger"
    return JSONResponse({"greeting": f"Hello, {name}!"})


@requires("authenticated", status_code=401)
async def list_notes(request: Request) -> JSONResponse:
    return JSONResponse(notes.get(request.user.id, []))


@requires("authenticated", status_code=401)
async def add_note(request: Request) -> JSONResponse:
    text = str((await request.json())["text"])
    notes.setdefault(request.user.id, []).append(text)
    return JSONResponse({"added": text}, status_code=201)


async def as_json(_: Request, error: HTTPException) -> JSONResponse:
    return JSONResponse({"detail": error.detail}, error.status_code, error.headers)


app = Starlette(
    exception_handlers={HTTPException: as_json},
    routes=[
        Route("/me", me),
        Route("/greeting", greeting),
        Route("/notes", list_notes),
        Route("/notes", add_note, methods=["POST"]),
    ],
    middleware=[
        # CORS first, so that refusals have its headers too.
        Middleware(
            CORSMiddleware,
            allow_origins=[PAGE_URL],
            allow_credentials=True,
            allow_methods=["GET", "POST"],
            allow_headers=["Content-Type"],
        ),
        Middleware(
            BetterAuthMiddleware,
            verifier=SessionVerifier(Remote(AUTH_URL)),
            trusted_origins=[PAGE_URL],
        ),
    ],
)
