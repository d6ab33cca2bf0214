"""An ASGI service without a framework that knows who is signed in: `uvicorn app:app --port 8000`.

The same middleware stands before any ASGI application: Quart, Sanic, BlackSheep, Django's, your own.
"""

import json
import os

from betterauth_py.verify import Remote, SessionVerifier
from betterauth_py.verify.asgi import BetterAuthMiddleware

AUTH_URL = os.environ.get("AUTH_URL", "http://localhost:3001")
PAGE_URL = os.environ.get("PAGE_URL", "http://localhost:3000")

notes: dict[str, list[str]] = {}


async def service(scope, receive, send):
    if scope["type"] == "lifespan":
        while (await receive())["type"] != "lifespan.shutdown":
            await send({"type": "lifespan.startup.complete"})
        await send({"type": "lifespan.shutdown.complete"})
        return
    user = scope["user"]  # a User, or None
    if scope["path"] == "/greeting":
        await answer(send, 200, {"greeting": f"Hello, {user.name if user else 'stranger'}!"})
    elif user is None:
        await answer(send, 401, {"detail": "Not authenticated"})
    elif scope["path"] == "/me":
        await answer(send, 200, {"id": user.id, "name": user.name, "email": user.email})
    elif scope["path"] == "/notes" and scope["method"] == "POST":
        text = json.loads(await body(receive))["text"]
        notes.setdefault(user.id, []).append(text)
        await answer(send, 201, {"added": text})
    elif scope["path"] == "/notes":
        await answer(send, 200, notes.get(user.id, []))
    else:
        await answer(send, 404, {"detail": "Not found"})


async def body(receive):
    whole, more = b"", True
    while more:
        message = await receive()
        whole += message.get("body", b"")
        more = message.get("more_body", False)
    return whole


async def answer(send, status, value):
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(value).encode()})


def allow_the_page(app):
    """CORS: the page may call this service with the session's cookie."""
    allowed = [
        (b"access-control-allow-origin", PAGE_URL.encode()),
        (b"access-control-allow-credentials", b"true"),
        (b"access-control-allow-methods", b"GET, POST"),
        (b"access-control-allow-headers", b"Content-Type"),
    ]

    async def with_cors(scope, receive, send):
        async def add_headers(message):
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"vary", b"Origin"), *allowed]
            await send(message)

        if scope["type"] != "http" or dict(scope["headers"]).get(b"origin") != PAGE_URL.encode():
            await app(scope, receive, send)
        elif scope["method"] == "OPTIONS":
            await answer(add_headers, 200, None)
        else:
            await app(scope, receive, add_headers)

    return with_cors


verifier = SessionVerifier(Remote(AUTH_URL))
app = allow_the_page(BetterAuthMiddleware(service, verifier, trusted_origins=[PAGE_URL]))
