"""`POST /siwe/nonce` (also `/siwe/get-nonce`) and `POST /siwe/verify`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from betterauth_py.plugins import (
    APIError,
    Endpoint,
    EndpointContext,
    NotStoredError,
    Reply,
    Security,
    UserRefusedError,
    endpoint,
    set_session_cookie,
    validation,
)
from betterauth_py.plugins.siwe.addresses import to_checksum_address
from betterauth_py.plugins.siwe.errors import Refusal, refused
from betterauth_py.plugins.siwe.messages import SiweMessage, normalize_domain, parse_message, read_time
from betterauth_py.plugins.siwe.options import SiweOptions
from betterauth_py.plugins.siwe.signatures import VerifyMessage
from betterauth_py.plugins.siwe.wallets import PROVIDER, Wallet, sign_in_wallet
from betterauth_py.plugins.tools import (
    SecurityEvent,
    generate_id,
    is_fault,
    logger,
    record,
    resolve,
    store_single_use_value,
)

Context = EndpointContext[dict[str, Any], Any]

_NONCE_LIFE: Final = 900
_NONCE: Final = re.compile(r"[a-zA-Z0-9]{8,250}")
_EMAIL_NEEDED: Final = "Email is required when the anonymous plugin option is disabled."


def endpoints_for(options: SiweOptions, verify_message: VerifyMessage) -> list[Endpoint[Any, Any]]:
    """Return the endpoints."""
    given = {
        "message": validation.Checked(
            validation.String("The message that the wallet has signed (EIP-4361)"), (validation.MinLength(1),)
        ),
        "signature": validation.Checked(validation.String("Its signature"), (validation.MinLength(1),)),
        "email": validation.Optional(validation.Email("The e-mail address of a new user")),
    }
    has_email = validation.Refine(
        lambda body: options.anonymous or bool(body.get("email")), message=_EMAIL_NEEDED, path=("email",)
    )

    @endpoint(
        "/siwe/verify",
        methods=("POST",),
        security=Security.PUBLIC,
        operation_id="verifySiweMessage",
        body=validation.Checked(validation.Object(given, unknown=validation.Unknown.REFUSED), (has_email,)),
        errors=[(401, one.value.error) for one in Refusal if one.value.status == 401 and one.value.error.code],
        reply=Reply(
            "The session's token and the wallet",
            {
                "type": "object",
                "properties": {
                    "token": {"type": "string"},
                    "success": {"type": "boolean"},
                    "user": {
                        "type": "object",
                        "properties": {
                            "id": {"type": "string"},
                            "walletAddress": {"type": "string"},
                            "chainId": {"type": "number"},
                        },
                        "required": ["id", "walletAddress", "chainId"],
                    },
                },
                "required": ["token", "success", "user"],
            },
        ),
        tags=("SIWE",),
    )
    async def verify_siwe_message(ctx: Context) -> dict[str, Any]:
        """Sign in with a message that the wallet has signed."""
        body = ctx.body
        with _failing_quietly():
            wallet = await _prove(ctx, options, verify_message, body["message"], body["signature"])
            session, user = await sign_in_wallet(ctx, options, wallet, _claimed_email(ctx, options))
            if session is None:
                raise APIError(500, {"message": "Internal Server Error", "status": 500})
            await set_session_cookie(ctx, session, user)
        shown = {"id": user["id"], "walletAddress": wallet.address, "chainId": wallet.chain_id}
        return {"token": session["token"], "success": True, "user": shown}

    return [*_nonce_endpoints(options), verify_siwe_message]


def _nonce_endpoints(options: SiweOptions) -> list[Endpoint[Any, Any]]:
    declared: dict[str, Any] = {
        "methods": ("POST",),
        "security": Security.PUBLIC,
        "body": validation.Optional(validation.Object({}, unknown=validation.Unknown.REFUSED)),
        "errors": ((500, Refusal.BAD_NONCE_OF_OPTION.value.error),),
        "reply": Reply(
            "The nonce", {"type": "object", "properties": {"nonce": {"type": "string"}}, "required": ["nonce"]}
        ),
        "tags": ("SIWE",),
    }

    async def give(ctx: Context) -> dict[str, str]:
        nonce = await resolve(options.get_nonce()) if options.get_nonce is not None else generate_id(32)
        if not _is_nonce(nonce):
            raise refused(Refusal.BAD_NONCE_OF_OPTION)
        await store_single_use_value(ctx.auth, _identifier(nonce), nonce, _NONCE_LIFE)
        return {"nonce": nonce}

    @endpoint("/siwe/nonce", operation_id="getSiweNonce", **declared)
    async def get_siwe_nonce(ctx: Context) -> dict[str, str]:
        """Get a nonce for the message; it counts once, for 15 minutes."""
        return await give(ctx)

    @endpoint("/siwe/get-nonce", operation_id="getNonce", **declared)
    async def get_nonce(ctx: Context) -> dict[str, str]:
        """Get a nonce, as `/siwe/nonce`."""
        return await give(ctx)

    return [get_siwe_nonce, get_nonce]


@contextmanager
def _failing_quietly() -> Iterator[None]:
    """Answer 401 to what goes wrong, as better-auth 1.7.25 does, unless the database is down."""
    try:
        yield
    except APIError:
        raise
    except (NotStoredError, UserRefusedError) as error:
        logger.error("A wallet could not sign in: %s", error)
        raise refused(Refusal.FAILED) from None
    except Exception as error:
        if is_fault(error):
            raise
        logger.error("Failed to verify a SIWE message", exc_info=error)
        raise refused(Refusal.FAILED) from None


async def _prove(
    ctx: Context, options: SiweOptions, verify_message: VerifyMessage, text: str, signature: str
) -> Wallet:
    """Use up the nonce of a message and return the wallet that has signed it.

    Raises:
        APIError: 401.
    """
    try:
        return await _proven(ctx, options, verify_message, text, signature)
    except APIError as error:
        record(ctx, SecurityEvent.SIGN_IN_FAILED, reason=error.code or "INVALID_SIGNATURE", provider=PROVIDER)
        raise


async def _proven(
    ctx: Context, options: SiweOptions, verify_message: VerifyMessage, text: str, signature: str
) -> Wallet:
    message = parse_message(text)
    nonce = message.nonce
    if nonce is None or not _is_nonce(nonce):
        raise refused(Refusal.MISMATCH)
    # First of all, whatever else is wrong with the message: a nonce has one try.
    if await ctx.auth.verifications.consume(_identifier(nonce), ctx.auth.now()) is None:
        raise refused(Refusal.SPENT_NONCE)
    domain = normalize_domain(message.domain) if message.domain else None
    if message.address is None or not message.chain_id or message.chain_id <= 0:
        raise refused(Refusal.MISMATCH)
    if domain != normalize_domain(options.domain):
        raise refused(Refusal.MISMATCH)
    _require_current(message, ctx.auth.clock.milliseconds())
    wallet = Wallet(to_checksum_address(message.address), message.chain_id)
    data = {
        "message": text,
        "signature": signature,
        "address": wallet.address,
        "chain_id": wallet.chain_id,
        "cacao": {
            "h": {"t": "caip122"},
            "p": {
                "domain": options.domain,
                "aud": options.domain,
                "nonce": nonce,
                "iss": options.domain,
                "version": "1",
            },
            "s": {"t": "eip191", "s": signature},
        },
    }
    if not await resolve(verify_message(data)):
        raise refused(Refusal.INVALID_SIGNATURE)
    return wallet


def _require_current(message: SiweMessage, now: int) -> None:
    """Refuse a message that has expired, or does not count yet; what cannot be read is refused too.

    Raises:
        APIError: 401.
    """
    if message.expiration_time:
        end = read_time(message.expiration_time)
        if end is None or now >= end:
            raise refused(Refusal.EXPIRED)
    if message.not_before:
        begin = read_time(message.not_before)
        if begin is None or now < begin:
            raise refused(Refusal.NOT_YET)


def _claimed_email(ctx: Context, options: SiweOptions) -> str | None:
    """Return the address that a new user asks for, if the options let one be claimed.

    better-auth 1.7.25 reserves it in the table of verifications; without that table it takes the wallet's own address.
    """
    email: str | None = ctx.body.get("email")
    return email.lower() if email and not options.anonymous and ctx.auth.verifications.in_database else None


def _is_nonce(value: Any) -> bool:
    return isinstance(value, str) and _NONCE.fullmatch(value) is not None


def _identifier(nonce: str) -> str:
    return f"siwe:{nonce}"
