"""An auth that can be called from wherever Hypothesis runs: it has an event loop of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from betterauth_py import BetterAuth
from betterauth_py.plugins.registry import EXAMPLES
from tests.conftest import BASE_URL, CHEAP_PASSWORDS, SECRET
from tests.http.client import Client
from tests.http.people import sign_up

ELSEWHERE = {"captcha", "have-i-been-pwned"}
"""Plugins without endpoints that ask a service on the internet before others' do anything."""
# A stored login method would change the user after the session was cached.
PLUGINS = {id: options for id, options in EXAMPLES.items() if id not in ELSEWHERE} | {"last-login-method": {}}

Result = TypeVar("Result")


@dataclass
class Service:
    """A running auth with one user, and that user's cookies."""

    auth: BetterAuth
    loop: asyncio.AbstractEventLoop
    cookies: dict[str, str]

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Run `work` to its end."""
        return self.loop.run_until_complete(work)

    def client(self, **cookies: str) -> Client:
        """Return a client with these cookies; it gives up after five seconds."""
        return Client(self.auth.app, cookies=cookies, timeout=5)


@contextmanager
def running(folder: Path, **options: Any) -> Iterator[Service]:
    """Start an auth and sign somebody up."""
    auth = BetterAuth(
        **{
            "base_url": BASE_URL,
            "secret": SECRET,
            "database": {"url": f"sqlite:///{folder / 'auth.db'}"},
            "email_and_password": {"enabled": True, "password": CHEAP_PASSWORDS},
            "plugins": PLUGINS,
            **options,
        }
    )
    loop = asyncio.new_event_loop()
    service = Service(auth, loop, {})
    try:
        service.run(auth.migrate())
        service.run(auth.startup())
        client = service.client()
        service.run(sign_up(client))
        service.cookies = client.cookies
        yield service
    finally:
        service.run(auth.shutdown())
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
