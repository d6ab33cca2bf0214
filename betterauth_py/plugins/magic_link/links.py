"""Magic links: their URL, and what is stored of them until they are used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from betterauth_py.plugins import AuthContext, EndpointContext, validation
from betterauth_py.plugins.magic_link.options import CustomHasher, MagicLinkOptions
from betterauth_py.plugins.tools import (
    InvalidJSONError,
    generate_letters,
    hash_base64url,
    parse,
    resolve,
    store_single_use_value,
    stringify_plainly,
    with_query,
)

_TYPE = "magic-link"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whoever a link was mailed to."""

    email: str
    """The address as the client has written it."""
    name: str
    """The name that a new user gets, or ""."""


async def create_link(ctx: EndpointContext[dict[str, Any], Any], options: MagicLinkOptions) -> dict[str, Any]:
    """Store a link to the address of the body; return its `url` and `token`."""
    email = ctx.body["email"]
    token = await resolve(options.generate_token(email)) if options.generate_token else generate_letters()
    given = {"type": _TYPE, "email": email, **({"name": ctx.body["name"]} if "name" in ctx.body else {})}
    identifier, value = await _identifier(options, token), stringify_plainly(given).decode()
    await store_single_use_value(ctx.auth, identifier, value, options.life, identifier_first=True)
    parameters = {
        "token": token,
        "callbackURL": ctx.body.get("callbackURL") or "/",
        **{name: ctx.body[name] for name in ("newUserCallbackURL", "errorCallbackURL") if ctx.body.get(name)},
    }
    return {"url": with_query(f"{ctx.base_url}/magic-link/verify", parameters), "token": token}


async def use_link(auth: AuthContext, options: MagicLinkOptions, token: str) -> Recipient | None:
    """Use up the link with this token; return its recipient, or None if it is unknown, expired or used."""
    found = await auth.verifications.consume(await _identifier(options, token), auth.now())
    return None if found is None else _read(found["value"])


def _read(value: str) -> Recipient | None:
    try:
        given = parse(value.encode("utf-8", "replace"))
    except InvalidJSONError:
        return None
    if not isinstance(given, dict) or given.get("type") != _TYPE or given.keys() - {"type", "email", "name"}:
        return None
    email, name = given.get("email"), given.get("name", "")
    if not isinstance(email, str) or not validation.is_email(email) or not isinstance(name, str):
        return None
    return Recipient(email, name)


async def _identifier(options: MagicLinkOptions, token: str) -> str:
    store = options.store_token
    if isinstance(store, CustomHasher):
        token = await resolve(store.hash(token))
    elif store == "hashed":
        token = hash_base64url(token)
    return f"magic-link:{token}"
