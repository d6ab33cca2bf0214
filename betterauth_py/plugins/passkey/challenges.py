"""Challenges: made for one browser, which a signed cookie names, for five minutes and for one use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from re import compile as compile_pattern
from typing import Any, Final, Literal

from betterauth_py.plugins import APIError, EndpointContext, Row
from betterauth_py.plugins.passkey.errors import PasskeyErrorCodes
from betterauth_py.plugins.passkey.options import PasskeyOptions
from betterauth_py.plugins.tools import (
    InvalidJSONError,
    generate_id,
    parse,
    parse_url,
    store_single_use_value,
    stringify_plainly,
)

Context = EndpointContext[Any, Any]
Ceremony = Literal["registration", "authentication"]

_TOKEN: Final = compile_pattern("[a-zA-Z0-9]{32}")
LIFE: Final = 300
"""Seconds until a challenge and its cookie end."""


@dataclass(frozen=True, slots=True)
class Challenge:
    """A challenge that has been taken, and what it was made with."""

    text: str
    """The challenge, in base64url."""
    user: Row
    """`id`, `name` and `displayName` of the user of a registration."""
    context: str | None
    """What the client has sent along to a registration."""
    made: datetime
    """When it was made."""


async def issue_challenge(
    ctx: Context, options: PasskeyOptions, ceremony: Ceremony, challenge: str, **known: Any
) -> None:
    """Keep a challenge with what else must be `known` when it is answered, and set the cookie."""
    token = generate_id(32)
    cookie = ctx.auth.make_cookie(options.advanced.web_authn_challenge_cookie, None)
    ctx.set_signed_cookie(cookie, token, max_age=LIFE)
    value = {"type": ceremony, "expectedChallenge": challenge, **known}
    await store_single_use_value(ctx.auth, token, stringify_plainly(value).decode(), LIFE, identifier_first=True)


async def take_challenge(ctx: Context, options: PasskeyOptions, ceremony: Ceremony) -> Challenge:
    """Take the challenge of this browser, which no other call then gets.

    Raises:
        APIError: 400 if there is none, it has ended or was made for the other ceremony.
    """
    token = ctx.get_signed_cookie(ctx.auth.make_cookie(options.advanced.web_authn_challenge_cookie, None))
    # Another signed value, such as a state, must not use up what is stored under it.
    is_ours = token is not None and _TOKEN.fullmatch(token) is not None
    found = await ctx.auth.verifications.consume(token, ctx.auth.now()) if token and is_ours else None
    value = _read(found["value"]) if found is not None else {}
    if found is None or value.get("type") != ceremony:
        raise APIError.of(400, PasskeyErrorCodes.CHALLENGE_NOT_FOUND)
    return Challenge(value["expectedChallenge"], value["userData"], value.get("context"), found["createdAt"])


def rp_id_of(ctx: Context, options: PasskeyOptions) -> str:
    """Return the RP ID: that of the options, or else the host of the base URL."""
    if options.rp_id:
        return options.rp_id
    auth = ctx.auth
    origin = auth.base_origin or (auth.origin_of_request(ctx.request) if ctx.request is not None else None)
    url = parse_url(origin) if origin is not None else None
    return url.hostname if url is not None else "localhost"


def origin_of(ctx: Context, options: PasskeyOptions) -> str | list[str] | None:
    """Return the origins that responses may come from; without the option, the `Origin` header's or None."""
    return options.origin or ctx.headers.value("origin") or None


def _read(text: str) -> dict[str, Any]:
    """Return a stored value; an empty one for what another part of the server has stored."""
    try:
        value = parse(text.encode())
    except InvalidJSONError:
        return {}
    return value if isinstance(value, dict) else {}
