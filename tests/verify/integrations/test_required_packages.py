"""What an integration needs: its framework, and the verifier's right twin."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from betterauth_py.errors import ConfigurationError
from betterauth_py.verify import Remote, SessionVerifier, sync
from tests.verify.integrations.conftest import NOBODY
from tests.verify.integrations.services import Service

Serve = Callable[..., Service]


def test_the_wrong_twin_is_refused_at_the_start() -> None:
    from flask import Flask

    from betterauth_py.verify.fastapi import SessionAuth as FastAPIAuth
    from betterauth_py.verify.flask import SessionAuth as FlaskAuth

    blocking: Any = sync.SessionVerifier(sync.Remote(NOBODY))
    awaited: Any = SessionVerifier(Remote(NOBODY))
    with pytest.raises(ConfigurationError, match=r"use betterauth_py\.verify\.SessionVerifier, not sync's"):
        FastAPIAuth(blocking)
    with pytest.raises(ConfigurationError, match=r"sync\.SessionVerifier\(sync\.Remote\(\.\.\.\)\)"):
        FlaskAuth(awaited, Flask(__name__))


def test_a_way_is_no_verifier_and_soon_is_no_number() -> None:
    from betterauth_py.verify.asgi import BetterAuthMiddleware

    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError

    source: Any = Remote(NOBODY)
    with pytest.raises(ConfigurationError, match=r"^verifier: give a SessionVerifier, .*, not a Remote\.$"):
        BetterAuthMiddleware(app, source)
    kind: Any = SessionVerifier
    with pytest.raises(ConfigurationError, match=r"not the class SessionVerifier\.$"):
        BetterAuthMiddleware(app, kind)
    for wrong in ("soon", 1.5, -1, True):
        retry_after: Any = wrong
        with pytest.raises(ConfigurationError, match=r"^retry_after: give whole seconds"):
            BetterAuthMiddleware(app, SessionVerifier(Remote(NOBODY)), retry_after=retry_after)


FRAMEWORKS = {
    "django": "Django",
    "fastapi": "FastAPI",
    "flask": "Flask",
    "litestar": "Litestar",
    "starlette": "Starlette",
}


@pytest.mark.parametrize(("module", "framework"), FRAMEWORKS.items())
def test_a_framework_that_is_not_installed_is_named(module: str, framework: str) -> None:
    code = f"""
import sys

class NotInstalled:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {{{module!r}, "asgiref"}}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, NotInstalled())
import betterauth_py.verify.{module}
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        f"ModuleNotFoundError: betterauth_py.verify.{module} is for {framework}, which is not installed: "
        f"pip install {module}"
    )


def test_a_framework_that_is_too_old_is_named() -> None:
    code = "import litestar.di; del litestar.di.NamedDependency; import betterauth_py.verify.litestar"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert "ImportError: betterauth_py.verify.litestar needs a newer Litestar: pip install --upgrade" in done.stderr


def test_the_plain_middleware_needs_no_framework() -> None:
    code = """
import sys
import betterauth_py.verify.asgi
frameworks = {"fastapi", "starlette", "litestar", "flask", "werkzeug", "django", "asgiref", "pydantic"}
print(sorted(frameworks & {name.partition(".")[0] for name in sys.modules}))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "[]\n"
