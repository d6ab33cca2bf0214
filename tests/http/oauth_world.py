"""GitHub as a test needs it: codes that stand for people, tokens that are refreshed, and a server that can be down."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx

from betterauth_py import BetterAuth
from tests.conftest import MakeAuth
from tests.http.client import Client, Reply

ADA = {"id": 7, "login": "ada", "name": "Ada", "email": "ada@example.com", "verified": True}


@dataclass
class GitHub:
    """What the provider answers; a code is a person's login."""

    people: dict[str, dict[str, Any]] = field(default_factory=lambda: {"ada": ADA})
    seconds: float = 0
    """How long each answer takes."""
    is_down: bool = False
    expires_in: int | None = None
    refresh_token: str | None = None
    """The refresh token that counts; each use makes a new one."""
    look: Callable[[httpx.Request], Awaitable[None]] | None = None
    """Called while a request waits for its answer."""
    requests: list[httpx.Request] = field(default_factory=list)

    def client(self) -> httpx.AsyncClient:
        """Return the client that an auth is to ask with."""
        return httpx.AsyncClient(transport=httpx.MockTransport(self._answer))

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if self.look is not None:
            await self.look(request)
        if self.seconds:
            await asyncio.sleep(self.seconds)
        if self.is_down:
            raise httpx.ConnectError("no route")
        if request.url.path == "/login/oauth/access_token":
            return self._token(dict(parse_qsl(request.content.decode())))
        person = self.people[request.headers["authorization"].split("-")[-1]]
        if request.url.path == "/user":
            return httpx.Response(200, json={name: person.get(name) for name in ("id", "login", "name", "avatar_url")})
        email = {"email": person["email"], "primary": True, "verified": person["verified"]}
        return httpx.Response(200, json=[email] if person["email"] else [])

    def _token(self, form: dict[str, str]) -> httpx.Response:
        login = form.get("code", "ada")
        if form["grant_type"] == "refresh_token":
            if form["refresh_token"] != self.refresh_token:
                return httpx.Response(400, json={"error": "invalid_grant"})
            self.refresh_token = f"{self.refresh_token}+"
        elif login not in self.people:
            return httpx.Response(200, json={"error": "bad_verification_code"})
        answer: dict[str, Any] = {"access_token": f"access-{len(self.requests)}-{login}", "scope": "read:user"}
        if self.expires_in is not None:
            answer["expires_in"] = self.expires_in
        if self.refresh_token is not None:
            answer["refresh_token"] = self.refresh_token
        return httpx.Response(200, json=answer)


async def with_github(make_auth: MakeAuth, github: GitHub, **options: Any) -> BetterAuth:
    """Return an auth whose users can sign in with `github`."""
    provider = {"client_id": "id", "client_secret": "secret", **options.pop("provider", {})}
    options.setdefault("email_and_password", {"enabled": True})
    return await make_auth(http_client=github.client(), social_providers={"github": provider}, **options)


async def begin(client: Client, path: str = "/api/auth/sign-in/social", **body: Any) -> str:
    """Begin a sign-in or a link; return its state."""
    reply = await client.post(path, {"provider": "github", "callbackURL": "/in", "errorCallbackURL": "/oops", **body})
    assert reply.status == 200, reply
    url: str = reply.json()["url"]
    return parse_qs(urlsplit(url).query)["state"][0]


async def come_back(client: Client, state: str, code: str = "ada", provider: str = "github", **more: str) -> Reply:
    """Come back from the provider."""
    query = httpx.QueryParams({"code": code, "state": state, **more})
    return await client.get(f"/api/auth/callback/{provider}?{query}")


async def sign_in(client: Client, code: str = "ada", **body: Any) -> str:
    """Sign in from the first to the last step; return where it leads to."""
    reply = await come_back(client, await begin(client, **body), code)
    assert reply.status == 302, reply
    return reply.header("location") or ""


async def count(auth: BetterAuth, *models: str) -> list[int]:
    """Return how many rows each model has."""
    return [await auth.context.rows.count(model) for model in models]
