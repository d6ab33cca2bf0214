"""docs/error-codes.md: every code that a client can meet, with its message, its statuses and where it comes from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from betterauth_py.core.endpoint import Endpoint
from betterauth_py.core.plugin import Plugin

PAGE = Path(__file__).resolve().parent.parent / "docs" / "error-codes.md"
_HEAD = """# Error codes

Every `error.code` a client can receive, and where it comes from. Codes and messages are better-auth's. What each
endpoint answers is in the [contract](../contracts/api/README.md).

The body of an error is `{"code": "...", "message": "..."}`. Errors without a code are listed in the contract only. Your
own hooks and third-party plugins can add others.
"""


def error_codes_md(
    endpoints: Iterable[Endpoint[Any, Any]], plugins: Sequence[Plugin], common: Iterable[tuple[str, str, str]]
) -> str:
    """Return the page; `common` has the errors of every endpoint: status, code, message."""
    messages: dict[str, dict[str, None]] = {}
    found: dict[str, dict[str, set[str]]] = {}

    def add(code: str, message: str, status: str, where: str) -> None:
        messages.setdefault(code, {})[message] = None
        found.setdefault(code, {}).setdefault(where, set()).add(status)

    for status, code, message in common:
        if code:
            add(code, message, status, "every endpoint that checks it")
    everywhere = set(found)
    for endpoint in endpoints:
        for number, error in (*endpoint.errors, *endpoint.security.errors):
            if error.code not in everywhere:
                add(error.code, error.message, str(number), f"`{endpoint.path or endpoint.operation}`")
    for plugin in plugins:
        for code, message in (plugin.error_codes.table() if plugin.error_codes else {}).items():
            if code not in found:
                messages[code] = {message: None}
                found[code] = {f"the plugin {plugin.id}": set()}
    lines = []
    for code, places in sorted(found.items()):
        statuses = ", ".join(sorted(set().union(*places.values())))
        lines.append(f"| `{code}` | {'; '.join(messages[code])} | {statuses} | {', '.join(places)} |")
    return "\n".join([_HEAD, "| code | message | status | where |", "|---|---|---|---|", *lines, ""])
