"""Databases of ours with somebody signed in, for ways that read them."""

from __future__ import annotations

from typing import Any

from betterauth_py.crypto.signing import sign_base64
from betterauth_py.javascript.values import encode_uri_component
from betterauth_py.verify import CookieNames, Database
from tests.store.support import SECRET, auth_on, running, sign_up

PLAIN = CookieNames(secure=False)


class People:
    """A database with somebody signed in."""

    def __init__(self, url: str, columns: str, cookie: str, email: str) -> None:
        self.url, self.columns, self.cookie, self.email = url, columns, cookie, email

    def way(self, source: Any, **more: Any) -> Database:
        columns: Any = self.columns
        return Database(source, secret=SECRET, columns=columns, cookies=PLAIN, **more)


def cookie_of(token: str) -> str:
    return f"better-auth.session_token={encode_uri_component(f'{token}.{sign_base64(SECRET, token)}')}"


async def populated(url: str, layout: str) -> People:
    async with running(auth_on(url, database={"url": url, "layout": layout})) as auth:
        answer = await sign_up(auth)
        columns = "snake_case" if layout == "drizzle" else "camelCase"
        return People(url, columns, cookie_of(answer["token"]), answer["user"]["email"])


def path_of(people: People) -> str:
    return people.url.removeprefix("sqlite:///")


def through(people: People, driver: str) -> str:
    return people.url.replace("://", f"+{driver}://", 1)
