"""What `import betterauth_py` gives, and what it costs."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from _pytest.fixtures import FixtureFunctionDefinition

import betterauth_py
from betterauth_py import plugins, testing
from betterauth_py.errors import MissingExtraError
from betterauth_py.testing import plugin

PUBLIC = [
    "APIError",
    "BetterAuth",
    "BetterAuthError",
    "ConfigurationError",
    "DatabaseError",
    "MailError",
    "Options",
    "Plugin",
    "PluginError",
    "RedisStorage",
    "SecondaryStorageError",
    "SmsError",
    "__version__",
]


PUBLIC_IN_TESTS = [
    "AuthFactory",
    "AuthHarness",
    "BrowserCookie",
    "CapturedCodes",
    "CapturedMails",
    "CapturedTexts",
    "Mail",
    "ManualClock",
    "Record",
    "RowFactory",
    "SessionFactory",
    "SignedIn",
    "StorageState",
    "SyncAuthFactory",
    "SyncAuthHarness",
    "UserFactory",
    "VerifiedAs",
    "verified_as",
]
FIXTURES = ["auth_clock", "auth_factory", "sync_auth_factory", "verified_as"]


def in_a_new_process(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    return done.stdout


def test_exactly_these_names_are_public_and_each_is_there() -> None:
    assert betterauth_py.__all__ == PUBLIC
    assert dir(betterauth_py) == PUBLIC
    assert [name for name in PUBLIC if getattr(betterauth_py, name, None) is None] == []
    assert [getattr(betterauth_py, name).__name__ for name in PUBLIC[:-1]] == PUBLIC[:-1]


def test_exactly_these_names_are_public_in_tests_and_each_is_there() -> None:
    assert testing.__all__ == PUBLIC_IN_TESTS
    assert dir(testing) == PUBLIC_IN_TESTS
    assert [getattr(testing, name).__name__ for name in PUBLIC_IN_TESTS] == PUBLIC_IN_TESTS
    with pytest.raises(AttributeError, match=r"module 'betterauth_py\.testing' has no attribute 'auth'"):
        _ = testing.auth


def test_exactly_these_fixtures_come_with_the_plugin() -> None:
    fixtures = [name for name, one in vars(plugin).items() if isinstance(one, FixtureFunctionDefinition)]
    assert sorted(fixtures) == FIXTURES


def test_another_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'betterauth_py' has no attribute 'BetterOauth'"):
        _ = betterauth_py.BetterOauth


def test_the_import_loads_nothing_of_the_server() -> None:
    code = """
import json, sys
before = set(sys.modules)
import betterauth_py
loaded = {name.partition('.')[0] for name in set(sys.modules) - before}
print(json.dumps(sorted(loaded - set(sys.stdlib_module_names))))
"""
    assert json.loads(in_a_new_process(code)) == ["betterauth_py"]


def test_the_import_takes_no_time() -> None:
    code = "import time; start = time.process_time(); import betterauth_py; print(time.process_time() - start)"
    assert min(float(in_a_new_process(code)) for _ in range(3)) < 0.06


@pytest.mark.parametrize("missing", ["litestar", "sqlalchemy", "msgspec", "argon2"])
def test_without_the_server_extra_the_error_says_how_to_install_it(missing: str) -> None:
    code = f"""
import sys
sys.modules[{missing!r}] = None
import betterauth_py
try:
    betterauth_py.BetterAuth
except betterauth_py.BetterAuthError as error:
    print(error)
"""
    said = in_a_new_process(code).strip()
    assert said == f"{missing} is not installed. Install it with: pip install 'betterauth-parity[server]'"


def test_the_errors_form_one_family() -> None:
    family = (betterauth_py.ConfigurationError, betterauth_py.DatabaseError, MissingExtraError)
    assert all(issubclass(error, betterauth_py.BetterAuthError) for error in family)
    assert not issubclass(betterauth_py.APIError, betterauth_py.BetterAuthError)


def test_exactly_the_names_of_the_plugin_api_are_public_and_each_is_there() -> None:
    assert set(plugins.__all__) == set(plugins._HOMES)
    assert [name for name in plugins.__all__ if getattr(plugins, name, None) is None] == []
    assert {"Plugin", "Contributions", "ExtensionPoint", "MailKind", "Security", "plugin_factory"} <= {*dir(plugins)}
    with pytest.raises(AttributeError, match="has no attribute 'Plugins'"):
        _ = plugins.Plugins


def test_the_plugin_api_loads_nothing_before_a_name_is_used() -> None:
    code = "import betterauth_py.plugins, sys; print('sqlalchemy' in sys.modules, 'msgspec' in sys.modules)"
    assert in_a_new_process(code).split() == ["False", "False"]
