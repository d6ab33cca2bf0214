"""The first page's shortest service knows who is signed in."""

from __future__ import annotations

import re
from typing import Any

from tests.clients.servers import ROOT
from tests.verify.integrations.people import sign_up
from tests.verify.integrations.services import over_asgi


def test_the_service_of_the_readme_knows_who_is_signed_in(auth_url: str) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (source,) = [block for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL) if "SessionAuth(" in block]
    assert "http://localhost:3001" in source
    module: dict[str, Any] = {}
    exec(source.replace("http://localhost:3001", auth_url), module)  # noqa: S102 - our own README
    for service in over_asgi(module["app"]):
        assert service.ask("GET", "/me").status_code == 401
        answer = service.ask("GET", "/me", sign_up(auth_url))
        assert (answer.status_code, answer.json()["name"]) == (200, "Ada Lovelace")
