"""The API reference page: made of the endpoint values, without scripts or anything from elsewhere."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape
from typing import Any

from betterauth_py._version import __version__
from betterauth_py.core.auth_context import AuthContext
from betterauth_py.core.endpoint import Endpoint, Security
from betterauth_py.http.openapi import build_openapi

AnyEndpoint = Endpoint[Any, Any]

_STYLE = """
:root { color-scheme: light dark; --line: #d9d9e0; --soft: #6b6b76; --card: #fff; --page: #f6f6f8; --ink: #1b1b1f;
  --get: #0b6e4f; --post: #8a4b08; --code: #f0f0f4; }
@media (prefers-color-scheme: dark) { :root { --line: #34343c; --soft: #a2a2ae; --card: #1c1c21; --page: #121215;
  --ink: #ececf1; --get: #5fd0a5; --post: #eab273; --code: #26262d; } }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; color: var(--ink);
  background: var(--page); }
main { max-width: 56rem; margin: 0 auto; padding: 2.5rem 1.25rem 5rem; }
header p { color: var(--soft); margin: 0.3rem 0 0; }
h1 { margin: 0; font-size: 1.9rem; letter-spacing: -0.02em; }
nav { display: flex; flex-wrap: wrap; gap: 0.5rem; margin: 1.5rem 0 2rem; }
nav a { padding: 0.25rem 0.7rem; border: 1px solid var(--line); border-radius: 99rem; color: inherit;
  text-decoration: none; font-size: 0.88rem; background: var(--card); }
nav a:hover, nav a:focus-visible { border-color: var(--soft); }
article { margin: 0 0 1.25rem; padding: 1.25rem 1.4rem; border: 1px solid var(--line); border-radius: 0.7rem;
  background: var(--card); scroll-margin-top: 1rem; }
h2 { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0.6rem; margin: 0; font-size: 1.05rem;
  font-family: ui-monospace, SFMono-Regular, Menlo, monospace; overflow-wrap: anywhere; }
.method { font-weight: 700; font-size: 0.85rem; color: var(--get); }
.method.POST { color: var(--post); }
.badge { margin-left: auto; font: 0.78rem system-ui, sans-serif; color: var(--soft); }
h3 { margin: 1.1rem 0 0.35rem; font-size: 0.82rem; color: var(--soft); font-weight: 600; }
.wide { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: 0.9rem; }
td { padding: 0.3rem 0.9rem 0.3rem 0; border-top: 1px solid var(--line); vertical-align: top; }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, monospace; font-size: 0.86rem; }
pre { margin: 0; padding: 0.8rem 1rem; overflow-x: auto; border-radius: 0.5rem; background: var(--code); }
"""


def render_reference(auth: AuthContext, endpoints: Sequence[AnyEndpoint]) -> str:
    """Return the page as HTML."""
    shown = [endpoint for endpoint in endpoints if endpoint.path and endpoint.security is not Security.SERVER_ONLY]
    document = build_openapi(auth, endpoints)
    links = "".join(f'<a href="#{endpoint.operation_id}">{escape(endpoint.path or "")}</a>' for endpoint in shown)
    articles = "".join(_article(auth, endpoint, document) for endpoint in shown)
    title = escape(auth.options.app_name)
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title} API</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style></head>'
        "<body><main>"
        f"<header><h1>{title} API</h1><p>betterauth-py {escape(__version__)}. All paths are under "
        f"<code>{escape((auth.base_origin or '') + auth.base_path)}</code>. Machine-readable: "
        f'<a href="/openapi.json">openapi.json</a>.</p></header>'
        f"<nav>{links}</nav>{articles}</main></body></html>"
    )


def _article(auth: AuthContext, endpoint: AnyEndpoint, document: dict[str, Any]) -> str:
    methods = "".join(f'<span class="method {method}">{method}</span>' for method in endpoint.methods)
    parts = [
        f'<article id="{endpoint.operation_id}"><h2>{methods} {escape(endpoint.path or "")}'
        f'<span class="badge">{escape(endpoint.security.value)}</span></h2><p>{escape(endpoint.summary)}</p>'
    ]
    if endpoint.body is not None:
        schema = endpoint.body.json_schema()
        rows = [
            (name, _type_of(field), "required" if name in schema.get("required", ()) else "", field.get("description"))
            for name, field in schema.get("properties", {}).items()
        ]
        parts.append(f"<h3>Body</h3>{_table(rows)}")
    path = document["paths"].get(f"{auth.base_path}{endpoint.path}", {})
    parameters = path.get(endpoint.methods[0].lower(), {}).get("parameters", [])
    if parameters:
        rows = [
            (item["name"], item["in"], "required" if item["required"] else "", item.get("description"))
            for item in parameters
        ]
        parts.append(f"<h3>Parameters</h3>{_table(rows)}")
    if endpoint.reply.media_type == "application/json":
        example = json.dumps(_example(endpoint.reply.schema, document), indent=2)
        parts.append(f"<h3>Answer: {escape(endpoint.reply.description)}</h3><pre>{escape(example)}</pre>")
    if endpoint.errors:
        errors = [(str(status), error.code, error.message, None) for status, error in endpoint.errors]
        parts.append(f"<h3>Errors</h3>{_table(errors)}")
    return "".join(parts) + "</article>"


def _table(rows: Sequence[tuple[str | None, ...]]) -> str:
    body = ""
    for row in rows:
        first, *rest = (escape(cell or "") for cell in row)
        body += f"<tr><td><code>{first}</code></td>{''.join(f'<td>{cell}</td>' for cell in rest)}</tr>"
    return f'<div class="wide"><table>{body}</table></div>'


def _type_of(schema: dict[str, Any]) -> str:
    kind = schema.get("type", "any")
    return " or ".join(kind) if isinstance(kind, list) else str(kind)


def _example(schema: Any, document: dict[str, Any]) -> Any:
    """Return a value of the schema's shape."""
    if "$ref" in schema:
        return _example(document["components"]["schemas"][schema["$ref"].rpartition("/")[2]], document)
    if "anyOf" in schema:
        return _example(schema["anyOf"][0], document)
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        return {name: _example(field, document) for name, field in schema.get("properties", {}).items()}
    if schema.get("format") == "date-time":
        return "2026-11-21T08:00:00.000Z"
    return {"string": "...", "boolean": True, "number": 1, "integer": 1, "array": []}.get(str(kind))
