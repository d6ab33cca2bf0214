"""The pages about the doors, followed to the letter: their code, copied into one file, knows who is signed in."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
from django.core.handlers.wsgi import WSGIHandler
from fastapi import Depends, FastAPI
from flask import Flask
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from betterauth_py.verify import User
from betterauth_py.verify.asgi import BetterAuthMiddleware
from betterauth_py.verify.fastapi import SessionAuth as FastAPIAuth
from betterauth_py.verify.flask import SessionAuth as FlaskAuth
from tests.clients.servers import ROOT
from tests.verify.doors.conftest import NOBODY
from tests.verify.doors.in_django import handler
from tests.verify.doors.in_litestar import make_app as in_litestar
from tests.verify.doors.people import PAGE, sign_up
from tests.verify.doors.services import ADDRESS, Service, over_asgi

PAGES = ROOT / "docs" / "verify"
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def blocks(page: Path) -> list[str]:
    return BLOCK.findall(page.read_text(encoding="utf-8"))


@contextmanager
def module_of(source: str, name: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Run the code as a module, in which frameworks look annotations up."""
    module = ModuleType(name)
    monkeypatch.setitem(sys.modules, name, module)
    exec(compile(source, f"{name}.md", "exec"), vars(module))  # noqa: S102 - our own page
    yield module


def from_the_example(framework: str) -> str:
    """What the page shows of `app.py`, in the order in which it shows it."""
    app = (ROOT / "examples" / framework / "app.py").read_text(encoding="utf-8")
    return "\n\n".join(block for block in blocks(PAGES / f"{framework}.md") if block in app)


@pytest.mark.parametrize("framework", ["asgi", "fastapi", "flask", "litestar", "starlette"])
def test_the_code_of_a_page_runs_as_it_stands(framework: str, auth_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTH_URL", auth_url)
    monkeypatch.setenv("PAGE_URL", PAGE)
    with module_of(from_the_example(framework), f"page_{framework}", monkeypatch) as page:
        for service in running(page.app):
            assert service.ask("GET", "/me").status_code == 401
            assert service.ask("GET", "/me", sign_up(auth_url)).json()["name"] == "Ada Lovelace"
            assert service.ask("GET", "/greeting", {"origin": PAGE}).headers["access-control-allow-origin"] == PAGE
        if framework == "flask":  # nobody tells it that the process ends
            page.auth._door.verifier.close()


@pytest.mark.parametrize("name", ["remote", "tokens"])
def test_the_service_behind_next_js_runs_as_it_stands(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEXT_URL", NOBODY)
    (source,) = [block for block in blocks(PAGES / "nextjs.md") if ("JWT(" if name == "tokens" else "Remote(") in block]
    headers = {"origin": NOBODY, "access-control-request-method": "GET"}
    wanted = "authorization" if name == "tokens" else "content-type"
    with module_of(source, f"page_{name}", monkeypatch) as page:
        for service in running(page.app):
            preflight = service.ask("OPTIONS", "/me", headers | {"access-control-request-headers": wanted})
            assert preflight.status_code == 200, preflight.text


def stand_in(user: User | None, monkeypatch: pytest.MonkeyPatch, *, blocking: bool = False) -> Any:
    """The verifier that docs/verify.md shows for tests, with or without `await`."""
    (source,) = [block for block in blocks(ROOT / "docs" / "verify.md") if "class StandIn" in block]
    text = source.replace("async def", "def") if blocking else source
    with module_of(text, "page_stand_in", monkeypatch) as page:
        assert page.stand_in.user.name == "Grace"
        return page.StandIn(user)


@contextmanager
def app_with(framework: str, verifier: Any) -> Iterator[Any]:
    """A service whose `/me` needs somebody."""
    if framework == "fastapi":
        fastapi_auth = FastAPIAuth(verifier)
        app = FastAPI(lifespan=fastapi_auth.lifespan)
        app.add_api_route("/me", lambda: "me", dependencies=[Depends(fastapi_auth.session)])
        yield app
    elif framework == "flask":
        flask_app = Flask(__name__)
        flask_auth = FlaskAuth(verifier, flask_app)
        flask_app.add_url_rule("/me", view_func=lambda: flask_auth.current_user.name, endpoint="me")
        yield flask_app
    elif framework == "litestar":
        yield in_litestar(verifier, {})
    elif framework == "django":
        with handler(verifier, False, {}) as django_app:
            yield django_app
    else:
        yield BetterAuthMiddleware(
            Starlette(routes=[Route("/me", lambda _: PlainTextResponse("me"))]), verifier, required=True
        )


@pytest.mark.parametrize("framework", ["asgi", "django", "fastapi", "flask", "litestar"])
def test_services_are_tested_without_an_auth_server(framework: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for user, status in ((User({"id": "1", "name": "Grace"}), 200), (None, 401)):
        verifier = stand_in(user, monkeypatch, blocking=framework in {"django", "flask"})
        with app_with(framework, verifier) as app:
            for service in running(app):
                assert service.ask("GET", "/me").status_code == status


def running(app: Any) -> Iterator[Service]:
    if isinstance(app, (Flask, WSGIHandler)):
        with httpx.Client(transport=httpx.WSGITransport(app), base_url=ADDRESS) as client:
            yield Service(client)
    else:
        yield from over_asgi(app)
