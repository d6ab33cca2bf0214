"""docs/endpoints.md: every endpoint that is served, in one table per page of contracts/api."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from posixpath import relpath
from typing import Any

from betterauth_py.core.endpoint import Endpoint

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "endpoints.md"
_MARKER = re.compile(r"^<!-- generated: (\w+) -->$", re.MULTILINE)
_HEAD = """# Endpoints

All endpoints of the core and of the plugins that come with the server. Each links to its section in the
[contract](../contracts/api/README.md): parameters, answers, errors, cookies and side effects. A running server shows
the same in its [API reference](configuration/advanced.md), generated with its own options and plugins.

Paths are relative to the base path, `/api/auth` unless `base_path` is set. The last column has the method of
better-auth's JavaScript client (`authClient.signIn.email()`), if there is one, and the in-process function
(`auth.api.sign_in_email(...)`, see [Embedding](embedding.md)). The guards:
"""


# The client's own function stands before the method that the path would make.
_OWN_METHODS = {"/one-tap/callback": "oneTap"}


def endpoints_md(endpoints: Sequence[Endpoint[Any, Any]], pages: Sequence[tuple[Path, str]]) -> str:
    """Return the page; `pages` are those of contracts/api with their texts, in their order."""
    by_operation = {endpoint.operation: endpoint for endpoint in endpoints}
    guards = {endpoint.security.name: endpoint.security.sentence for endpoint in endpoints}
    parts = [
        _HEAD,
        "| guard | who |",
        "|---|---|",
        *(f"| {name} | {who} |" for name, who in sorted(guards.items())),
        "",
    ]
    for path, text in pages:
        described = [by_operation[name] for name in _MARKER.findall(text) if name in by_operation]
        if described:
            parts += [f"## {title_of(text)}", "", "| endpoint | what it does | guard | call it as |"]
            parts += ["|---|---|---|---|", *(_row(endpoint, path) for endpoint in described), ""]
    return "\n".join(parts)


def title_of(text: str) -> str:
    """Return the first heading of a page."""
    return text.partition("\n")[0].lstrip("# ")


def heading_of(endpoint: Endpoint[Any, Any]) -> str:
    """Return the heading of an endpoint's section: `POST /sign-out`, or the operation if it has no path."""
    return f"{'|'.join(endpoint.methods)} {endpoint.path}" if endpoint.path else endpoint.operation


def client_method(endpoint: Endpoint[Any, Any]) -> str:
    """Return the method of the JavaScript client, such as `signIn.email`; empty if it has none.

    The client of better-auth 1.7.25 makes the path out of the method's name (`client/proxy.mjs`).
    """
    if not endpoint.path or not endpoint.shown_to_clients or endpoint.at_root or ":" in endpoint.path:
        return ""
    if endpoint.path in _OWN_METHODS:
        return _OWN_METHODS[endpoint.path]
    return re.sub(r"-(\w)", lambda match: match[1].upper(), endpoint.path.strip("/").replace("/", "."))


def _row(endpoint: Endpoint[Any, Any], page: Path) -> str:
    heading = heading_of(endpoint)
    anchor = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
    link = f"[`{heading}`]({relpath(page, PAGE.parent)}#{anchor})".replace("|", "\\|")
    method = client_method(endpoint)
    calls = f"`{method}()` `{endpoint.operation}`" if method else f"`{endpoint.operation}`"
    summary = endpoint.summary.rstrip(".")
    return f"| {link} | {summary} | {endpoint.security.name} | {calls} |"
