"""The codes of one deployment: how they are made, stored, compared and mailed."""

from __future__ import annotations

from typing import Any, Final

from betterauth_py.plugins import APIError, AuthContext, EndpointContext, NoRequest, Row, answering, mail_sender
from betterauth_py.plugins.email_otp.errors import EmailOTPErrorCodes
from betterauth_py.plugins.email_otp.mails import MAILS, Purpose
from betterauth_py.plugins.email_otp.options import EmailOTPOptions
from betterauth_py.plugins.tools import (
    CodeRefusal,
    CodeStorage,
    check_code,
    find_code,
    find_reusable_code,
    generate_digits,
    logger,
    may_send,
    prolong_code,
    resolve,
    send_later,
    store_code,
    store_code_discreetly,
)

_MISSING: Final = (
    "No code can be mailed. Set option `plugins.email-otp.send_verification_otp`, or let the server send mail "
    "(`[mail]`) and leave `mail.send.email_otp_*` on."
)

Context = EndpointContext[Any, Any]

REFUSALS = answering(
    {
        CodeRefusal.WRONG: (400, EmailOTPErrorCodes.INVALID_OTP),
        CodeRefusal.EXPIRED: (400, EmailOTPErrorCodes.OTP_EXPIRED),
        CodeRefusal.TOO_MANY: (403, EmailOTPErrorCodes.TOO_MANY_ATTEMPTS),
    }
)
CODE_ERRORS = (
    (400, EmailOTPErrorCodes.INVALID_OTP),
    (400, EmailOTPErrorCodes.OTP_EXPIRED),
    (403, EmailOTPErrorCodes.TOO_MANY_ATTEMPTS),
)


def identifier_of(purpose: Purpose, email: str) -> str:
    """Return the identifier under which a code is stored."""
    return f"{purpose}-otp-{email}"


class Codes:
    """The codes, by the options of the plugin."""

    def __init__(self, options: EmailOTPOptions) -> None:
        """Use the rules of `options`."""
        self.options = options
        self._storage = CodeStorage(options.store_otp)

    async def create(self, ctx: Context, email: str, purpose: Purpose) -> str:
        """Store a new code and return it."""
        code = await self._generate(ctx, email, purpose)
        stored = await self._storage.to_store(ctx.auth.secrets, code)
        await store_code(ctx.auth, identifier_of(purpose, email), stored, self.options.expires_in)
        return code

    async def read(self, auth: AuthContext, email: str, purpose: Purpose) -> str | None:
        """Return the code that is valid now, or None.

        Raises:
            APIError: 400 if codes are hashed and there is one.
        """
        found = await find_code(auth, identifier_of(purpose, email))
        if found is None:
            return None
        if self._storage.is_hashed:
            raise APIError(400, {"message": "OTP is hashed, cannot return the plain text OTP"})
        return await self._storage.to_plain(auth.secrets, found[0])

    async def check(self, auth: AuthContext, identifier: str, code: str) -> None:
        """Require that a guessed code is right, and keep it.

        Raises:
            APIError: 400 if it is wrong or expired, 403 after too many guesses.
        """

        async def matches(stored: str) -> bool:
            return await self._storage.matches(auth.secrets, stored, code)

        with REFUSALS:
            await check_code(auth, identifier, matches, **self._limits)

    async def use(self, auth: AuthContext, identifier: str, code: str) -> None:
        """Use the code up if it is right.

        Raises:
            APIError: 400 if it is wrong or expired, 403 after too many guesses.
        """
        with REFUSALS:
            await self._storage.use(auth, identifier, code, **self._limits)

    def warn_without_sender(self, auth: AuthContext) -> None:
        """Log it if nothing can send codes."""
        caller, function = NoRequest(auth), self.options.send_verification_otp
        if all(mail_sender(caller, mail, function) is None for mail in MAILS.values()):
            logger.warning(_MISSING)

    def require_sender(self, ctx: Context, purpose: Purpose) -> None:
        """Require that codes can be sent.

        Raises:
            APIError: 400 if there is neither a function nor a mail for it.
        """
        if mail_sender(ctx, MAILS[purpose], self.options.send_verification_otp) is None:
            logger.error(_MISSING)
            raise APIError(400, {"message": "send email verification is not implemented"})

    async def send(
        self,
        ctx: Context,
        email: str,
        purpose: Purpose,
        *,
        user: Row | None = None,
        identifier: str | None = None,
        pretend: bool = False,
        may_reuse: bool = True,
    ) -> None:
        """Store a code and mail it after the answer; with `pretend`, take the same steps for an address that gets none.

        If too many have been mailed to the address, nothing happens, so that the last one stays valid.
        """
        what, life = f"send the mail {MAILS[purpose].name}", self.options.expires_in
        to = user or {"email": email}
        if not await may_send(ctx, {"user": to}, what, life=life, pretend=pretend):
            return
        code = await self._prepare(ctx, email, purpose, identifier, pretend=pretend, may_reuse=may_reuse)
        send = self._sender(ctx, purpose)
        if send is not None:
            send_later(ctx, send, {"user": to, "otp": code, **self._more}, what, pretend=pretend, is_counted=True)

    async def send_now(self, ctx: Context, user: Row, *, pretend: bool) -> None:
        """Store a code that verifies the user's address and mail it; the caller has counted the mail."""
        purpose: Purpose = "email-verification"
        email = user["email"].lower()
        code = await self._prepare(ctx, email, purpose, None, pretend=pretend, may_reuse=True)
        send = self._sender(ctx, purpose)
        if pretend:
            send = getattr(send, "rehearse", None)
        if send is not None:
            await resolve(send({"user": user, "otp": code, **self._more}, ctx.request))

    @property
    def _more(self) -> dict[str, Any]:
        return {"expires_in": self.options.expires_in}

    @property
    def _limits(self) -> dict[str, int]:
        return {"attempts": self.options.attempts, "life": self.options.expires_in}

    def _sender(self, ctx: Context, purpose: Purpose) -> Any:
        """Return what sends a code: the deployment's function in the form of a mail's sender, or the server's mail."""
        function = self.options.send_verification_otp
        if function is None:
            return mail_sender(ctx, MAILS[purpose])

        async def send(data: dict[str, Any], _request: Any) -> None:
            await resolve(function({"email": data["user"]["email"], "otp": data["otp"], "type": purpose}, ctx))

        return mail_sender(ctx, MAILS[purpose], send)

    async def _prepare(
        self,
        ctx: Context,
        email: str,
        purpose: Purpose,
        identifier: str | None,
        *,
        pretend: bool,
        may_reuse: bool,
    ) -> str:
        auth, life = ctx.auth, self.options.expires_in
        stored_as = identifier or identifier_of(purpose, email)
        if may_reuse and self.options.resend_strategy == "reuse" and not self._storage.is_hashed:
            found = await find_reusable_code(auth, stored_as, self.options.attempts)
            reused = await self._storage.to_plain(auth.secrets, found[0]) if found is not None and not pretend else None
            if found is not None and reused:
                await prolong_code(auth, stored_as, found[1], life)
                return reused
        code = await self._generate(ctx, email, purpose)
        stored = await self._storage.to_store(auth.secrets, code)
        await store_code_discreetly(auth, stored_as, stored, life, pretend=pretend)
        return code

    async def _generate(self, ctx: Context, email: str, purpose: Purpose) -> str:
        generate = self.options.generate_otp
        code = await resolve(generate({"email": email, "type": purpose}, ctx)) if generate is not None else None
        return str(code) if code else generate_digits(self.options.otp_length)
