"""`POST /device/code`: a device asks for its codes (RFC 8628, 3.1 and 3.2)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final
from urllib.parse import parse_qsl

from betterauth_py.plugins import APIError, EndpointContext, ErrorCode, Reply, Security, endpoint, validation
from betterauth_py.plugins.device_authorization import errors
from betterauth_py.plugins.device_authorization.codes import store_new_codes
from betterauth_py.plugins.device_authorization.options import DeviceAuthorizationOptions
from betterauth_py.plugins.tools import resolve, resolve_url, with_query_parameter

Context = EndpointContext[dict[str, Any], Any]
_FIELDS: Final = ("client_id", "user_id", "scope")
_LONGEST: Final = 4_096
_FORM: Final = "application/x-www-form-urlencoded"


@endpoint(
    "/device/code",
    methods=("POST",),
    security=Security.PUBLIC,
    operation_id="deviceCode",
    body=validation.Object(
        {
            "client_id": validation.String("The client ID of the application"),
            "user_id": validation.Optional(
                validation.String("The user ID to which the device code should be pre-bound.")
            ),
            "scope": validation.Optional(validation.String("Space-separated list of scopes")),
        }
    ),
    media_types=("application/json", _FORM),
    errors=((400, errors.INVALID_CLIENT), (400, errors.NO_CLIENT_ID), (500, errors.NO_UNIQUE_CODE)),
    shape_error=errors.shape_request_error,
    reply=Reply(
        "The codes, and where the user enters the user code",
        {
            "type": "object",
            "properties": {
                "device_code": {"type": "string"},
                "user_code": {"type": "string"},
                "verification_uri": {"type": "string", "format": "uri"},
                "verification_uri_complete": {"type": "string", "format": "uri"},
                "expires_in": {"type": "integer"},
                "interval": {"type": "integer"},
            },
            "required": [
                "device_code",
                "user_code",
                "verification_uri",
                "verification_uri_complete",
                "expires_in",
                "interval",
            ],
        },
    ),
    tags=("Device authorization",),
)
async def device_code(ctx: Context) -> dict[str, Any]:
    """Request a device code and a user code."""
    ctx.response_headers.set("pragma", "no-cache")
    options = ctx.auth.services.get(DeviceAuthorizationOptions)
    given = await _parameters(ctx)
    client_id, scope = given.get("client_id"), given.get("scope")
    if client_id is None:
        raise APIError.of(400, errors.NO_CLIENT_ID)
    await require_client(options, client_id)
    if options.on_device_auth_request is not None:
        await resolve(options.on_device_auth_request(client_id, scope))
    row = await store_new_codes(
        ctx.auth,
        options,
        {
            "userId": given.get("user_id"),
            "expiresAt": ctx.auth.now() + timedelta(seconds=options.expires_in),
            "status": "pending",
            "pollingInterval": options.interval * 1000,
            "clientId": client_id,
            "scope": scope,
        },
    )
    uri = options.verification_uri or "/device"
    return {
        "device_code": row["deviceCode"],
        "user_code": row["userCode"],
        "verification_uri": resolve_url(uri, ctx.base_url),
        "verification_uri_complete": with_query_parameter(uri, ctx.base_url, "user_code", row["userCode"]),
        "expires_in": options.expires_in,
        "interval": options.interval,
    }


async def require_client(options: DeviceAuthorizationOptions, client_id: str) -> None:
    """Require that the deployment lets this client sign users in.

    Raises:
        APIError: 400 `invalid_client`.
    """
    if options.validate_client is not None and not await resolve(options.validate_client(client_id)):
        raise APIError.of(400, errors.INVALID_CLIENT)


async def _parameters(ctx: Context) -> dict[str, str]:
    """Return the parameters; empty ones count as absent, and a form's may not be repeated (RFC 6749, 3.2)."""
    given = [(name, ctx.body[name]) for name in _FIELDS if name in ctx.body]
    if ctx.request is not None and _FORM in (ctx.headers.value("content-type") or "").lower():
        text = (await ctx.request.body(ctx.options.advanced.max_body_size)).decode("utf-8", "replace")
        given = parse_qsl(text, keep_blank_values=True, errors="replace")
    found: dict[str, str] = {}
    for name in _FIELDS:
        values = [value for key, value in given if key == name and value]
        if len(values) > 1:
            raise APIError.of(400, ErrorCode("invalid_request", f"{name} must not be repeated"))
        if any(len(value) > _LONGEST for value in values):
            # A stranger can have rows stored; better-auth 1.7.25 has no limit.
            raise APIError.of(400, ErrorCode("invalid_request", f"{name} must be at most {_LONGEST} characters"))
        found |= {name: values[0]} if values else {}
    return found
