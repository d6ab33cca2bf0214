"""Every endpoint of the reference is implemented, or listed as missing."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from betterauth_py.conformance.recorder.oracle import install
from betterauth_py.core.endpoint import Endpoint
from betterauth_py.core.plugin import Plugin
from betterauth_py.endpoints import CORE_ENDPOINTS
from betterauth_py.models.fields import snake_case
from betterauth_py.plugins.registry import BY_ID
from scripts.endpoint_table import compatibility_md, inventory, missing
from scripts.write_contracts import PLUGINS

CONTRACTS = Path(__file__).parents[2] / "contracts"
ORACLE = CONTRACTS / "oracle"
OURS_ALONE = {"session"}


def reference_endpoints(owner: str = "core") -> list[dict[str, Any]]:
    own = [endpoint for endpoint in inventory()["endpoints"] if endpoint["owner"] == owner]
    # Only better-auth's types keep code in its process from calling these; a client has no method for either.
    hidden = {"http-only": "hidden-from-client"}
    return [{**endpoint, "visibility": hidden.get(endpoint["visibility"], endpoint["visibility"])} for endpoint in own]


def visibility(endpoint: Endpoint[Any, Any]) -> str:
    if endpoint.path is None:
        return "server-only"
    return "client" if endpoint.shown_to_clients else "hidden-from-client"


def test_every_core_endpoint_is_implemented_as_the_reference_has_it_or_listed_as_missing() -> None:
    expected = {
        snake_case(endpoint["operation"]): (endpoint["path"], sorted(endpoint["methods"]), endpoint["visibility"])
        for endpoint in reference_endpoints()
        if endpoint["operation"] not in missing()["core"]
    }
    implemented = {
        endpoint.operation: (endpoint.path, sorted(endpoint.methods), visibility(endpoint))
        for endpoint in CORE_ENDPOINTS
        if endpoint.operation not in OURS_ALONE
    }
    assert implemented == expected


def test_the_list_of_missing_endpoints_names_only_what_the_reference_has() -> None:
    assert set(missing()["core"]) <= {endpoint["operation"] for endpoint in reference_endpoints()}


def test_every_plugin_is_built_in_or_listed_as_missing() -> None:
    owners = {endpoint["owner"] for endpoint in inventory()["endpoints"]} - {"core"}
    assert sorted([*missing()["plugins"], *(plugin.id for plugin in PLUGINS if plugin.endpoints)]) == sorted(owners)


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda plugin: plugin.id)
def test_every_endpoint_and_table_of_a_plugin_is_as_the_reference_has_it(plugin: Plugin) -> None:
    expected = {
        snake_case(endpoint["operation"]): (endpoint["path"], sorted(endpoint["methods"]), endpoint["visibility"])
        for endpoint in reference_endpoints(plugin.id)
    }
    implemented = {one.operation: (one.path, sorted(one.methods), visibility(one)) for one in plugin.endpoints}
    assert implemented == expected
    declared_tables = {name: model.fields for name, model in plugin.schema.items()} | dict(plugin.columns)
    tables = {
        name: {
            field: f"{declared.type}{'' if declared.required else '?'}{' unique' if declared.unique else ''}"
            for field, declared in fields.items()
        }
        for name, fields in declared_tables.items()
    }
    assert tables == inventory()["tables"].get(plugin.id, {})


def test_the_inventory_is_that_of_the_running_packages() -> None:
    install()
    done = subprocess.run(["node", "endpoints.mjs"], cwd=ORACLE, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == inventory()


def test_the_table_has_every_endpoint_of_the_inventory_once_with_its_state() -> None:
    table = compatibility_md().split("## Every endpoint")[1].split("\n")
    rows = [line.split(" | ") for line in table if line.startswith("| ") and "`" in line]
    endpoints = inventory()["endpoints"]
    assert len(endpoints) == 237
    assert [row[2] for row in rows] == [f"`{endpoint['operation']}`" for endpoint in endpoints]
    ours = [*CORE_ENDPOINTS, *(endpoint for plugin in PLUGINS for endpoint in plugin.endpoints)]
    served = {endpoint.operation for endpoint in ours}
    for row, endpoint in zip(rows, endpoints, strict=True):
        is_ours = endpoint["owner"] in ("core", *BY_ID) and snake_case(endpoint["operation"]) in served
        assert row[3].startswith("served") == is_ours, row
