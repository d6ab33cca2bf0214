"""docs/testing.md, copied into files by a stranger: every test on the page passes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.testing.services import SERVICES
from tests.testing.strangers import run

PAGE = Path(__file__).parents[2] / "docs" / "testing.md"
FILES = dict(re.findall(r"```python\n# (\S+)\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL))
# It needs pytest-playwright, which does not fit the browser at hand; tests/clients/test_storage_state.py stands for it.
ELSEWHERE = {"test_browser.py"}
SERVICE = """
from contextlib import ExitStack
from tests.testing.services import SERVICES

opened = ExitStack()
app, verifier = opened.enter_context(SERVICES[{framework!r}]())
"""
FRAMEWORKS = sorted(set(SERVICES) - {"asgi"})


def test_the_tests_of_the_page_pass(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(PAGE.parents[1]))
    tests = {name: text for name, text in FILES.items() if name not in {"conftest.py", *ELSEWHERE}}
    for framework in FRAMEWORKS:
        # All in one process: each framework's service is a module of its own.
        pytester.makepyfile(**{f"{framework}_service": SERVICE.format(framework=framework)})
        name = f"test_{framework}.py"
        tests[name] = tests[name].replace("from myservice import", f"from {framework}_service import")
    pytester.makepyfile(**{name.removesuffix(".py"): text for name, text in tests.items()})
    # Starlette's client would rather have another httpx, and says so to everybody.
    result = run(pytester, "", "-W", "default")
    result.assert_outcomes(passed=sum(text.count("def test_") for text in tests.values()), warnings=1)
