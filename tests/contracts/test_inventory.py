"""Every endpoint of the reference is implemented, or listed as missing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from betterauth_py.endpoints import CORE_ENDPOINTS
from betterauth_py.http.endpoint import Endpoint
from betterauth_py.models.fields import snake_case
from betterauth_py.plugins import BUILT_IN
from betterauth_py.plugins.plugin import Plugin
from scripts.write_contracts import PLUGINS

CONTRACTS = Path(__file__).parents[2] / "contracts"
OURS_ALONE = {"session"}


def reference_endpoints(owner: str = "core") -> list[dict[str, Any]]:
    return [endpoint for endpoint in inventory()["endpoints"] if endpoint["owner"] == owner]


def inventory() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((CONTRACTS / "endpoints.json").read_text(encoding="utf-8"))
    return loaded


def visibility(endpoint: Endpoint[Any, Any]) -> str:
    if endpoint.path is None:
        return "server-only"
    return "client" if endpoint.shown_to_clients else "hidden-from-client"


def test_every_core_endpoint_is_implemented_as_the_reference_has_it_or_listed_as_missing() -> None:
    missing = yaml.safe_load((CONTRACTS / "missing.yaml").read_text(encoding="utf-8"))
    expected = {
        snake_case(endpoint["operation"]): (endpoint["path"], sorted(endpoint["methods"]), endpoint["visibility"])
        for endpoint in reference_endpoints()
        if endpoint["operation"] not in missing["core"]
    }
    implemented = {
        endpoint.operation: (endpoint.path, sorted(endpoint.methods), visibility(endpoint))
        for endpoint in CORE_ENDPOINTS
        if endpoint.operation not in OURS_ALONE
    }
    assert implemented == expected


def test_the_list_of_missing_endpoints_names_only_what_the_reference_has() -> None:
    missing = yaml.safe_load((CONTRACTS / "missing.yaml").read_text(encoding="utf-8"))
    assert set(missing["core"]) <= {endpoint["operation"] for endpoint in reference_endpoints()}


def test_every_plugin_is_built_in_or_listed_as_missing() -> None:
    missing = yaml.safe_load((CONTRACTS / "missing.yaml").read_text(encoding="utf-8"))["plugins"]
    owners = {endpoint["owner"] for endpoint in inventory()["endpoints"]} - {"core"}
    assert sorted([*missing, *BUILT_IN]) == sorted(owners)


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda plugin: plugin.id)
def test_every_endpoint_and_table_of_a_plugin_is_as_the_reference_has_it(plugin: Plugin) -> None:
    expected = {
        snake_case(endpoint["operation"]): (endpoint["path"], sorted(endpoint["methods"]), endpoint["visibility"])
        for endpoint in reference_endpoints(plugin.id)
    }
    implemented = {one.operation: (one.path, sorted(one.methods), visibility(one)) for one in plugin.endpoints}
    assert implemented == expected
    tables = {
        name: {field: f"{declared.type}{'' if declared.required else '?'}" for field, declared in model.fields.items()}
        for name, model in plugin.schema.items()
    }
    assert tables == inventory()["tables"][plugin.id]
