"""The pages about the integrations: their code, copied into one file, works as they say."""

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
from flask import Flask

from tests.clients.servers import ROOT
from tests.verify.integrations.conftest import NOBODY
from tests.verify.integrations.people import PAGE, sign_up
from tests.verify.integrations.services import ADDRESS, Service, over_asgi

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
            page.auth._verifier.verifier.close()


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


def running(app: Any) -> Iterator[Service]:
    if isinstance(app, (Flask, WSGIHandler)):
        with httpx.Client(transport=httpx.WSGITransport(app), base_url=ADDRESS) as client:
            yield Service(client)
    else:
        yield from over_asgi(app)
