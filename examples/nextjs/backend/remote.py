"""FastAPI asks Next.js who is signed in: `uvicorn remote:app --port 8000`."""

import os
from typing import Annotated

from fastapi import Depends, FastAPI
from fastapi.middleware.cors import CORSMiddleware

from betterauth_py.verify import Remote, SessionVerifier, User
from betterauth_py.verify.fastapi import SessionAuth

NEXT_URL = os.environ.get("NEXT_URL", "http://localhost:3000")

auth = SessionAuth(SessionVerifier(Remote(NEXT_URL)), trusted_origins=[NEXT_URL])
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
