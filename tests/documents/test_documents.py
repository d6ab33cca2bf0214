"""The documents say what is true: options, links and the example of the first page."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from runpy import run_path
from typing import Any

import pytest

from betterauth_py import Plugin
from betterauth_py.assembly.mails import CORE_MAILS
from betterauth_py.assembly.options import load_options
from betterauth_py.plugins.last_login_method.options import LastLoginMethodOptions
from tests.http.client import Client
from tests.options.test_tagged_groups import API_KEY, CAPTCHA

ROOT = Path(__file__).parents[2]
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]
OWN = Plugin(id="notes")
LINK = re.compile(r"\]\((?!https?://|#)([^)#]+)")


def _toml_blocks() -> list[str]:
    pages = [ROOT / "docs" / "plugins.md", *sorted((ROOT / "docs" / "plugins").glob("*.md"))]
    texts = (page.read_text(encoding="utf-8") for page in pages)
    return [block for text in texts for block in re.findall(r"```toml\n(.*?)```", text, re.DOTALL)]


def test_every_option_is_documented_as_it_is_declared() -> None:
    command = [sys.executable, str(ROOT / "scripts/document_options.py"), "--check"]
    assert subprocess.run(command, check=False).returncode == 0, "run: python scripts/document_options.py"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_to_files_that_are_there(document: Path) -> None:
    targets = LINK.findall(document.read_text(encoding="utf-8"))
    assert [target for target in targets if not (document.parent / target).exists()] == []


def test_the_embedding_app_knows_who_is_signed_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    testclient = pytest.importorskip("fastapi.testclient", reason="needs fastapi")
    text = (ROOT / "docs/embedding.md").read_text(encoding="utf-8")
    source = next(block for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL) if "BetterAuth(" in block)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BETTER_AUTH_SECRET", "wT5mOQpYyJ3s8r2vKx7uZ1aB4cD6eF9g")
    module: dict[str, object] = {}
    exec(compile(source.replace("from __future__", "# "), "embedding.md", "exec"), module)  # noqa: S102 - ours
    with testclient.TestClient(module["app"], base_url="http://localhost:8000") as client:
        assert client.get("/me").json() == {"user": None}
        body = {"name": "Ada", "email": "ada@example.com", "password": "correct horse"}
        answer = client.post("/api/auth/sign-up/email", json=body, headers={"origin": "http://localhost:8000"})
        assert answer.status_code == 200, answer.text
        assert client.get("/me").json()["user"]["name"] == "Ada"


async def test_the_hooks_of_the_document_do_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / "docs/hooks.md").read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BETTER_AUTH_SECRET", "wT5mOQpYyJ3s8r2vKx7uZ1aB4cD6eF9g")
    monkeypatch.setenv("BETTER_AUTH_URL", "http://localhost:3000")
    module: dict[str, Any] = {}
    exec(compile(text.split("```python\n")[1].partition("```")[0], "hooks.md", "exec"), module)  # noqa: S102 - ours
    auth = module["auth"]
    await auth.migrate()
    async with auth:
        client = Client(auth.app)
        body = {"name": " Ada ", "email": "ada@example.com", "password": "correct horse"}
        refused = await client.post("/api/auth/sign-up/email", {**body, "email": "ada@elsewhere.test"})
        assert (refused.status, refused.json()["code"]) == (403, "NOT_ONE_OF_US")
        assert (await client.post("/api/auth/sign-up/email", [])).status == 400
        assert (await client.post("/api/auth/sign-up/email", body)).json()["user"]["name"] == "Ada"
        assert (await client.post("/api/auth/sign-in/email", body)).header("x-welcome") == "Ada"


async def test_the_plugin_of_the_document_does_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / "docs/plugins.md").read_text(encoding="utf-8")
    [source] = [block for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL) if "def notes(" in block]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BETTER_AUTH_SECRET", "wT5mOQpYyJ3s8r2vKx7uZ1aB4cD6eF9g")
    monkeypatch.setenv("BETTER_AUTH_URL", "http://localhost:3000")
    module: dict[str, Any] = {}
    exec(compile(source, "plugins.md", "exec"), module)  # noqa: S102 - ours
    auth = module["auth"]
    await auth.migrate()
    async with auth:
        client = Client(auth.app)
        assert (await client.post("/api/auth/notes", {"title": "first"})).status == 401
        await client.post("/api/auth/sign-up/email", {"name": "A", "email": "a@example.com", "password": "password1"})
        notes = [await client.post("/api/auth/notes", {"title": title}) for title in ("one", "two", "three", "four")]
        assert [note.status for note in notes] == [200, 200, 200, 403]
        assert (notes[0].json()["title"], notes[3].json()["code"]) == ("one", "TOO_MANY_NOTES")


@pytest.mark.parametrize("block", _toml_blocks())
def test_the_options_of_the_documents_of_plugins_are_good(block: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in re.findall(r'env = "(\w+)"', block):
        monkeypatch.setenv(variable, "a")
    values = tomllib.loads(re.sub(r'"\w+(\.\w+)*:\w+"', '"builtins:bool"', block))
    for name, given in values["plugins"].items():
        values["plugins"][name] = "tests.documents.test_documents:OWN" if name == "notes" else given
    assert load_options(values).plugins


def test_every_dependency_of_the_server_is_explained() -> None:
    declared = (ROOT / "pyproject.toml").read_text(encoding="utf-8").partition("[project.optional-dependencies]")[2]
    server = declared.partition("server = [")[2].partition("\n]")[0]
    names = re.findall(r'"([A-Za-z0-9-]+)', server)
    assert len(names) > 10
    explained = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    assert [name for name in names if name not in explained] == []


def test_groups_that_a_tag_tells_apart_are_documented_with_it() -> None:
    group_page = run_path(str(ROOT / "scripts/document_options.py"))["group_page"]
    page = group_page("plugins.captcha", CAPTCHA)
    headings = [line for line in page.splitlines() if line.startswith(("#", "With"))]
    assert headings == [
        "# `plugins.captcha`",
        'With `provider = "hcaptcha"`:',
        "## `plugins.captcha.provider`",
        "## `plugins.captcha.secret_key`",
        "## `plugins.captcha.site_key`",
        'With `provider = "recaptcha-v3"` or `provider = "recaptcha"`:',
        "## `plugins.captcha.provider`",
        "## `plugins.captcha.secret_key`",
        "## `plugins.captcha.min_score`",
    ]
    listed = group_page("plugins.api_key", API_KEY)
    assert "## `plugins.api_key[].config_id`" in listed
    assert '\nWith `storage = "database"`, or without it:\n' in listed


def test_options_of_a_base_class_are_documented_with_its_words() -> None:
    group_page = run_path(str(ROOT / "scripts/document_options.py"))["group_page"]
    assert "\nColumn names by field name (" in group_page("plugins.last-login-method", LastLoginMethodOptions)


def test_the_document_lists_every_mail_with_what_takes_its_place() -> None:
    text = (ROOT / "docs/mail.md").read_text(encoding="utf-8")
    table = [line for line in text.splitlines() if line.startswith("| `") and line.count("|") == 4]
    rows = [
        f"| `{kind.name}` | {kind.purpose} | {f'`{kind.replaced_by}` ' if kind.replaced_by else ''}|"
        for kind in CORE_MAILS
    ]
    assert [row for row in rows if row not in table] == []
