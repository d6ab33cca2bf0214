"""OpenAPI 3.1 from the endpoint values."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from betterauth_py._version import __version__
from betterauth_py.core.auth_context import AuthContext
from betterauth_py.core.endpoint import Endpoint
from betterauth_py.core.messages import JSON_TYPE
from betterauth_py.http.body import INVALID_JSON, TOO_LARGE, UNSUPPORTED_MEDIA_TYPE
from betterauth_py.http.responses import TOO_BUSY
from betterauth_py.models.core import CORE_MODELS
from betterauth_py.models.fields import Field
from betterauth_py.wire.errors import APIError, BaseErrorCodes, ErrorCode
from betterauth_py.wire.validation import Object, Optional, Schema

AnyEndpoint = Endpoint[Any, Any]
Document = dict[str, Any]

_TYPES: dict[str, Document] = {
    "string": {"type": "string"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date-time"},
    "json": {},
    "string[]": {"type": "array", "items": {"type": "string"}},
    "number[]": {"type": "array", "items": {"type": "number"}},
}


def build_openapi(auth: AuthContext, endpoints: Sequence[AnyEndpoint]) -> Document:
    """Return the document that describes `endpoints`."""
    paths: Document = {}
    for endpoint in endpoints:
        if endpoint.path is None or not endpoint.security.is_served:
            continue
        operations = paths.setdefault(
            _template(endpoint.path if endpoint.at_root else f"{auth.base_path}{endpoint.path}"), {}
        )
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
                **{_capitalized(name): _row_schema(auth, name) for name in auth.schema.models},
                "Error": {
                    "type": "object",
                    "properties": {"message": {"type": "string"}, "code": {"type": "string"}},
                    "required": ["message"],
                },
            },
            "securitySchemes": {
                **{name: dict(scheme) for endpoint in endpoints for name, scheme in endpoint.security.schemes.items()},
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": auth.cookies.session_token.name,
                    "description": "The cookie that signing in sets. Browsers send it by themselves.",
                },
            },
        },
    }


def _tags(auth: AuthContext, endpoint: AnyEndpoint) -> list[str]:
    """Return the tags: the plugin of the endpoint, or for the core its module."""
    owner = next((plugin.id for plugin in auth.plugins if endpoint in plugin.endpoints), None)
    module = endpoint.handler.__module__.rpartition(".")[2].replace("_", " ")
    return list(endpoint.tags) or [_capitalized(owner or module)]


def _declare_tags(auth: AuthContext, paths: Document) -> list[Document]:
    plugins = {
        tag: f"The plugin {plugin.id}"
        for plugin in auth.plugins
        for endpoint in plugin.endpoints
        for tag in _tags(auth, endpoint)
    }
    names = dict.fromkeys(tag for path in paths.values() for item in path.values() for tag in item["tags"])
    return [{"name": name} | ({"description": plugins[name]} if name in plugins else {}) for name in names]


def _capitalized(name: str) -> str:
    return name[:1].upper() + name[1:]


def _operation(auth: AuthContext, endpoint: AnyEndpoint, method: str, *, is_first: bool) -> Document:
    operation: Document = {
        "operationId": endpoint.operation_id if is_first else f"{endpoint.operation_id}By{method.title()}",
        "summary": endpoint.summary,
        "tags": _tags(auth, endpoint),
        "security": [{name: [] for name in names} for names in endpoint.security.alternatives],
        "responses": _responses(endpoint, method),
    }
    parameters = [*_path_parameters(endpoint), *_query_parameters(endpoint)]
    if parameters:
        operation["parameters"] = parameters
    if endpoint.takes_raw_body and method != "GET":
        operation["requestBody"] = {"content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}
    elif endpoint.body is not None and method != "GET":
        schema = endpoint.body.json_schema()
        if endpoint.operation == "sign_up_email":
            schema["properties"].update(_input_fields(auth, "user"))
        operation["requestBody"] = {
            "required": not endpoint.body.optional,
            "content": {media_type: {"schema": schema} for media_type in reversed(endpoint.media_types)},
        }
    return operation


def _responses(endpoint: AnyEndpoint, method: str) -> Document:
    responses: Document = {}
    for reply in (endpoint.reply, *endpoint.other_replies):
        has_body = reply.status != 204 and not 300 <= reply.status < 400
        content = {"content": {reply.media_type: {"schema": dict(reply.schema)}}} if has_body else {}
        responses[str(reply.status)] = {"description": reply.description} | content
    if endpoint.redirect_parameters:
        names = (one if isinstance(one, str) else one[0] for one in endpoint.redirect_parameters)
        responses["302"] = {"description": f"Redirect to {' or '.join(names)}"}
    errors = [*endpoint.errors, *_errors_before_the_handler(endpoint, method)]
    for status in sorted({status for status, _ in errors}):
        declared = [error for its_status, error in errors if its_status == status]
        responses[str(status)] = {
            "description": HTTPStatus(status).phrase,
            "content": _error_content(endpoint, status, declared),
        }
    responses["429"] = {
        "description": "Too many requests",
        "headers": {"X-Retry-After": {"description": "Seconds to wait", "schema": {"type": "integer"}}},
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
    }
    return responses


def _error_content(endpoint: AnyEndpoint, status: int, errors: list[ErrorCode]) -> Document:
    """Return the response of one error status, in the endpoint's own error shape if it has one."""
    if endpoint.shape_error is None:
        schema: Document = {"$ref": "#/components/schemas/Error"}
        examples = {error.code: {"value": {"message": error.message, "code": error.code}} for error in errors}
        return {JSON_TYPE: {"schema": schema, "examples": examples}}
    shaped = {error.code: endpoint.shape_error(APIError.of(status, error)) for error in errors}
    media_type = next(iter(shaped.values())).headers.get("content-type", JSON_TYPE)
    shown: Document = {code: {"value": error.body} for code, error in shaped.items()}
    return {media_type: {"schema": {"type": "object"}, "examples": shown}}


def _errors_before_the_handler(endpoint: AnyEndpoint, method: str) -> list[tuple[int, ErrorCode]]:
    """Return the errors of the checks before the handler."""
    errors: list[tuple[int, ErrorCode]] = []
    if endpoint.query is not None or (endpoint.body is not None and method != "GET"):
        errors.append((400, BaseErrorCodes.VALIDATION_ERROR))
    if method != "GET":
        errors += [(413, TOO_LARGE), (503, TOO_BUSY)]
        if not endpoint.takes_raw_body:
            errors += [(400, INVALID_JSON), (415, UNSUPPORTED_MEDIA_TYPE)]
        if endpoint.checks_origin:
            origin = (BaseErrorCodes.INVALID_ORIGIN, BaseErrorCodes.MISSING_OR_NULL_ORIGIN)
            errors += [(403, error) for error in (*origin, BaseErrorCodes.INVALID_CALLBACK_URL)]
    if endpoint.redirect_parameters:
        declared = (one for one in endpoint.redirect_parameters if isinstance(one, tuple))
        errors += [(403, BaseErrorCodes.INVALID_CALLBACK_URL), *((403, error) for _, error in declared)]
    return [*errors, *endpoint.security.errors]


def _path_parameters(endpoint: AnyEndpoint) -> list[Document]:
    names = [segment[1:] for segment in (endpoint.path or "").split("/") if segment.startswith(":")]
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]


def _query_parameters(endpoint: AnyEndpoint) -> list[Document]:
    schema: Schema | None = endpoint.query
    if isinstance(schema, Optional):
        schema = schema.inner
    if not isinstance(schema, Object):
        return []
    parameters = []
    for name, field in schema.fields.items():
        described = field.json_schema()
        description = described.pop("description", None)
        parameter: Document = {"name": name, "in": "query", "required": not field.optional, "schema": described}
        parameters.append(parameter | ({"description": description} if description else {}))
    return parameters


def _template(path: str) -> str:
    return "/".join(f"{{{segment[1:]}}}" if segment.startswith(":") else segment for segment in path.split("/"))


def _row_schema(auth: AuthContext, model: str) -> Document:
    fields = {name: field for name, field in auth.schema.models[model].fields.items() if field.returned}
    properties = {name: _field_schema(field) for name, field in fields.items()}
    required = [name for name, field in fields.items() if field.required]
    return {
        "type": "object",
        "properties": {**properties, "id": {"type": "string", "readOnly": True}},
        "required": [*required, "id"],
    }


def _field_schema(field: Field) -> Document:
    schema = dict(_TYPES[field.type])
    if not field.required and "type" in schema:
        schema["type"] = [schema["type"], "null"]
    return schema if field.input else {**schema, "readOnly": True}


def _input_fields(auth: AuthContext, model: str) -> Document:
    return {
        name: _field_schema(field)
        for name, field in auth.schema.models[model].fields.items()
        if name not in CORE_MODELS[model].fields and field.input
    }
