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


def test_every_framework_is_shown() -> None:
    assert {f"test_{framework}.py" for framework in SERVICES if framework != "asgi"} <= set(FILES)


@pytest.mark.parametrize("name", sorted(set(FILES) - {"conftest.py"} - ELSEWHERE))
def test_the_tests_of_the_page_pass(name: str, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(PAGE.parents[1]))
    pytester.makepyfile(myservice=SERVICE.format(framework=name.removeprefix("test_").removesuffix(".py")))
    # Starlette's client would rather have another httpx, and says so to everybody.
    result = run(pytester, FILES[name], "-W", "default")
    result.assert_outcomes(passed=FILES[name].count("def test_"))
