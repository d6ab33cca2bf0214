"""An ASGI client without opinions: it sends the bytes it is given and shows the bytes it got."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

PROTECTIONS = {"content-security-policy", "referrer-policy", "x-content-type-options"}
Headers = Mapping[str, str] | Iterable[tuple[str, str]]


@dataclass(frozen=True)
class Reply:
    """One answer."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def json(self) -> Any:
        """Return the body as JSON."""
        return json.loads(self.body)

    def header(self, name: str) -> str | None:
        """Return the only value of a header, or None."""
        values = [value for header, value in self.headers if header == name]
        assert len(values) <= 1, values
        return values[0] if values else None

    @property
    def own_headers(self) -> list[tuple[str, str]]:
        """The headers without those that protect every answer (tests/http/test_security_headers.py)."""
        added = PROTECTIONS | {"cache-control"} if self.status >= 400 else PROTECTIONS
        return [(name, value) for name, value in self.headers if name not in added]

    @property
    def set_cookies(self) -> list[str]:
        """The `Set-Cookie` values in order."""
        return [value for header, value in self.headers if header == "set-cookie"]


@dataclass
class Client:
    """Plays requests against `app`; `cookies` are kept and sent as a browser would."""

    app: Any
    root_path: str = ""
    host: str = "localhost:3000"
    cookies: dict[str, str] = field(default_factory=dict)
    timeout: float = 10
    peer: str | None = "127.0.0.1"
    server: tuple[str, int | None] = ("127.0.0.1", 3000)

    async def get(self, target: str, headers: Headers = ()) -> Reply:
        """Send a GET."""
        return await self.send("GET", target, headers)

    async def post(self, target: str, body: Any = None, headers: Headers = ()) -> Reply:
        """Send a POST of JSON from a page of this server."""
        pairs = [("content-type", "application/json"), ("origin", f"http://{self.host}"), *_pairs(headers)]
        return await self.send("POST", target, pairs, json.dumps({} if body is None else body).encode())

    async def send(self, method: str, target: str, headers: Headers = (), body: bytes = b"") -> Reply:
        """Send any request; header names and values are sent as Latin-1."""
        reply = await asyncio.wait_for(self.prepared(method, target, headers, body), self.timeout)
        self._keep(reply.set_cookies)
        return reply

    def prepared(
        self, method: str, target: str, headers: Headers = (), body: bytes = b""
    ) -> Coroutine[Any, Any, Reply]:
        """Return a request that is ready to be sent: from then on only the app works."""
        pairs = [("host", self.host), *_pairs(headers)]
        if self.cookies:
            pairs.append(("cookie", "; ".join(f"{name}={value}" for name, value in self.cookies.items())))
        if body:
            pairs.append(("content-length", str(len(body))))
        path, _, query = target.partition("?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": _unquoted(path),
            "raw_path": path.encode("latin-1"),
            "query_string": query.encode("latin-1"),
            "root_path": self.root_path,
            "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in pairs],
            "client": (self.peer, 50_000) if self.peer is not None else None,
            "server": self.server,
            "state": {},
        }
        return self._play(scope, body)

    async def _play(self, scope: dict[str, Any], body: bytes) -> Reply:
        sent: list[dict[str, Any]] = []
        unread = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> dict[str, Any]:
            return unread.pop() if unread else {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await self.app(scope, receive, send)
        start, *rest = sent
        pairs = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in start["headers"]]
        return Reply(start["status"], pairs, b"".join(message.get("body", b"") for message in rest))

    def _keep(self, set_cookies: list[str]) -> None:
        for cookie in set_cookies:
            name, _, value = cookie.partition(";")[0].partition("=")
            if "Max-Age=0" in cookie:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value


def _pairs(headers: Headers) -> list[tuple[str, str]]:
    return list(headers.items()) if isinstance(headers, Mapping) else list(headers)


def _unquoted(path: str) -> str:
    from urllib.parse import unquote

    return unquote(path)
