"""Every endpoint of the reference is implemented, or listed as missing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from betterauth_py.endpoints import CORE_ENDPOINTS
from betterauth_py.http.endpoint import Endpoint

CONTRACTS = Path(__file__).parents[2] / "contracts"
OURS_ALONE = {"session"}


def reference_endpoints() -> list[dict[str, Any]]:
    inventory = json.loads((CONTRACTS / "endpoints.json").read_text(encoding="utf-8"))
    return [endpoint for endpoint in inventory["endpoints"] if endpoint["owner"] == "core"]


def in_snake_case(operation: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in operation)


def visibility(endpoint: Endpoint[Any, Any]) -> str:
    if endpoint.path is None:
        return "server-only"
    return "client" if endpoint.shown_to_clients else "hidden-from-client"


def test_every_core_endpoint_is_implemented_as_the_reference_has_it_or_listed_as_missing() -> None:
    missing = yaml.safe_load((CONTRACTS / "missing.yaml").read_text(encoding="utf-8"))
    expected = {
        in_snake_case(endpoint["operation"]): (endpoint["path"], sorted(endpoint["methods"]), endpoint["visibility"])
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
