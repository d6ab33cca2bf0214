"""What the documents import is public."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parents[2]
PUBLIC = (
    "plugins",
    "plugins.tools",
    "plugins.anonymous",
    "plugins.captcha",
    "plugins.email_otp",
    "plugins.generic_oauth",
    "plugins.jwt",
    "plugins.have_i_been_pwned",
    "plugins.i18n",
    "plugins.last_login_method",
    "plugins.magic_link",
    "plugins.one_tap",
    "plugins.passkey",
    "plugins.phone_number",
    "plugins.siwe",
    "plugins.two_factor",
    "plugins.username",
    "testing",
    "verify",
    "options",
)
INTEGRATIONS = ("asgi", "django", "fastapi", "flask", "litestar", "starlette")
LISTED = {"betterauth_py", *(f"betterauth_py.{name}" for name in PUBLIC)}
MODULES = {*LISTED, *(f"betterauth_py.verify.{name}" for name in INTEGRATIONS)}
SUBMODULES = {("betterauth_py.verify", "sync")}
_IMPORT = re.compile(r"^from (betterauth_py[\w.]*) import (\([^)]*\)|[^\n]+)", re.MULTILINE)


def test_the_documents_import_only_what_is_public() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").glob("*/README.md")]
    found = [(page.name, *match) for page in pages for match in _IMPORT.findall(page.read_text(encoding="utf-8"))]
    assert len(found) > 20
    assert [(page, module) for page, module, _ in found if module not in MODULES] == []
    hidden = {
        f"{page}: {module}.{name}"
        for page, module, names in found
        if module in LISTED
        for name in re.findall(r"\w+", names.partition("#")[0])
        if name not in import_module(module).__all__ and (module, name) not in SUBMODULES
    }
    assert hidden == set()
