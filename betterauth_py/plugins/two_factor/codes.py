"""Codes that are sent to the user: made, stored and sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from betterauth_py.plugins import AuthContext, Caller, EndpointContext, Row, answering, mail_sender
from betterauth_py.plugins.tools import (
    CodeRefusal,
    CodeRefusedError,
    CodeStorage,
    generate_digits,
    may_send,
    resolve,
    send_later,
    store_code,
)
from betterauth_py.plugins.two_factor.errors import TwoFactorErrorCodes
from betterauth_py.plugins.two_factor.mails import CODE
from betterauth_py.plugins.two_factor.options import OTPOptions

Context = EndpointContext[Any, Any]

_WHAT: Final = f"send the mail {CODE.name}"
_REFUSALS: Final = answering(
    {
        CodeRefusal.EXPIRED: (400, TwoFactorErrorCodes.OTP_HAS_EXPIRED),
        CodeRefusal.TOO_MANY: (400, TwoFactorErrorCodes.TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE),
        CodeRefusal.WRONG: (401, TwoFactorErrorCodes.INVALID_CODE),
    }
)


def identifier_of(key: str) -> str:
    """Return the identifier under which the code of a challenge or a session is stored."""
    return f"2fa-otp-{key}"


class SentCodes:
    """The codes of one deployment."""

    def __init__(self, options: OTPOptions) -> None:
        """Make, store and send codes as `options` say."""
        self._options = options
        self._storage = CodeStorage(options.store_otp)

    def sender(self, caller: Caller) -> Callable[..., Any] | None:
        """Return what sends codes: the deployment's function, else the server's mail; None if nothing does."""
        function = self._options.send_otp
        if function is None:
            return mail_sender(caller, CODE)

        async def send(data: dict[str, Any], _request: Any) -> None:
            await resolve(function({"user": data["user"], "otp": data["otp"]}, caller))

        return send

    async def send(self, ctx: Context, key: str, user: Row) -> None:
        """Store a code and send it after the answer; nothing happens once too many went to the user's address."""
        seconds = self._options.seconds
        if not await may_send(ctx, {"user": user}, _WHAT, life=seconds):
            return
        code = generate_digits(self._options.digits)
        await store_code(ctx.auth, identifier_of(key), await self._storage.to_store(ctx.auth.secrets, code), seconds)
        send = self.sender(ctx)
        if send is not None:
            send_later(ctx, send, {"user": user, "otp": code, "expires_in": seconds}, _WHAT, is_counted=True)

    async def forms(self, auth: AuthContext, code: str) -> list[str] | None:
        """Return what is stored of a code, with each number of wrong guesses; None where that cannot be told."""
        return await self._storage.known_values(auth.secrets, code, attempts=self._options.attempts)

    async def use(self, ctx: Context, key: str, code: str) -> None:
        """Use a code up; of several callers at once, one does.

        Raises:
            APIError: 401 if it is wrong, 400 if there is none or after too many wrong ones.
        """
        with _REFUSALS:
            try:
                await self._storage.use(ctx.auth, identifier_of(key), code, attempts=self._options.attempts)
            except CodeRefusedError as error:
                if error.is_absent:
                    raise CodeRefusedError(CodeRefusal.EXPIRED) from None
                raise
