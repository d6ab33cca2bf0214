"""`GET /passkey/generate-authenticate-options` and `POST /passkey/verify-authentication`."""

from __future__ import annotations

from typing import Any

from betterauth_py.plugins import (
    APIError,
    Endpoint,
    EndpointContext,
    NotStoredError,
    Reply,
    Row,
    Security,
    Where,
    client_of,
    create_session,
    endpoint,
    find_session,
    set_session_cookie,
    validation,
)
from betterauth_py.plugins.passkey.ceremonies import authentication_options, extensions_of, passkeys_of
from betterauth_py.plugins.passkey.challenges import issue_challenge, origin_of, rp_id_of, take_challenge
from betterauth_py.plugins.passkey.errors import PasskeyErrorCodes
from betterauth_py.plugins.passkey.options import PasskeyOptions
from betterauth_py.plugins.passkey.schemas import AUTHENTICATION_OPTIONS_SCHEMA
from betterauth_py.plugins.passkey.verification import (
    Expected,
    ResponseRefusedError,
    WrongSignatureError,
    verify_authentication,
)
from betterauth_py.plugins.passkey.verified import VerifiedAuthentication
from betterauth_py.plugins.tools import SECOND_FACTOR_PROVEN, SecurityEvent, record, resolve, session_reply

Context = EndpointContext[dict[str, Any], Any]

_FAILED = PasskeyErrorCodes.AUTHENTICATION_FAILED


def authentication_endpoints(options: PasskeyOptions) -> list[Endpoint[Any, Any]]:
    """Return the endpoints that sign in with passkeys."""

    @endpoint(
        "/passkey/generate-authenticate-options",
        methods=("GET",),
        security=Security.PUBLIC,
        operation_id="passkeyGenerateAuthenticateOptions",
        reply=Reply("Options for `navigator.credentials.get()`", AUTHENTICATION_OPTIONS_SCHEMA),
        tags=("Passkey",),
    )
    async def generate_passkey_authentication_options(ctx: Context) -> dict[str, Any]:
        """Generate authentication options for a passkey."""
        session = await find_session(ctx)
        user_id = session[1]["id"] if session is not None else ""
        answer = authentication_options(
            await passkeys_of(ctx, user_id) if user_id else [],
            rp_id=rp_id_of(ctx, options),
            extensions=await extensions_of(options.authentication.extensions, ctx),
        )
        await issue_challenge(ctx, options, "authentication", answer["challenge"], userData={"id": user_id})
        return answer

    @endpoint(
        "/passkey/verify-authentication",
        methods=("POST",),
        security=Security.PUBLIC,
        operation_id="passkeyVerifyAuthentication",
        body=validation.Object(
            {
                "response": validation.Record(
                    validation.Anything(),
                    validation.Anything(),
                    "What `navigator.credentials.get()` has returned, as JSON",
                )
            }
        ),
        errors=(
            (400, PasskeyErrorCodes.CHALLENGE_NOT_FOUND),
            (400, _FAILED),
            (401, _FAILED),
            (401, PasskeyErrorCodes.PASSKEY_NOT_FOUND),
            (500, PasskeyErrorCodes.UNABLE_TO_CREATE_SESSION),
        ),
        reply=Reply(
            "The new session and its user",
            {
                "type": "object",
                "properties": {
                    "session": {"$ref": "#/components/schemas/Session"},
                    "user": {"$ref": "#/components/schemas/User"},
                },
                "required": ["session", "user"],
            },
        ),
        tags=("Passkey",),
    )
    async def verify_passkey_authentication(ctx: Context) -> dict[str, Any]:
        """Verify authentication of a passkey."""
        origin = origin_of(ctx, options)
        if origin is None:
            raise APIError(400, {"message": "origin missing"})
        challenge = await take_challenge(ctx, options, "authentication")
        response = ctx.body["response"]
        passkey = await _find(ctx, response.get("id"))
        expected = Expected(
            challenge=challenge.text,
            origin=origin,
            rp_id=rp_id_of(ctx, options),
            user_verification=options.requires_user_verification,
        )
        try:
            verified = verify_authentication(response, expected, passkey["publicKey"], passkey["counter"])
        except ResponseRefusedError as error:
            owner = await ctx.auth.users.find(passkey["userId"])
            record(ctx, SecurityEvent.SIGN_IN_FAILED, owner, reason=_FAILED.code)
            raise APIError.of(401 if isinstance(error, WrongSignatureError) else 400, _FAILED) from None
        await _tell(ctx, options, verified)
        session, user = await _sign_in(ctx, passkey, verified.new_counter)
        if verified.user_verified:
            ctx.state.set(SECOND_FACTOR_PROVEN, True)
        await set_session_cookie(ctx, session, user)
        record(ctx, SecurityEvent.SIGN_IN, user)
        return session_reply(ctx.auth.schema, session, user)

    return [generate_passkey_authentication_options, verify_passkey_authentication]


async def _find(ctx: Context, credential_id: Any) -> Row:
    found = None
    if isinstance(credential_id, str):
        found = await ctx.auth.rows.find_one("passkey", Where("credentialID", credential_id))
    if found is None:
        raise APIError.of(401, PasskeyErrorCodes.PASSKEY_NOT_FOUND)
    return found


async def _tell(ctx: Context, options: PasskeyOptions, verified: VerifiedAuthentication) -> None:
    if options.authentication.after_verification is None:
        return
    try:
        await resolve(options.authentication.after_verification(verified, ctx))
    except APIError:
        raise
    except Exception as error:
        ctx.auth.log_failure("run plugins.passkey.authentication.after_verification", error)
        raise APIError.of(400, _FAILED) from None


async def _count(ctx: Context, passkey: Row, counter: int) -> None:
    """Store the authenticator's counter, unless another sign-in has stored as much meanwhile.

    Raises:
        APIError: 400 if that is so, or the passkey is gone.
    """
    # Authenticators that do not count say 0 each time (WebAuthn Level 3, 6.1.1).
    is_lower = Where("counter", counter, "lt") if counter else Where("counter", 0)
    counted = await ctx.auth.rows.update("passkey", {"counter": counter}, Where("id", passkey["id"]), is_lower)
    if counted is None:
        raise APIError.of(400, _FAILED)


async def _sign_in(ctx: Context, passkey: Row, counter: int) -> tuple[Row, Row]:
    auth, user_id = ctx.auth, passkey["userId"]
    try:
        async with auth.database.transaction():
            # Who revokes all access to a user locks it too: a passkey that is deleted meanwhile starts no session.
            await auth.users.lock(user_id)
            await _count(ctx, passkey, counter)
            session = await create_session(auth, user_id, client=client_of(ctx))
    except NotStoredError:
        raise APIError.of(500, PasskeyErrorCodes.UNABLE_TO_CREATE_SESSION) from None
    if session is None:
        raise APIError.of(500, PasskeyErrorCodes.UNABLE_TO_CREATE_SESSION)
    # As hooks have changed it.
    user = await auth.users.find(user_id)
    if user is None:
        raise APIError(500, {"message": "User not found"})
    return session, user
