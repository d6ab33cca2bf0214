"""A running auth service, and one small service per framework that asks it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.clients.servers import free_port, our_server
from tests.verify.integrations.people import PAGE
from tests.verify.integrations.services import SERVICES, Service

NOBODY = "http://127.0.0.1:9"
"""An address where nothing listens (the discard service is not installed anywhere)."""


@pytest.fixture(scope="session")
def auth_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`betterauth serve`, which prolongs a session, and so refreshes its cookie, whenever it is read."""
    folder = tmp_path_factory.mktemp("auth")
    profile = {"emailAndPassword": {"enabled": True}, "session": {"updateAge": 0}}
    with our_server(free_port(), [PAGE], folder, profile) as url:
        yield url


@pytest.fixture
def serve() -> Iterator[Callable[..., Service]]:
    """Makes a service of a framework, by its name."""
    with ExitStack() as open_services:

        def make(framework: str, auth_url: str, **options: object) -> Service:
            return open_services.enter_context(SERVICES[framework](auth_url, **options))

        yield make
