"""Tokens, opened."""

from __future__ import annotations

import json
from typing import Any

from betterauth_py import BetterAuth
from betterauth_py.conformance.sealed import from_b64url
from betterauth_py.testing import SessionFactory, UserFactory


async def sign_in(auth: BetterAuth, **fields: Any) -> dict[str, str]:
    """Sign in somebody new; the headers of their requests."""
    user = await UserFactory(auth.context).create(**{"name": "Ada", "email_verified": False, **fields})
    return (await SessionFactory(auth.context).login(user)).headers


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
