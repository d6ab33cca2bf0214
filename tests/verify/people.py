"""Databases of ours with somebody signed in, for sources that read them."""

from __future__ import annotations

from typing import Any

from betterauth_py.testing import SessionFactory, UserFactory
from betterauth_py.verify import CookieNames, Database
from tests.store.support import SECRET, auth_on, running

PLAIN = CookieNames(secure=False)


class People:
    """A database with somebody signed in."""

    def __init__(self, url: str, columns: str, cookie: str, email: str) -> None:
        self.url, self.columns, self.cookie, self.email = url, columns, cookie, email

    def source(self, source: Any, **more: Any) -> Database:
        columns: Any = self.columns
        return Database(source, secret=SECRET, columns=columns, cookies=PLAIN, **more)


async def populated(url: str, layout: str) -> People:
    async with running(auth_on(url, database={"url": url, "layout": layout})) as auth:
        signed_in = await SessionFactory(auth.context).login(
            await UserFactory(auth.context).create(email_verified=False)
        )
        columns = "snake_case" if layout == "drizzle" else "camelCase"
        return People(url, columns, signed_in.headers["cookie"], signed_in.user.email)


def path_of(people: People) -> str:
    return people.url.removeprefix("sqlite:///")


def through(people: People, driver: str) -> str:
    return people.url.replace("://", f"+{driver}://", 1)
