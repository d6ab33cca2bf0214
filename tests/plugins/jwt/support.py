"""Tokens, opened."""

from __future__ import annotations

import json
from typing import Any

from betterauth_py import BetterAuth
from betterauth_py.conformance.sealed import from_b64url
from tests.store.support import PASSWORD, new_address


async def sign_up(auth: BetterAuth, **fields: Any) -> dict[str, str]:
    """Sign somebody up; the headers of their requests."""
    body = {"name": "Ada", "email": new_address(), "password": PASSWORD, **fields}
    signed_up = await auth.api.sign_up_email(body=body, return_headers=True)
    return {"cookie": "; ".join(cookie.partition(";")[0] for cookie in signed_up.headers.cookies)}


async def token_of(auth: BetterAuth, headers: dict[str, str]) -> str:
    """A token for whoever these headers are of."""
    token: str = (await auth.api.get_token(headers=headers))["token"]
    return token


async def published(auth: BetterAuth) -> list[str]:
    """The ids of the published keys."""
    return [key["kid"] for key in (await auth.api.get_jwks())["keys"]]


async def verified(auth: BetterAuth, token: str, **more: Any) -> dict[str, Any] | None:
    """What the auth says that the token says."""
    answer = await auth.api.verify_jwt(body={"token": token, **more})
    payload: dict[str, Any] | None = answer["payload"]
    return payload


def header_of(token: str) -> dict[str, Any]:
    """The token's header."""
    return _part(token, 0)


def claims_of(token: str) -> dict[str, Any]:
    """The token's claims, unverified."""
    return _part(token, 1)


def _part(token: str, number: int) -> dict[str, Any]:
    opened: dict[str, Any] = json.loads(from_b64url(token.split(".")[number]))
    return opened
