"""The table of docs/compatibility.md: every endpoint of the reference and whether this server has it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import yaml

from betterauth_py.plugins.registry import BY_ID

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "compatibility.md"
INVENTORY = ROOT / "contracts" / "endpoints.json"
MISSING = ROOT / "contracts" / "missing.yaml"
_BLOCK = re.compile(r"(<!-- generated: endpoints -->\n).*?(<!-- end -->)", re.DOTALL)


def inventory() -> dict[str, Any]:
    """What contracts/oracle/endpoints.mjs printed."""
    loaded: dict[str, Any] = json.loads(INVENTORY.read_text(encoding="utf-8"))
    return loaded


def missing() -> dict[str, list[str]]:
    """What this server does not have yet."""
    loaded: dict[str, list[str]] = yaml.safe_load(MISSING.read_text(encoding="utf-8"))
    return loaded


def state(endpoint: dict[str, Any], absent: dict[str, list[str]]) -> str:
    """Whether this server has the endpoint. tests/contracts holds missing.yaml to what is implemented."""
    if endpoint["owner"] in absent["plugins"] or endpoint["operation"] in absent["core"]:
        return "not yet"
    return "served" if endpoint["path"] else "served, in-process"


def compatibility_md() -> str:
    """docs/compatibility.md with its table made anew."""
    absent = missing()
    endpoints = inventory()["endpoints"]
    states = [state(endpoint, absent) for endpoint in endpoints]
    served = sum(one.startswith("served") for one in states)
    lines = [
        f"{served} of {len(endpoints)} endpoints are served. Those in-process have no path: functions of the auth.",
        "",
        "| owner | endpoint | operation | state |",
        "|---|---|---|---|",
        *(_row(endpoint, shown) for endpoint, shown in zip(endpoints, states, strict=True)),
        "",
        f"Plugins that add no endpoints: {', '.join(f'`{name}`' for name in absent['without_endpoints'])}: not yet.",
    ]
    block = "\n".join(lines)
    return _BLOCK.sub(lambda match: f"{match[1]}\n{block}\n\n{match[2]}", PAGE.read_text(encoding="utf-8"))


def _row(endpoint: dict[str, Any], shown: str) -> str:
    owner = endpoint["owner"]
    written = f"[{owner}]({BY_ID[owner].page})" if owner in BY_ID else owner
    methods = "\\|".join(endpoint["methods"])
    place = f"`{methods} {endpoint['path']}`" if endpoint["path"] else "in-process"
    return f"| {written} | {place} | `{endpoint['operation']}` | {shown} |"
