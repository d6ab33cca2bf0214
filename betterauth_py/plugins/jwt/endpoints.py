"""`GET /jwks` and `GET /token`, and `sign_jwt` and `verify_jwt` for code in this process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from betterauth_py.plugins import APIError, Endpoint, EndpointContext, Reply, Security, endpoint, validation
from betterauth_py.plugins.jwt.options import JwtOptions
from betterauth_py.plugins.jwt.tokens import Tokens
from betterauth_py.plugins.tools import load_value, snake_case

Context = EndpointContext[Any, Any]

_TOKEN: Final = {"type": "object", "properties": {"token": {"type": "string"}}, "required": ["token"]}
_KEY: Final = {
    "type": "object",
    "properties": {
        "kid": {"type": "string", "description": "The key's id, which tokens name in their header"},
        "kty": {"type": "string", "enum": ["OKP", "EC", "RSA"]},
        "alg": {"type": "string", "description": "The one algorithm that the key is used with"},
        **{
            name: {"type": "string", "description": description}
            for name, description in (
                ("crv", "The curve, unless it is an RSA key"),
                ("x", "X coordinate"),
                ("y", "Y coordinate (EC)"),
                ("n", "Modulus (RSA)"),
                ("e", "Exponent (RSA)"),
            )
        },
    },
    "required": ["kid", "kty", "alg"],
}


@endpoint(
    "/jwks",
    methods=("GET",),
    security=Security.PUBLIC,
    operation_id="getJSONWebKeySet",
    no_store=False,
    reply=Reply(
        "The public keys",
        {"type": "object", "properties": {"keys": {"type": "array", "items": _KEY}}, "required": ["keys"]},
    ),
)
async def get_jwks(ctx: Context) -> dict[str, Any]:
    """Get the JSON Web Key Set with the public keys."""
    tokens = tokens_of(ctx)
    if tokens.options.jwks.remote_url:
        raise APIError(404)
    return {"keys": await tokens.keys.published()}


@endpoint(
    "/token",
    methods=("GET",),
    security=Security.SESSION,
    operation_id="getJSONWebToken",
    requires_headers=True,
    reply=Reply("A token for the user", _TOKEN),
)
async def get_token(ctx: Context) -> dict[str, str]:
    """Get a JSON Web Token for the user."""
    return {"token": await tokens_of(ctx).of_session(ctx)}


@endpoint(
    None,
    methods=("POST",),
    security=Security.SERVER_ONLY,
    operation_id="signJWT",
    body=validation.Object(
        {"payload": validation.Record(), "overrideOptions": validation.Optional(validation.Record())}
    ),
    reply=Reply("The token", _TOKEN),
    shown_to_clients=False,
)
async def sign_jwt(ctx: Context) -> dict[str, str]:
    """Sign your own claims as a token."""
    tokens = tokens_of(ctx)
    options = _overridden(tokens.options, ctx.body.get("overrideOptions") or {})
    return {"token": await tokens.sign(ctx, ctx.body["payload"], options)}


@endpoint(
    None,
    methods=("POST",),
    security=Security.SERVER_ONLY,
    operation_id="verifyJWT",
    body=validation.Object({"token": validation.String(), "issuer": validation.Optional(validation.String())}),
    reply=Reply(
        "The claims, or null",
        {"type": "object", "properties": {"payload": {"type": ["object", "null"]}}, "required": ["payload"]},
    ),
    shown_to_clients=False,
)
async def verify_jwt(ctx: Context) -> dict[str, Any]:
    """Verify a token that this server has signed."""
    tokens = tokens_of(ctx)
    options = tokens.options
    if issuer := ctx.body.get("issuer"):
        options = replace(options, jwt=replace(options.jwt, issuer=issuer))
    return {"payload": await tokens.verify(ctx, ctx.body["token"], options)}


def endpoints_for(options: JwtOptions) -> list[Endpoint[Any, Any]]:
    """Return the endpoints, the keys' where the options want it."""
    return [replace(get_jwks, path=options.jwks.jwks_path), get_token, sign_jwt, verify_jwt]


def tokens_of(ctx: Context) -> Tokens:
    """Return what signs and verifies for the auth of this call."""
    return ctx.auth.services.get(Tokens)


def _overridden(options: JwtOptions, wanted: Mapping[str, Any]) -> JwtOptions:
    """Return `options` with whole groups replaced, as better-auth's `overrideOptions`, under either kind of names."""
    if not wanted:
        return options
    groups = {
        snake_case(name): {snake_case(option): value for option, value in group.items()}
        if isinstance(group, Mapping)
        else group
        for name, group in wanted.items()
    }
    loaded = load_value(JwtOptions, groups, "overrideOptions")
    return replace(options, **{name: getattr(loaded, name) for name in groups})
