"""Authorization codes that carry a sign-in from the browser to the app."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import Any, Final

from betterauth_py.plugins import APIError, Cookie, EndpointContext
from betterauth_py.plugins.electron.errors import ElectronErrorCodes
from betterauth_py.plugins.electron.options import ElectronOptions
from betterauth_py.plugins.tools import generate_id, store_single_use_value, stringify_plainly

Context = EndpointContext[Any, Any]

TRANSFER_COOKIE: Final = "transfer_token"
PREFIX: Final = "electron:"
_CODE_LENGTH: Final = 32


@dataclass(frozen=True)
class Transfer:
    """What the app asks for: its id, its state, and the challenge whose verifier only it knows (RFC 7636)."""

    client_id: str
    code_challenge: str
    state: str

    @classmethod
    def read(cls, value: Any) -> Transfer | None:
        """Return what a query or a cookie asks for; None if a part is missing, empty or no text."""
        if not isinstance(value, dict):
            return None
        client_id, code_challenge, state = (value.get(name) for name in ("client_id", "code_challenge", "state"))
        if not isinstance(client_id, str) or not isinstance(code_challenge, str) or not isinstance(state, str):
            return None
        return cls(client_id, code_challenge, state) if code_challenge and state else None

    def text(self) -> str:
        """Return the text of the cookie."""
        parts = {"client_id": self.client_id, "code_challenge": self.code_challenge, "state": self.state}
        return stringify_plainly(parts).decode()


async def create_code(ctx: Context, options: ElectronOptions, asked: Transfer) -> str | None:
    """Store an authorization code for whoever is signed in, give it to the page in a cookie, and return it.

    None if nobody is signed in, or another client asks.

    Raises:
        APIError: 400 if the state or the challenge is empty.
    """
    # A session that the call has just started is whose sign-in this is, whoever was signed in before.
    found = ctx.new_session or ctx.session
    if found is None or asked.client_id != options.client_id:
        return None
    if not asked.state:
        raise APIError.of(400, ElectronErrorCodes.MISSING_STATE)
    if not asked.code_challenge:
        raise APIError.of(400, ElectronErrorCodes.MISSING_PKCE)
    code = generate_id(_CODE_LENGTH)
    record = stringify_plainly({"userId": found[1]["id"], "codeChallenge": asked.code_challenge, "state": asked.state})
    async with ctx.auth.database.transaction():
        # Who revokes all access to a user locks it too: a session that has ended meanwhile makes no code.
        await ctx.auth.users.lock(found[1]["id"])
        is_stored = ctx.new_session is not None or ctx.session_source != "hook"
        if is_stored and await ctx.auth.sessions.find_with_user(found[0]["token"], fresh=True) is None:
            return None
        await store_single_use_value(ctx.auth, f"{PREFIX}{code}", record.decode(), options.code_expires_in)
    redirect = stringify_plainly({"identifier": code, "state": asked.state})
    attributes = ctx.auth.cookies.session_token.attributes.with_overrides(
        {"max_age": options.redirect_cookie_expires_in, "http_only": False}
    )
    cookie = Cookie(f"{options.cookie_prefix}.{options.client_id}", attributes)
    ctx.set_cookie(cookie, urlsafe_b64encode(redirect).decode())
    return code
