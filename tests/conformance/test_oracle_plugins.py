"""The reference loads every plugin by the registry, also those of other packages than better-auth's own."""

from __future__ import annotations

import json
import subprocess

import pytest

from betterauth_py.conformance.profiles import Profile
from betterauth_py.conformance.recorder.oracle import ORACLE, install
from betterauth_py.conformance.retargeting import Retargeting
from betterauth_py.plugins import registry
from betterauth_py.plugins.registry import BuiltIn, sources_of

COMPANIONS = (
    BuiltIn(id="two-factor", export="twoFactor"),
    BuiltIn(id="captcha", export="captcha", package="better-auth/plugins/captcha"),
    BuiltIn(id="api-key", export="apiKey", package="@better-auth/api-key"),
    BuiltIn(id="passkey", export="passkey", package="@better-auth/passkey"),
)
OPTIONS = {
    "two-factor": {"issuer": "Us"},
    "captcha": {"provider": "hcaptcha", "secretKey": "x"},
    "api-key": {},
    "passkey": {},
}


def node(script: str, *arguments: str) -> str:
    install()
    command = ["node", "--input-type=module", "--eval", script, *arguments]
    return subprocess.run(command, cwd=ORACLE, capture_output=True, text=True, check=True, timeout=60).stdout


@pytest.fixture
def companions(monkeypatch: pytest.MonkeyPatch) -> None:
    for plugin in COMPANIONS:
        monkeypatch.setitem(registry.BY_ID, plugin.id, plugin)


@pytest.mark.usefixtures("companions")
def test_a_plugin_is_loaded_from_the_package_that_exports_it() -> None:
    script = """
import { importMakers, withPlugins } from "./plugins.mjs";
const [options, sources] = JSON.parse(process.argv.at(-1));
const { plugins } = withPlugins({ plugins: options }, await importMakers(sources));
process.stdout.write(JSON.stringify(plugins.map(({ id }) => id)));
"""
    sources = sources_of(OPTIONS)
    assert sources["api-key"] == {"package": "@better-auth/api-key", "export": "apiKey"}
    assert json.loads(node(script, json.dumps([OPTIONS, sources]))) == list(OPTIONS)


@pytest.mark.usefixtures("companions")
def test_options_for_node_load_their_plugins_and_functions() -> None:
    options = {
        "plugins": {"api-key": {}, "jwt": {"jwt": {"getSubject": {"$fn": "emailAsSubject"}}}, "probe": {"$fn": "probe"}}
    }
    module = Profile("companions", "development", options, ()).as_javascript(Retargeting("auth.internal:4000"))
    shown = node(f"{module}\nprocess.stdout.write(JSON.stringify(options.plugins.map(({{ id }}) => id)));")
    assert json.loads(shown) == ["api-key", "jwt", "probe"]
    assert "noAdministrator" not in module
