"""The limit: what a hand-written ASGI app reaches that does nothing but this one answer.

It reads the cookie, checks its signature, asks the database once per request with a prepared statement on one of ten
dedicated connections, and writes the same JSON. With a cached session it checks that signature too and asks nobody. No
routing, no options, no hooks, no batching.
"""

from __future__ import annotations

import asyncio
import sys
from base64 import b64decode, urlsafe_b64decode
from datetime import datetime
from hmac import compare_digest, digest
from json import loads
from time import time
from typing import Any
from urllib.parse import unquote

import asyncpg
import msgspec
import uvicorn

CONNECTIONS = 10
COOKIE = b"better-auth.session_token="
SESSION_FIELDS = ("expiresAt", "token", "createdAt", "updatedAt", "ipAddress", "userAgent", "userId", "id")
USER_FIELDS = ("name", "email", "emailVerified", "image", "createdAt", "updatedAt", "id")
QUERY = """
    SELECT s.expires_at, s.token, s.created_at, s.updated_at, s.ip_address, s.user_agent, s.user_id, s.id,
           u.name, u.email, u.email_verified, u.image, u.created_at, u.updated_at, u.id
    FROM session s JOIN "user" u ON u.id = s.user_id WHERE s.token = $1
"""
HEADERS = [(b"cache-control", b"no-store"), (b"content-type", b"application/json"), (b"pragma", b"no-cache")]
CACHED = b"; better-auth.session_data="


class _Envelope(msgspec.Struct):
    session: msgspec.Raw
    expiresAt: int  # noqa: N815 - the wire's name
    signature: str


class _Data(msgspec.Struct):
    session: msgspec.Raw
    user: msgspec.Raw


_encode = msgspec.json.Encoder().encode
_decode_envelope = msgspec.json.Decoder(_Envelope).decode
_decode_data = msgspec.json.Decoder(_Data).decode


class RawApp:
    """An ASGI app with one answer."""

    def __init__(self, database: str, secret: str) -> None:
        self._database = database
        self._secret = secret.encode()
        self._statements: asyncio.LifoQueue[Any] = asyncio.LifoQueue()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        body = b"true" if scope["path"].endswith("/ok") else await self._session(scope["headers"])
        headers = [*HEADERS, (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _session(self, headers: list[tuple[bytes, bytes]]) -> bytes:
        cookie = next((value for name, value in headers if name == b"cookie"), b"")
        token_cookie, _, cached = cookie.partition(CACHED)
        token = self._token(token_cookie)
        if token is None:
            return b"null"
        if cached:
            return self._cached(cached)
        statement = await self._statements.get()
        try:
            row = await statement.fetchrow(token)
        finally:
            self._statements.put_nowait(statement)
        if row is None or row["expires_at"].timestamp() < time():
            return b"null"
        values = [_wire(value) for value in row]
        split = len(SESSION_FIELDS)
        return _encode(
            {
                "session": dict(zip(SESSION_FIELDS, values[:split], strict=True)),
                "user": dict(zip(USER_FIELDS, values[split:], strict=True)),
            }
        )

    def _token(self, cookie: bytes) -> str | None:
        if not cookie.startswith(COOKIE):
            return None
        token, _, signature = unquote(cookie[len(COOKIE) :].decode()).rpartition(".")
        expected = digest(self._secret, token.encode(), "sha256")
        return token if compare_digest(b64decode(signature), expected) else None

    def _cached(self, cookie: bytes) -> bytes:
        envelope = _decode_envelope(urlsafe_b64decode(cookie + b"=" * (-len(cookie) % 4)))
        data = bytes(envelope.session)
        expected = digest(self._secret, b'%b,"expiresAt":%d}' % (data[:-1], envelope.expiresAt), "sha256")
        given = urlsafe_b64decode(envelope.signature + "=")
        if not compare_digest(given, expected) or envelope.expiresAt < time() * 1000:
            return b"null"
        parts = _decode_data(data)
        return b'{"session":%b,"user":%b}' % (bytes(parts.session), bytes(parts.user))

    async def __aenter__(self) -> RawApp:
        self._connections = [await asyncpg.connect(self._database) for _ in range(CONNECTIONS)]
        for connection in self._connections:
            self._statements.put_nowait(await connection.prepare(QUERY))
        return self

    async def __aexit__(self, *_: object) -> None:
        for connection in self._connections:
            await connection.close()

    async def _live(self, receive: Any, send: Any) -> None:
        await receive()
        async with self:
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})


def _wire(value: Any) -> Any:
    return value.isoformat(timespec="milliseconds") + "Z" if type(value) is datetime else value


def main() -> None:
    """Serve with the settings of the first argument, as `betterauth serve` runs uvicorn."""
    settings = loads(sys.argv[1])
    uvicorn.run(
        RawApp(settings["database"], settings["secret"]),
        port=settings["port"],
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        lifespan="on",
    )


if __name__ == "__main__":
    main()
