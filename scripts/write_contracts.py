"""Writes contracts/openapi.json and what is generated of contracts/api and docs.

The pages of docs: endpoints.md, error-codes.md and the table of compatibility.md.
With --check it only reports which are out of date.
"""

from __future__ import annotations

import json
import re
import sys
import textwrap
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from betterauth_py import BetterAuth
from betterauth_py.conformance.recording import read_recording
from betterauth_py.conformance.scenario import load_all
from betterauth_py.conformance.steps import Send
from betterauth_py.conformance.url_run import endpoint_of, endpoint_templates
from betterauth_py.core.endpoint import Endpoint
from betterauth_py.core.request_errors import INVALID_JSON, TOO_BUSY, TOO_LARGE, UNSUPPORTED_MEDIA_TYPE
from betterauth_py.endpoints import CORE_ENDPOINTS
from betterauth_py.plugins.registry import BUILT_IN, EXAMPLES
from betterauth_py.wire.errors import UNAUTHORIZED, BaseErrorCodes
from betterauth_py.wire.validation import Object, Optional
from scripts import endpoints_page, error_codes
from scripts.endpoint_table import PAGE, compatibility_md
from scripts.endpoints_page import endpoints_md, title_of

CONTRACTS = Path(__file__).resolve().parent.parent / "contracts"
OPENAPI = CONTRACTS / "openapi.json"
PAGES = CONTRACTS / "api"
INDEX = PAGES / "README.md"
COOKIES = ("session_token", "session_data", "dont_remember")
FUNCTIONS_OF_THE_DEPLOYER = (
    '"hooks"',
    '"databaseHooks"',
    '"validateUserInfo"',
    '"custom-session"',
    '"onDeviceAuthRequest"',
    '"validator"',
    '"transform"',
    '"probe"',
)
"""Options with which a scenario answers what it likes."""
MADE_UP_BY_SCENARIOS = {"KEPT"}
"""Codes that a scenario's own hook answers with."""

PLUGINS = [plugin.make_example() for plugin in BUILT_IN if not plugin.replaces_core]
"""The plugins that come with the server, with the options of their examples."""
DESCRIBED: list[Endpoint[Any, Any]] = [*CORE_ENDPOINTS, *(one for plugin in PLUGINS for one in plugin.endpoints)]
"""Every endpoint of the contract."""

_COMMON_ERRORS = [
    (400, INVALID_JSON),
    (401, UNAUTHORIZED),
    (403, BaseErrorCodes.MISSING_OR_NULL_ORIGIN),
    (403, BaseErrorCodes.INVALID_ORIGIN),
    (403, BaseErrorCodes.INVALID_CALLBACK_URL),
    (403, BaseErrorCodes.INVALID_REDIRECT_URL),
    (403, BaseErrorCodes.INVALID_ERROR_CALLBACK_URL),
    (403, BaseErrorCodes.INVALID_NEW_USER_CALLBACK_URL),
    (403, BaseErrorCodes.CROSS_SITE_NAVIGATION_LOGIN_BLOCKED),
    (413, TOO_LARGE),
    (503, TOO_BUSY),
]
COMMON = sorted(
    [
        *((str(status), error.code, error.message) for status, error in _COMMON_ERRORS),
        ("400", "VALIDATION_ERROR", "`[body.email] Invalid input: …`, one sentence per problem, joined by `; `"),
        ("400", "", "`Invalid callbackURL: expected a string`; likewise for the other three redirect parameters"),
        ("404", "", "Unknown path or method: no body. Disabled path: the text `Not Found`"),
        ("415", UNSUPPORTED_MEDIA_TYPE.code, '`Content-Type "…" is not allowed. Allowed types: …`'),
        ("429", "", "Too many requests. Please try again later."),
    ]
)
"""Errors of every endpoint that the check applies to: status, code, message."""


class Observed:
    """What better-auth was recorded to answer from one endpoint."""

    def __init__(self) -> None:
        self.errors: set[tuple[str, str, str]] = set()
        self.set: set[str] = set()
        self.cleared: set[str] = set()


def observed() -> dict[str, Observed]:
    """Return it by path."""
    templates = {path: path for path in endpoint_templates()}
    found: dict[str, Observed] = {}
    for scenario in load_all():
        if any(option in json.dumps(scenario.options) for option in FUNCTIONS_OF_THE_DEPLOYER):
            continue
        for step, facts in zip(scenario.steps, read_recording(scenario).steps, strict=True):
            if isinstance(step, Send) and "status" in facts:
                _observe(found.setdefault(endpoint_of(step, scenario, templates), Observed()), facts)
    return found


def _observe(seen: Observed, facts: dict[str, str]) -> None:
    for place, line in facts.items():
        name = next((cookie for cookie in COOKIES if f".{cookie}" in line.partition("=")[0]), None)
        if place.startswith("set-cookie ") and name:
            (seen.cleared if "; Max-Age=0" in line else seen.set).add(name)
    if facts["status"].startswith("4") and facts["body"].startswith("{"):
        error = json.loads(facts["body"])
        code, message = (
            error.get("code", error.get("error", "")),
            error.get("message", error.get("error_description", "")),
        )
        seen.errors.add((facts["status"], code, message))


def openapi_json() -> str:
    """The document of a server with default options and every plugin."""
    auth = BetterAuth(
        base_url="http://localhost:3000",
        secret="wT5mOQpYyJ3s8r2vKx7uZ1aB4cD6eF9g",
        environment="development",
        database={"url": "sqlite://"},
        email_and_password={"enabled": True},
        plugins=EXAMPLES,
    )
    return json.dumps(auth.openapi(), indent=2, ensure_ascii=False) + "\n"


def api_pages() -> dict[Path, str]:
    """Return the pages of contracts/api with their generated blocks written again."""
    seen, pages = observed(), read_pages()
    blocks = {endpoint.operation: _block(endpoint, seen) for endpoint in DESCRIBED}
    blocks |= {"every endpoint": _errors(COMMON), "pages": _list_of(pages)}
    pattern = re.compile(r"<!-- generated: ([\w ]+) -->\n.*?<!-- end -->", re.DOTALL)

    def write(match: re.Match[str]) -> str:
        return f"<!-- generated: {match[1]} -->\n\n{blocks[match[1]]}\n\n<!-- end -->"

    return {INDEX: pattern.sub(write, INDEX.read_text(encoding="utf-8"))} | {
        page: pattern.sub(write, text) for page, text in pages
    }


def read_pages() -> list[tuple[Path, str]]:
    """Return the pages of contracts/api with their texts, without the index: those of the core, then of plugins."""
    paths = [*sorted(PAGES.glob("*.md")), *sorted((PAGES / "plugins").glob("*.md"))]
    return [(path, path.read_text(encoding="utf-8")) for path in paths if path != INDEX]


def _list_of(pages: Iterable[tuple[Path, str]]) -> str:
    return "\n".join(f"- [{title_of(text)}]({path.relative_to(PAGES).as_posix()})" for path, text in pages)


def endpoint_errors(endpoint: Endpoint[Any, Any], seen: Observed) -> list[tuple[str, str, str]]:
    """Declared errors, and recorded ones without a code; those of every endpoint are left out."""
    common = {(status, code) for status, code, _ in COMMON}
    declared = {(str(status), error.code, error.message) for status, error in endpoint.errors}
    errors = [error for error in declared if error[:2] not in common]
    errors += [
        error
        for error in seen.errors
        if not error[1] and error[0] != "429" and not re.match(r"Invalid (?!authorizationURL)\w+(:|$)", error[2])
    ]
    return sorted(errors)


def _block(endpoint: Endpoint[Any, Any], seen_by_path: dict[str, Observed]) -> str:
    seen = seen_by_path.get(endpoint.path or "", Observed())
    who = endpoint.security.sentence
    if not endpoint.path and endpoint.security.is_served:
        who = "Only code in this process, for a signed-in user."
    parts = [f"**Who.** {who}"]
    parameters = [*_parameters("body", endpoint.body), *_parameters("query", endpoint.query)]
    if parameters:
        parts.append("\n".join(["| parameter | type | meaning |", "|---|---|---|", *parameters]))
    shape = _shape(endpoint.reply.schema, endpoint.reply.media_type)
    parts.append(_wrapped(f"**{endpoint.reply.status}.** {endpoint.reply.description}: {shape}."))
    errors = endpoint_errors(endpoint, seen)
    parts.append(_errors(errors) if errors else "**Errors.** Only those of every endpoint.")
    cookies = [
        f"{verb} {', '.join(f'`{name}`' for name in COOKIES if name in names)}"
        for verb, names in (("sets", seen.set), ("clears", seen.cleared))
        if names
    ]
    if endpoint.path and endpoint.operation != "session":
        parts.append(_wrapped(f"Recorded from better-auth, with the guard: {'; '.join(cookies) or 'no cookies'}."))
    return "\n\n".join(parts)


def _wrapped(text: str) -> str:
    return textwrap.fill(text, 120, break_long_words=False, break_on_hyphens=False)


def _errors(errors: Iterable[tuple[str, str, str]]) -> str:
    lines = [f"| {status} | {f'`{code}`' if code else ''} | {message} |" for status, code, message in errors]
    return "\n".join(["| status | code | message |", "|---|---|---|", *lines])


def _parameters(where: str, schema: Any) -> list[str]:
    schema = schema.inner if isinstance(schema, Optional) else schema
    if not isinstance(schema, Object):
        return [f"| {where} | any object | |"] if schema is not None else []
    rows = []
    for name, field in schema.fields.items():
        described = field.json_schema()
        kind = described.get("type", "any")
        text = " or ".join(kind) if isinstance(kind, list) else kind
        about = described.get("description", "").rstrip(".")
        needed = "" if field.optional else "required"
        rows.append(f"| {where} `{name}` | {text} | {'. '.join(part for part in (needed, about) if part)} |")
    return rows


def _shape(schema: Any, media_type: str) -> str:
    if media_type != "application/json":
        return f"`{media_type}`"
    return f"`{_type_of(schema)}`"


def _type_of(schema: Any) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    for union in ("anyOf", "oneOf"):
        if union in schema:
            return " or ".join(_type_of(item) for item in schema[union])
    if "const" in schema or "enum" in schema:
        return " or ".join(json.dumps(value) for value in schema.get("enum", [schema.get("const")]))
    kind = schema.get("type", "any")
    if isinstance(kind, list):
        return " or ".join(kind)
    if kind == "array":
        return f"[{_type_of(schema.get('items', {}))}]"
    if kind == "object" and "properties" in schema:
        return "{" + ", ".join(f"{name}: {_type_of(item)}" for name, item in schema["properties"].items()) + "}"
    return str(kind)


def main() -> int:
    """Write the files, or with --check report whether they are up to date."""
    wanted = {OPENAPI: openapi_json(), **api_pages(), PAGE: compatibility_md()}
    wanted[error_codes.PAGE] = error_codes.error_codes_md(DESCRIBED, PLUGINS, COMMON)
    wanted[endpoints_page.PAGE] = endpoints_md(DESCRIBED, read_pages())
    stale = [path for path, text in wanted.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    if "--check" in sys.argv[1:]:
        for path in stale:
            print(f"{path.relative_to(CONTRACTS.parent)} is out of date; run: make contracts")
        return 1 if stale else 0
    for path in stale:
        path.write_text(wanted[path], encoding="utf-8")
        print(f"wrote {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
