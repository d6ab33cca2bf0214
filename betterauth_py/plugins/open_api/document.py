"""The document in the form of better-auth 1.7.25's openAPI plugin."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from http import HTTPStatus
from typing import Any, Final

from betterauth_py.plugins import AuthContext, Endpoint, Field, Model
from betterauth_py.plugins.tools import CORE_ENDPOINTS, describe_type, operations, stringify

Document = dict[str, Any]

_ERROR: Final = operations.describe_error()
_ALWAYS: Final = (400, 401, 403, 404, 429, 500)
_BEARER: Final[Document] = {"bearerAuth": []}
_HEAD: Final[Document] = {
    "openapi": "3.1.1",
    "info": {
        "title": "Better Auth",
        "description": "API Reference for your Better Auth Instance",
        "version": "1.1.0",
    },
}
_SECURITY_SCHEMES: Final[Document] = {
    "apiKeyCookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": "apiKeyCookie",
        "description": "API Key authentication via cookie",
    },
    "bearerAuth": {"type": "http", "scheme": "bearer", "description": "Bearer token authentication"},
}
_TAGS: Final = [
    {
        "name": "Default",
        "description": "Default endpoints that are included with Better Auth by default. These endpoints are not part "
        "of any plugin.",
    }
]


class Description:
    """What the plugin says of one auth; built at the first request."""

    def __init__(self, auth: AuthContext) -> None:
        """Describe `auth`."""
        self._auth = auth

    def document(self, base_url: str) -> Document:
        """Return the document for clients that reach this server at `base_url`. Its parts must not be changed."""
        return {
            **_HEAD,
            "components": {"schemas": self._schemas, "securitySchemes": _SECURITY_SCHEMES},
            "security": [{"apiKeyCookie": [], **_BEARER}],
            "servers": [{"url": base_url}],
            "tags": _TAGS,
            "paths": self._paths,
        }

    def text(self, base_url: str) -> bytes:
        """Return the document as JSON; only the URL is written at each call."""
        before, after = self._texts
        return b'%s,"servers":%s,%s' % (before, stringify([{"url": base_url}]), after)

    @cached_property
    def _texts(self) -> tuple[bytes, bytes]:
        document = self.document("")
        names = list(document)
        position = names.index("servers")
        before, after = names[:position], names[position + 1 :]
        return (
            stringify({name: document[name] for name in before})[:-1],
            stringify({name: document[name] for name in after})[1:],
        )

    @cached_property
    def _schemas(self) -> Document:
        return {operations.capitalized(name): _row_schema(model) for name, model in self._auth.schema.models.items()}

    @cached_property
    def _paths(self) -> Document:
        paths: Document = {}
        taken: set[str] = set()
        for tag, endpoint in self._described():
            for method in endpoint.methods:
                operation = _operation(self._auth, endpoint, method, tag)
                operation["operationId"] = _unique_id(endpoint.operation_id, method, taken)
                paths.setdefault(operations.path_template(endpoint.path or ""), {})[method.lower()] = operation
        return paths

    def _described(self) -> Iterator[tuple[str, Endpoint[Any, Any]]]:
        """Yield the endpoints with their tags: those of the core and of all plugins but this one."""
        owned = [("Default", endpoint) for endpoint in CORE_ENDPOINTS]
        for plugin in self._auth.plugins:
            if plugin.id != "open-api":
                owned += [
                    (operations.capitalized(plugin.id), endpoint)
                    for endpoint in plugin.endpoints
                    if not endpoint.replaces
                ]
        for tag, endpoint in owned:
            is_described = endpoint.path is not None and endpoint.security.is_served and not endpoint.at_root
            # Aliases are this server's own.
            if is_described and not endpoint.alias_of and endpoint.path not in self._auth.options.disabled_paths:
                yield tag, endpoint


def _operation(auth: AuthContext, endpoint: Endpoint[Any, Any], method: str, tag: str) -> Document:
    responses = operations.describe_responses(auth, endpoint, method, _ERROR)
    for status in _ALWAYS:
        described = {"description": HTTPStatus(status).phrase, "content": {"application/json": {"schema": _ERROR}}}
        responses.setdefault(str(status), described)
    operation: Document = {
        "tags": [tag],
        "description": endpoint.summary,
        "security": [_BEARER],
        "parameters": operations.describe_parameters(endpoint),
        "responses": responses,
    }
    if method != "GET":
        body = operations.describe_body(auth, endpoint)
        if body is None and tag == "Default":
            body = {"content": {"application/json": {"schema": {"type": "object", "properties": {}}}}}
        if body is not None:
            operation["requestBody"] = body
    return operation


def _unique_id(operation_id: str, method: str, taken: set[str]) -> str:
    """Return `getSession`, or `getSessionPost` for the second method."""
    candidate, count = operation_id, 1
    while candidate in taken:
        candidate = f"{operation_id}{method.title()}{count if count > 1 else ''}"
        count += 1
    taken.add(candidate)
    return candidate


def _row_schema(model: Model) -> Document:
    required = [
        name
        for name, field in model.fields.items()
        if (field.demanded if name in model.additional else field.required) and field.returned
    ]
    return {
        "type": "object",
        "properties": {
            "id": {"type": "string", "readOnly": True},
            **{name: _field_schema(field) for name, field in model.fields.items()},
        },
        "required": ["id", *required],
    }


def _field_schema(field: Field) -> Document:
    schema = describe_type(field)
    if field.default_value is not None and not callable(field.default_value):
        schema["default"] = field.default_value
    return schema if field.input else {**schema, "readOnly": True}
