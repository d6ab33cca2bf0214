"""contracts/api and contracts/openapi.json describe what is served."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import Any

import jsonschema_rs
import pytest
from schemathesis.specs.openapi.definitions import OPENAPI_31

from betterauth_py.conformance.recorder.oracle import install
from betterauth_py.core.endpoint import Endpoint
from betterauth_py.openapi.operations import path_template
from betterauth_py.plugins.captcha.errors import CaptchaErrorCodes
from betterauth_py.wire.errors import BaseErrorCodes
from scripts.endpoints_page import heading_of
from scripts.write_contracts import COMMON, DESCRIBED, MADE_UP_BY_SCENARIOS, PLUGINS, Observed, observed
from tests.contracts.test_inventory import CONTRACTS, OURS_ALONE

OPENAPI: dict[str, Any] = json.loads((CONTRACTS / "openapi.json").read_text(encoding="utf-8"))
PAGES = {path: path.read_text(encoding="utf-8") for path in sorted((CONTRACTS / "api").rglob("*.md"))}
SECTIONS = {
    (path, part.partition("\n")[0]): part
    for path, text in PAGES.items()
    for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]
}
OWNERS = {endpoint.operation: plugin.id for plugin in PLUGINS for endpoint in plugin.endpoints}
HEADINGS = {endpoint.operation: heading_of(endpoint) for endpoint in DESCRIBED}
# What hooks of plugins refuse others' endpoints with; it is in the plugins' own sections.
OF_PLUGINS = {code for plugin in PLUGINS if plugin.error_codes for code in plugin.error_codes.table()} - set(
    BaseErrorCodes.table()
)
every_endpoint = pytest.mark.parametrize(
    "endpoint", [pytest.param(endpoint, id=endpoint.operation) for endpoint in DESCRIBED]
)


def section_of(endpoint: Endpoint[Any, Any]) -> str:
    """Return its section; a plugin's is on the page of the plugin, one of the core on a page of the core."""
    owner, heading = OWNERS.get(endpoint.operation), HEADINGS[endpoint.operation]
    if owner is not None:
        return SECTIONS[CONTRACTS / "api" / "plugins" / f"{owner}.md", heading]
    [section] = [part for (path, name), part in SECTIONS.items() if name == heading and path.parent.name == "api"]
    return section


@pytest.fixture(scope="module")
def recorded() -> dict[str, Observed]:
    return observed()


def test_the_generated_parts_are_current() -> None:
    command = [sys.executable, "scripts/write_contracts.py", "--check"]
    done = subprocess.run(command, cwd=CONTRACTS.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@every_endpoint
def test_every_endpoint_is_described(endpoint: Endpoint[Any, Any]) -> None:
    section = section_of(endpoint)
    words, generated = section.split(f"<!-- generated: {endpoint.operation} -->")
    assert len(words.partition("**Cookies.**")[0].split("\n", 2)[2].strip()) > 30
    assert re.search(r"\*\*Cookies\.\*\* \S+", words)
    assert re.search(r"\*\*Side effects\.\*\* \S+", words)
    common = {(status, code) for status, code, _ in COMMON}
    for status, error in endpoint.errors:
        assert f"| {status} | `{error.code}` |" in generated or (str(status), error.code) in common


def test_nothing_is_described_that_does_not_exist() -> None:
    described = {heading for _, heading in SECTIONS if re.match(r"(GET|POST)", heading)}
    assert described == {heading for heading in HEADINGS.values() if " " in heading}


def test_the_table_of_endpoints_has_each_once_with_its_client_method_and_function() -> None:
    table = (CONTRACTS.parent / "docs" / "endpoints.md").read_text(encoding="utf-8")
    rows = [row.replace("\\|", "/").split(" | ") for row in table.splitlines() if row.startswith("| [")]
    calls = [re.findall(r"`([^`]+)`", row[3]) for row in rows]
    functions = [names[-1] for names in calls]
    assert sorted(functions) == sorted(endpoint.operation for endpoint in DESCRIBED)
    methods = {names[-1]: names[:-1] for names in calls}
    assert methods["sign_in_email"] == ["signIn.email()"]
    assert methods["delete_user_callback"] == ["deleteUser.callback()"]
    # A mailed link, a page, a function without a URL.
    assert [methods[name] for name in ("request_password_reset_callback", "error", "set_password")] == [[], [], []]


def own_codes_of(endpoint: Endpoint[Any, Any]) -> set[str]:
    """The codes of the plugin that has the endpoint; none for one of the core."""
    own = [plugin.error_codes for plugin in PLUGINS if endpoint in plugin.endpoints and plugin.error_codes]
    return {code for codes in own for code in codes.table()}


@every_endpoint
def test_every_recorded_error_is_listed(endpoint: Endpoint[Any, Any], recorded: dict[str, Observed]) -> None:
    seen = recorded.get(endpoint.path or "", Observed())
    listed = section_of(endpoint)
    common = SECTIONS[CONTRACTS / "api" / "README.md", "What holds for every endpoint"]
    for status, code, message in sorted(seen.errors):
        if code in MADE_UP_BY_SCENARIOS or code in OF_PLUGINS - own_codes_of(endpoint):
            continue
        if code:
            assert f"| {status} | `{code}` |" in listed + common
        else:
            general = re.sub(r"^Invalid \w+:", "Invalid callbackURL:", message)
            assert f"| {status} |  | {message} |" in listed or general in common


def test_the_openapi_document_is_valid() -> None:
    jsonschema_rs.validator_for(OPENAPI_31).validate(OPENAPI)
    with pytest.raises(jsonschema_rs.ValidationError):
        jsonschema_rs.validator_for(OPENAPI_31).validate({**OPENAPI, "paths": {"ok": {}}})
    identifiers = [item["operationId"] for path in OPENAPI["paths"].values() for item in path.values()]
    assert len(set(identifiers)) == len(identifiers)


def shown_errors(path: str) -> set[tuple[str, str]]:
    """The statuses and codes that the document shows for a path."""
    operations = OPENAPI["paths"][f"/api/auth{path_template(path)}"].values()
    return {
        (status, code)
        for operation in operations
        for status, response in operation["responses"].items()
        for content in response.get("content", {}).values()
        for code in content.get("examples", {})
    }


@pytest.mark.parametrize("endpoint", [one for one in DESCRIBED if one.path], ids=lambda endpoint: endpoint.operation)
def test_every_recorded_error_is_an_example_in_the_openapi_document(
    endpoint: Endpoint[Any, Any], recorded: dict[str, Observed]
) -> None:
    path = endpoint.path or ""
    seen = {(status, code) for status, code, _ in recorded.get(path, Observed()).errors if code}
    # Of a plugin whose example protects nothing; of parameters that the endpoint does not have.
    elsewhere = {*CaptchaErrorCodes.table(), "INVALID_REDIRECT_URL", *MADE_UP_BY_SCENARIOS}
    elsewhere |= {"INVALID_ERROR_CALLBACK_URL", "INVALID_NEW_USER_CALLBACK_URL"}
    assert {error for error in seen if error[1] not in elsewhere} <= shown_errors(path)


SAID_OTHERWISE = {
    ("post /update-user", "body"),
    ("post /sign-up/email", "body"),
    ("post /admin/has-permission", "body"),
    ("post /organization/has-permission", "body"),
}
"""Name and image of an update: both servers take any object, for the additional fields. Of a sign-up, only ours says
which fields a plugin adds. Of permissions, that one field is enough."""


def body_of(operation: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    types = {name: schema.get("type") for name, schema in content.get("properties", {}).items()}
    return types, sorted(content.get("required", []))


def query_of(operation: dict[str, Any]) -> set[str]:
    return {parameter["name"] for parameter in operation.get("parameters", []) if parameter["in"] == "query"}


def document_of_better_auth() -> dict[str, Any]:
    install()
    command = ["node", "openapi.mjs"]
    done = subprocess.run(command, cwd=CONTRACTS / "oracle", capture_output=True, text=True, check=True)
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def test_the_openapi_document_says_what_that_of_better_auth_says() -> None:
    theirs = document_of_better_auth()["paths"]
    ours = {path.removeprefix("/api/auth"): item for path, item in OPENAPI["paths"].items()}
    assert {path for path in theirs if path not in ours} == set()
    # Their plugin leaves itself out.
    of_the_plugin = {"/open-api/generate-schema", "/reference"}
    assert set(ours) - set(theirs) == {f"/{name}" for name in OURS_ALONE} | of_the_plugin
    different = set()
    for path in set(ours) & set(theirs):
        assert set(ours[path]) == set(theirs[path]), path
        for method, operation in ours[path].items():
            if body_of(operation) != body_of(theirs[path][method]):
                different.add((f"{method} {path}", "body"))
            if query_of(operation) != query_of(theirs[path][method]):
                different.add((f"{method} {path}", "query"))
    assert different == SAID_OTHERWISE
