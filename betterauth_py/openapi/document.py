"""OpenAPI 3.1 from the endpoint values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from betterauth_py._version import __version__
from betterauth_py.core.auth_context import AuthContext
from betterauth_py.openapi.operations import (
    AnyEndpoint,
    Document,
    capitalized,
    describe_body,
    describe_error,
    describe_parameters,
    describe_responses,
    path_template,
)
from betterauth_py.openapi.rows import describe_row

_ERROR: Document = {"$ref": "#/components/schemas/Error"}


def build_openapi(auth: AuthContext, endpoints: Sequence[AnyEndpoint]) -> Document:
    """Return the document that describes `endpoints`."""
    paths: Document = {}
    for endpoint in endpoints:
        if endpoint.path is None or not endpoint.security.is_served:
            continue
        path = endpoint.path if endpoint.at_root else f"{auth.base_path}{endpoint.path}"
        operations = paths.setdefault(path_template(path), {})
        for position, method in enumerate(endpoint.methods):
            operations[method.lower()] = _operation(auth, endpoint, method, is_first=position == 0)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": auth.options.app_name,
            "version": __version__,
            "description": "The BetterAuth HTTP contract, served by betterauth-py.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": auth.base_origin or "/"}],
        "tags": _declare_tags(auth, paths),
        "paths": paths,
        "components": {
            "schemas": {
                **{capitalized(name): describe_row(model) for name, model in auth.schema.models.items()},
                "Error": describe_error(),
            },
            "securitySchemes": {
                **{name: dict(scheme) for endpoint in endpoints for name, scheme in endpoint.security.schemes.items()},
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": auth.cookies.session_token.name,
                    "description": "The cookie that signing in sets. Browsers send it by themselves.",
                },
                **{name: dict(scheme) for name, scheme in _session_schemes(auth).items()},
            },
        },
    }


def _session_schemes(auth: AuthContext) -> dict[str, Mapping[str, Any]]:
    return {name: scheme for plugin in auth.plugins for name, scheme in plugin.session_schemes.items()}


def _tags(auth: AuthContext, endpoint: AnyEndpoint) -> list[str]:
    """Return the tags: the plugin of the endpoint, or for the core its module."""
    owner = next((plugin.id for plugin in auth.plugins if endpoint in plugin.endpoints), None)
    module = endpoint.handler.__module__.rpartition(".")[2].replace("_", " ")
    return list(endpoint.tags) or [capitalized(owner or module)]


def _declare_tags(auth: AuthContext, paths: Document) -> list[Document]:
    plugins = {
        tag: f"The plugin {plugin.id}"
        for plugin in auth.plugins
        for endpoint in plugin.endpoints
        for tag in _tags(auth, endpoint)
    }
    names = dict.fromkeys(tag for path in paths.values() for item in path.values() for tag in item["tags"])
    return [{"name": name} | ({"description": plugins[name]} if name in plugins else {}) for name in names]


def _operation(auth: AuthContext, endpoint: AnyEndpoint, method: str, *, is_first: bool) -> Document:
    operation: Document = {
        "operationId": endpoint.operation_id if is_first else f"{endpoint.operation_id}By{method.title()}",
        "summary": endpoint.summary,
        "tags": _tags(auth, endpoint),
        "security": [{name: [] for name in names} for names in _alternatives(auth, endpoint)],
        "responses": describe_responses(auth, endpoint, method, _ERROR),
    }
    parameters = describe_parameters(endpoint)
    if parameters:
        operation["parameters"] = parameters
    body = describe_body(auth, endpoint) if method != "GET" else None
    if body is not None:
        operation["requestBody"] = body
    return operation


def _alternatives(auth: AuthContext, endpoint: AnyEndpoint) -> list[tuple[str, ...]]:
    """Return the ways to authenticate; what brings a session does so wherever its cookie does."""
    own = endpoint.security.alternatives
    others = [
        tuple(scheme if name == "session" else name for name in names)
        for scheme in _session_schemes(auth)
        for names in own
        if "session" in names
    ]
    return [*own, *others]
