"""The parts of an OpenAPI operation."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from betterauth_py.core.auth_context import AuthContext
from betterauth_py.core.endpoint import Endpoint
from betterauth_py.core.messages import JSON_TYPE
from betterauth_py.core.request_errors import INVALID_JSON, TOO_BUSY, TOO_LARGE, UNSUPPORTED_MEDIA_TYPE
from betterauth_py.openapi.rows import describe_value
from betterauth_py.wire.errors import APIError, BaseErrorCodes, ErrorCode
from betterauth_py.wire.validation import Object, Optional, Schema

AnyEndpoint = Endpoint[Any, Any]
Document = dict[str, Any]

_TAKES_USER_FIELDS = {"sign_up_email", "update_user"}
_REDIRECT_ERRORS: Final = {
    "redirectTo": BaseErrorCodes.INVALID_REDIRECT_URL,
    "errorCallbackURL": BaseErrorCodes.INVALID_ERROR_CALLBACK_URL,
    "newUserCallbackURL": BaseErrorCodes.INVALID_NEW_USER_CALLBACK_URL,
}
_NAME_AND_IMAGE: Document = {"name": {"type": "string"}, "image": {"type": ["string", "null"]}}


def path_template(path: str) -> str:
    """Return a path as OpenAPI writes it: `/callback/{id}`."""
    return "/".join(f"{{{segment[1:]}}}" if segment.startswith(":") else segment for segment in path.split("/"))


def capitalized(name: str) -> str:
    """Return a model's or a plugin's name as OpenAPI shows it."""
    return name[:1].upper() + name[1:]


def describe_error() -> Document:
    """Return the schema of an error's body."""
    return {
        "type": "object",
        "properties": {"message": {"type": "string"}, "code": {"type": "string"}},
        "required": ["message"],
    }


def describe_parameters(endpoint: AnyEndpoint) -> list[Document]:
    """Return the parameters in the path and in the query."""
    names = [segment[1:] for segment in (endpoint.path or "").split("/") if segment.startswith(":")]
    return [
        *({"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names),
        *_query_parameters(endpoint),
    ]


def describe_body(auth: AuthContext, endpoint: AnyEndpoint) -> Document | None:
    """Return the request body, with the additional fields of users where they may be set; None without one."""
    if endpoint.takes_raw_body:
        return {"content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}
    if endpoint.body is None:
        return None
    schema = endpoint.body.json_schema()
    if endpoint.operation in _TAKES_USER_FIELDS:
        _add_user_fields(schema, auth, creates=endpoint.operation == "sign_up_email")
    return {
        "required": not endpoint.body.optional,
        "content": {media_type: {"schema": schema} for media_type in reversed(endpoint.media_types)},
    }


def describe_responses(auth: AuthContext, endpoint: AnyEndpoint, method: str, error_schema: Document) -> Document:
    """Return the responses by status; each error is an example, by its code."""
    responses: Document = {}
    for reply in (endpoint.reply, *endpoint.other_replies):
        has_body = reply.status != 204 and not 300 <= reply.status < 400
        content = {"content": {reply.media_type: {"schema": dict(reply.schema)}}} if has_body else {}
        responses[str(reply.status)] = {"description": reply.description} | content
    if endpoint.redirect_parameters:
        names = (one if isinstance(one, str) else one[0] for one in endpoint.redirect_parameters)
        responses["302"] = {"description": f"Redirect to {' or '.join(names)}"}
    added = [error for plugin in auth.plugins for error in plugin.added_errors.get(endpoint.path or "", ())]
    errors = [*endpoint.errors, *added, *_errors_before_the_handler(endpoint, method)]
    for status in sorted({status for status, _ in errors}):
        declared = [error for its_status, error in errors if its_status == status]
        responses[str(status)] = {
            "description": HTTPStatus(status).phrase,
            "content": _error_content(endpoint, status, declared, error_schema),
        }
    for refused in endpoint.security.bare_refusals:
        responses.setdefault(str(refused), {"description": HTTPStatus(refused).phrase})
    of_endpoint = responses.get("429", {})
    responses["429"] = {
        "description": "Too many requests",
        "headers": {"X-Retry-After": {"description": "Seconds to wait", "schema": {"type": "integer"}}},
        "content": of_endpoint.get("content", {JSON_TYPE: {"schema": error_schema}}),
    }
    return responses


def _add_user_fields(schema: Document, auth: AuthContext, *, creates: bool) -> None:
    model = auth.schema.models["user"]
    own = {"name", "email", "image", "createdAt", "updatedAt"}
    fields = {name: field for name, field in model.fields.items() if field.input and name not in own}
    if not creates:
        # Any object is accepted, for the sake of these fields.
        schema["properties"] = dict(_NAME_AND_IMAGE)
    schema["properties"].update({name: describe_value(field) for name, field in fields.items()})
    if creates:
        demanded = [name for name, field in fields.items() if field.demanded and field.default_value is None]
        schema["required"] = [*schema.get("required", []), *demanded]


def _error_content(endpoint: AnyEndpoint, status: int, errors: list[ErrorCode], schema: Document) -> Document:
    """Return the response of one error status, in the endpoint's own error shape if it has one."""
    if endpoint.shape_error is None:
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
            given = {*_fields_of(endpoint.body), *_fields_of(endpoint.query)}
            errors += [(403, error) for name, error in _REDIRECT_ERRORS.items() if name in given]
    if endpoint.redirect_parameters:
        declared = (one for one in endpoint.redirect_parameters if isinstance(one, tuple))
        errors += [(403, BaseErrorCodes.INVALID_CALLBACK_URL), *((403, error) for _, error in declared)]
    return [*errors, *endpoint.security.errors]


def _fields_of(schema: Schema | None) -> Mapping[str, Schema]:
    if isinstance(schema, Optional):
        schema = schema.inner
    return schema.fields if isinstance(schema, Object) else {}


def _query_parameters(endpoint: AnyEndpoint) -> list[Document]:
    parameters = []
    for name, field in _fields_of(endpoint.query).items():
        described = field.json_schema()
        description = described.pop("description", None)
        parameter: Document = {"name": name, "in": "query", "required": not field.optional, "schema": described}
        parameters.append(parameter | ({"description": description} if description else {}))
    return parameters
