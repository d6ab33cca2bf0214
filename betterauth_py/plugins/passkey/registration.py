"""`GET /passkey/generate-register-options` and `POST /passkey/verify-registration`."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from betterauth_py.plugins import (
    APIError,
    BaseErrorCodes,
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
from betterauth_py.plugins.passkey.ceremonies import extensions_of, passkeys_of, registration_options
from betterauth_py.plugins.passkey.challenges import (
    Challenge,
    issue_challenge,
    origin_of,
    rp_id_of,
    take_challenge,
)
from betterauth_py.plugins.passkey.errors import PasskeyErrorCodes
from betterauth_py.plugins.passkey.options import PasskeyOptions, RegistrationUser
from betterauth_py.plugins.passkey.schemas import REGISTERED_SCHEMA, REGISTRATION_OPTIONS_SCHEMA
from betterauth_py.plugins.passkey.verification import Expected, ResponseRefusedError, verify_registration
from betterauth_py.plugins.passkey.verified import VerifiedRegistration
from betterauth_py.plugins.tools import (
    SecurityEvent,
    is_from_before_takeover,
    record,
    resolve,
    session_reply,
    to_text,
    trim,
    while_signed_in,
    without_hidden_fields,
)

Context = EndpointContext[dict[str, Any], Any]

_LONGEST_TRANSPORTS: Final = 255


def registration_endpoints(options: PasskeyOptions) -> list[Endpoint[Any, Any]]:
    """Return the endpoints that register passkeys."""
    security = Security.FRESH_SESSION if options.registration.require_session else Security.PUBLIC

    @endpoint(
        "/passkey/generate-register-options",
        methods=("GET",),
        security=security,
        operation_id="generatePasskeyRegistrationOptions",
        query=validation.Optional(
            validation.Object(
                {
                    "authenticatorAttachment": validation.Optional(
                        validation.OneOf(
                            ("platform", "cross-platform"),
                            "`platform` for the device itself, `cross-platform` for a security key or a phone",
                        )
                    ),
                    "name": validation.Optional(
                        validation.String("The name that the authenticator shows, instead of the user's e-mail address")
                    ),
                    "context": validation.Optional(
                        validation.String("What `registration.resolve_user` receives, for users without a session")
                    ),
                }
            )
        ),
        errors=(
            (400, PasskeyErrorCodes.RESOLVE_USER_REQUIRED),
            (400, PasskeyErrorCodes.RESOLVED_USER_INVALID),
            (403, BaseErrorCodes.SESSION_NOT_FRESH),
        ),
        reply=Reply("Options for `navigator.credentials.create()`", REGISTRATION_OPTIONS_SCHEMA),
        tags=("Passkey",),
    )
    async def generate_passkey_registration_options(ctx: Context) -> dict[str, Any]:
        """Generate registration options for a new passkey."""
        query: Mapping[str, Any] = ctx.query or {}
        context = query.get("context")
        user = await _user_of(ctx, options, context)
        answer = registration_options(
            options,
            user,
            await passkeys_of(ctx, user.id),
            rp={"name": options.rp_name or ctx.options.app_name, "id": rp_id_of(ctx, options)},
            name=query.get("name"),
            attachment=query.get("authenticatorAttachment"),
            extensions=await extensions_of(options.registration.extensions, ctx),
        )
        known = {"id": user.id, "name": user.name, "displayName": user.display_name}
        user_data = {name: value for name, value in known.items() if value is not None}
        await issue_challenge(ctx, options, "registration", answer["challenge"], userData=user_data, context=context)
        return answer

    @endpoint(
        "/passkey/verify-registration",
        methods=("POST",),
        security=security,
        operation_id="passkeyVerifyRegistration",
        body=validation.Object(
            {
                "response": validation.Anything("What `navigator.credentials.create()` has returned, as JSON"),
                "name": validation.Optional(
                    validation.Checked(validation.String("Name of the passkey"), (validation.TRIM,))
                ),
                "createSession": validation.Optional(
                    validation.Boolean("Create a session after registering the passkey")
                ),
            }
        ),
        errors=(
            (400, PasskeyErrorCodes.CHALLENGE_NOT_FOUND),
            (400, PasskeyErrorCodes.FAILED_TO_VERIFY_REGISTRATION),
            (400, PasskeyErrorCodes.PREVIOUSLY_REGISTERED),
            (400, PasskeyErrorCodes.RESOLVED_USER_INVALID),
            (401, PasskeyErrorCodes.YOU_ARE_NOT_ALLOWED_TO_REGISTER_THIS_PASSKEY),
            (403, BaseErrorCodes.SESSION_NOT_FRESH),
            (500, PasskeyErrorCodes.FAILED_TO_VERIFY_REGISTRATION),
            (500, PasskeyErrorCodes.UNABLE_TO_CREATE_SESSION),
            (500, PasskeyErrorCodes.USER_NOT_FOUND),
        ),
        reply=Reply("The passkey; with `createSession` the new session and its user too", REGISTERED_SCHEMA),
        tags=("Passkey",),
    )
    async def verify_passkey_registration(ctx: Context) -> dict[str, Any]:
        """Verify registration of a new passkey."""
        origin = origin_of(ctx, options)
        if origin is None:
            raise APIError.of(400, PasskeyErrorCodes.FAILED_TO_VERIFY_REGISTRATION)
        challenge = await take_challenge(ctx, options, "registration")
        session = ctx.session if options.registration.require_session else await find_session(ctx)
        signed_in_as = session[1]["id"] if session is not None else None
        if signed_in_as not in {None, challenge.user["id"]}:
            raise APIError.of(401, PasskeyErrorCodes.YOU_ARE_NOT_ALLOWED_TO_REGISTER_THIS_PASSKEY)
        expected = Expected(
            challenge=challenge.text,
            origin=origin,
            rp_id=rp_id_of(ctx, options),
            user_verification=options.requires_user_verification,
        )
        response = ctx.body["response"]
        try:
            verified = verify_registration(response, expected, challenge.context)
            transports = _transports_of(response)
            if "\0" in f"{ctx.body.get('name')}{transports}":
                # No database stores it.
                raise ResponseRefusedError
        except ResponseRefusedError:
            raise APIError.of(400, PasskeyErrorCodes.FAILED_TO_VERIFY_REGISTRATION) from None
        user_id, name = await _owner_and_name(ctx, options, challenge, verified, signed_in_as)
        row = {
            "id": ctx.auth.generate_id("passkey"),
            "name": name,
            "userId": user_id,
            "credentialID": verified.credential_id,
            "publicKey": b64encode(verified.public_key).decode(),
            "counter": verified.counter,
            "deviceType": verified.device_type,
            "transports": transports,
            "backedUp": verified.backed_up,
            "createdAt": ctx.auth.now(),
            "aaguid": verified.aaguid,
        }
        made = challenge.made if signed_in_as is None else None
        return await _store(ctx, row, made, starts_session=bool(ctx.body.get("createSession")))

    return [generate_passkey_registration_options, verify_passkey_registration]


async def _user_of(ctx: Context, options: PasskeyOptions, context: str | None) -> RegistrationUser:
    """Return the user of a new passkey.

    Raises:
        APIError: 400 if nobody is signed in and no function tells.
    """
    session = await find_session(ctx)
    if session is not None:
        user = session[1]
        shown = user["email"] or user["id"]
        return RegistrationUser(id=user["id"], name=shown, display_name=shown)
    find_user = options.registration.resolve_user
    if find_user is None:
        raise APIError.of(400, PasskeyErrorCodes.RESOLVE_USER_REQUIRED)
    told: RegistrationUser | Mapping[str, Any] | None = await resolve(find_user(context, ctx))
    if isinstance(told, Mapping):
        told = RegistrationUser(id=told.get("id", ""), name=told.get("name", ""), display_name=told.get("display_name"))
    if told is None or not told.id or not told.name:
        raise APIError.of(400, PasskeyErrorCodes.RESOLVED_USER_INVALID)
    return told


async def _owner_and_name(
    ctx: Context,
    options: PasskeyOptions,
    challenge: Challenge,
    verified: VerifiedRegistration,
    signed_in_as: str | None,
) -> tuple[str, str | None]:
    """Return whose the passkey is and its name, as the client and `after_verification` say.

    Raises:
        APIError: 400 or 401 if the function names a user that it may not; what the function raises.
    """
    of_challenge = challenge.user
    name: str | None = ctx.body.get("name") or None
    if options.registration.after_verification is None:
        return of_challenge["id"], name
    user = RegistrationUser(
        id=of_challenge["id"],
        name=of_challenge.get("name") or of_challenge["id"],
        display_name=of_challenge.get("displayName"),
    )
    try:
        told = await resolve(options.registration.after_verification(verified, user, ctx)) or {}
    except APIError:
        raise
    except Exception as error:
        ctx.auth.log_failure("run plugins.passkey.registration.after_verification", error)
        raise APIError.of(500, PasskeyErrorCodes.FAILED_TO_VERIFY_REGISTRATION) from None
    user_id = told.get("user_id") or user.id
    if not isinstance(user_id, str):
        raise APIError.of(400, PasskeyErrorCodes.RESOLVED_USER_INVALID)
    if signed_in_as not in {None, user_id}:
        raise APIError.of(401, PasskeyErrorCodes.YOU_ARE_NOT_ALLOWED_TO_REGISTER_THIS_PASSKEY)
    return user_id, name or trim(told.get("name") or "") or None


async def _store(ctx: Context, row: Row, made: datetime | None, *, starts_session: bool) -> dict[str, Any]:
    """Store a passkey, and start a session of its user; return the answer.

    Args:
        ctx: the call.
        row: the passkey.
        made: when the challenge was made, if nobody is signed in.
        starts_session: whether to start a session.

    Raises:
        APIError: 400 if there is a passkey of this id, or the user's registrations have been ended; 401 if the session
            has ended; 500 if something cannot be stored.
    """
    auth, user_id = ctx.auth, row["userId"]
    try:
        # Who revokes all access to a user locks it too: no passkey outlives that.
        async with while_signed_in(ctx) if made is None else auth.database.transaction():
            owner = await auth.users.find(user_id, lock=True)
            if made is not None and await is_from_before_takeover(auth, user_id, "passkey", made):
                raise APIError.of(400, PasskeyErrorCodes.CHALLENGE_NOT_FOUND)
            user = owner if starts_session else None
            if starts_session and user is None:
                raise APIError.of(500, PasskeyErrorCodes.USER_NOT_FOUND)
            # Sign-ins look for the id alone. The table may be better-auth's, which does not say that it is unique.
            await auth.database.lock(f"passkey:{row['credentialID']}")
            if await auth.rows.count("passkey", Where("credentialID", row["credentialID"])):
                raise APIError.of(400, PasskeyErrorCodes.PREVIOUSLY_REGISTERED)
            passkey = await auth.rows.create("passkey", row)
            session = await create_session(auth, user_id, client=client_of(ctx)) if user is not None else None
            if passkey is None or (user is not None and session is None):
                raise APIError.of(500, PasskeyErrorCodes.UNABLE_TO_CREATE_SESSION)
    except NotStoredError as error:
        auth.log_failure("store a passkey", error)
        raise APIError.of(500, PasskeyErrorCodes.FAILED_TO_VERIFY_REGISTRATION) from None
    record(ctx, SecurityEvent.PASSKEY_ADDED, owner)
    answer = without_hidden_fields(auth.schema, "passkey", passkey)
    if session is None or user is None:
        return answer
    await set_session_cookie(ctx, session, user)
    return {**answer, **session_reply(auth.schema, session, user)}


def _transports_of(response: Any) -> str:
    """Return how the authenticator is reached, as the client says.

    Raises:
        ResponseRefusedError: if it is no list, or a long one.
    """
    transports = response["response"].get("transports")
    text = "" if transports is None else to_text(transports)
    if not isinstance(transports, list | None) or len(text) > _LONGEST_TRANSPORTS:
        raise ResponseRefusedError
    return text
