"""FastAPI reads the session from the database of Next.js: `uvicorn database:app --port 8000`."""

import os
from typing import Annotated

from fastapi import Depends, FastAPI
from fastapi.middleware.cors import CORSMiddleware
from sqlalchemy.ext.asyncio import create_async_engine

from betterauth_py.verify import Database, SessionVerifier, User
from betterauth_py.verify.fastapi import SessionAuth

NEXT_URL = os.environ.get("NEXT_URL", "http://localhost:3000")

engine = create_async_engine(os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+asyncpg://", 1))
verifier = SessionVerifier(Database(engine, columns="camelCase"))  # and BETTER_AUTH_SECRET in the environment
auth = SessionAuth(verifier, trusted_origins=[NEXT_URL])
CurrentUser = Annotated[User, Depends(auth.user)]

app = FastAPI(lifespan=auth.lifespan)
app.add_middleware(
    CORSMiddleware,
    allow_origins=[NEXT_URL],
    allow_credentials=True,
    allow_methods=["GET", "POST"],
    allow_headers=["Content-Type"],
)


@app.get("/me")
async def me(user: CurrentUser) -> dict[str, str]:
    return {"id": user.id, "name": user.name, "email": user.email}
