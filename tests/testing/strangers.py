"""Test files of strangers, run as they run them."""

from __future__ import annotations

import pytest

CONFTEST = 'pytest_plugins = ["betterauth_py.testing.plugin"]\n'
INI = "[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = function\nfilterwarnings = error\n"


def run(
    pytester: pytest.Pytester, source: str, *arguments: str, runner: str = "pytest_asyncio.plugin"
) -> pytest.RunResult:
    """Run a test file in a folder and a process of its own."""
    pytester.makefile(
        ".ini", pytest=INI if runner.startswith("pytest_asyncio") else "[pytest]\nfilterwarnings = error\n"
    )
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(source)
    with pytest.MonkeyPatch.context() as only:
        # The other plugins that are installed here take seconds to load.
        only.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
        return pytester.runpytest_subprocess("-p", runner, "-p", "no:cacheprovider", *arguments)
