"""Signing up with a password."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from betterauth_py.core.auth_context import AuthContext, logger
from betterauth_py.core.context import EndpointContext
from betterauth_py.core.session_cookies import set_session_cookie
from betterauth_py.crypto.random import generate_id
from betterauth_py.flows.callbacks import send_later
from betterauth_py.flows.input import read_additional_fields, refuse_long_name
from betterauth_py.flows.passwords import refuse_long_password, refuse_short_password
from betterauth_py.flows.security_log import record
from betterauth_py.flows.session import client_of, create_session
from betterauth_py.flows.single_use import write_decoy
from betterauth_py.flows.users import UserRefusedError, create_user, credential_account, new_user
from betterauth_py.flows.verification_mail import send_verification_email
from betterauth_py.javascript.values import UNDEFINED
from betterauth_py.mail.kinds import MailKind
from betterauth_py.models.fields import default_of
from betterauth_py.security_events import SecurityEvent
from betterauth_py.store.errors import NotStoredError
from betterauth_py.store.faults import is_fault
from betterauth_py.store.hooks import Row
from betterauth_py.store.ids import PlaceholderId, draw_number
from betterauth_py.wire.errors import APIError, BaseErrorCodes

Context = EndpointContext[Any, Any]

EXISTING_ACCOUNT: Final = MailKind(
    name="existing-account",
    purpose="somebody signs up with a taken address and the answer must not tell",
    replaced_by="email_and_password.on_existing_user_sign_up",
)


async def sign_up_with_password(ctx: Context, body: Mapping[str, Any], *, remember: bool) -> tuple[Row, Row | None]:
    """Store a user, its credential account and (unless the options say otherwise) a session, in one transaction.

    Where the answer must not reveal whether the address is taken, a taken one returns a made-up user.

    Raises:
        APIError: 400 for a bad password or field, 422 if the address is taken or the row cannot be stored.
    """
    auth, options = ctx.auth, ctx.options.email_and_password
    password, email = body["password"], body["email"].lower()
    refuse_long_name(body["name"])
    refuse_short_password(auth, password)
    refuse_long_password(auth, password)
    auth.passwords.ensure_capacity()
    discreet = options.require_email_verification or not options.auto_sign_in
    additional = await read_additional_fields(auth.schema, "user", body, "create")
    made_up, is_refused = None, False
    # They run for a free address only, so their effects must not show in the answer.
    hides_hooks = discreet and not auth.rows.hooks.may_rehearse("user", "create")
    if discreet:
        # Before the look-up by address: values that the database refuses get the same answer for a taken address.
        stored = await _rehearse(ctx, body, email, additional)
        made_up, is_refused = _make_up_user(ctx, body, email, additional, stored), stored is None

    existing = await auth.users.find_by_email(email)
    if existing is not None:
        logger.info("Sign-up attempt for an existing e-mail address")
        if made_up is None:
            raise APIError.of(422, BaseErrorCodes.USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL)
        # The work of a real sign-up (a hash, a user and an account), so that response times do not reveal it either.
        await auth.passwords.hash(password)
        await write_decoy(auth)
        if is_refused:
            raise APIError.of(422, BaseErrorCodes.FAILED_TO_CREATE_USER)
        if options.on_existing_user_sign_up is not None:
            send_later(ctx, options.on_existing_user_sign_up, {"user": existing}, "run on_existing_user_sign_up")
        return await _with_id(auth, made_up), None

    # Before the transaction: hashing takes long, and may fail.
    password_hash = await auth.passwords.hash(password)
    try:
        async with auth.database.transaction():
            row = _new_user(ctx, body, email, additional)
            user = await create_user(auth, row, {"method": "email-password"}, ctx=ctx)
            await auth.accounts.create(credential_account(auth, user["id"], password_hash))
            session = (
                None if discreet else await create_session(auth, user["id"], client=client_of(ctx), remember=remember)
            )
            if session is not None:
                # Before the hooks that run after the commit: the session exists, whatever they return.
                await set_session_cookie(ctx, session, user, remember=remember)
            elif not discreet:
                raise APIError.of(400, BaseErrorCodes.FAILED_TO_CREATE_SESSION)
    except UserRefusedError:
        if made_up is not None:
            return await _with_id(auth, made_up), None
        raise APIError.of(400, BaseErrorCodes.FAILED_TO_CREATE_USER) from None
    except APIError as error:
        # The refusal of a hook or of `user.validate_user_info`, which a discreet answer does not show.
        if error.status == 403 and made_up is not None:
            return await _with_id(auth, made_up), None
        raise
    except NotStoredError as error:
        logger.error("Failed to create a user: %s", error)
        if made_up is not None and (hides_hooks or await auth.users.exists(email)):
            # Taken in the meantime, or changed by a hook that does not run for a taken address.
            return await _with_id(auth, made_up), None
        raise APIError.of(422, BaseErrorCodes.FAILED_TO_CREATE_USER) from None

    shown = user
    if hides_hooks and made_up is not None and options.custom_synthetic_user is None:
        shown = {**made_up, "id": user["id"]}
    record(ctx, SecurityEvent.SIGN_UP, user)
    send = ctx.options.email_verification.send_on_sign_up
    if options.require_email_verification if send is None else send:
        send_verification_email(ctx, user, body.get("callbackURL"))
    return shown, session


async def _with_id(auth: AuthContext, made_up: Row) -> Row:
    """Return a made-up user with the id that it would have: where the database counts, it counts on."""
    if not auth.schema.counts_ids or not isinstance(made_up.get("id"), PlaceholderId):
        return made_up
    user_id = await draw_number(auth.database, "user")
    await draw_number(auth.database, "account")
    return {**made_up, "id": user_id}


def _new_user(ctx: Context, body: Mapping[str, Any], email: str, additional: Row) -> Row:
    image = {"image": body["image"]} if "image" in body else {}
    return new_user(ctx.auth, email, {"name": body["name"], **image, **additional, "emailVerified": False})


async def _rehearse(ctx: Context, body: Mapping[str, Any], email: str, additional: Row) -> Row | None:
    """Return the user as the database would store it, or None if it refuses the values; nothing is stored.

    Where the deployment's hooks may change the user first, the outcome is unknown and the values are accepted: {}.

    Raises:
        APIError: what a plugin's hook raises, or 400 if one refuses without an error of its own.
    """
    row = _new_user(ctx, body, email, additional)
    try:
        # The address itself may be taken; the domain stays, because a constraint may check it.
        stored = await ctx.auth.users.rehearse({**row, "email": f"{generate_id(16).lower()}.{email}"})
    except APIError as error:
        # A 403 is not shown, whether or not the address is taken.
        if error.status == HTTPStatus.FORBIDDEN:
            return {}
        raise
    except Exception as error:
        if is_fault(error):
            raise
        return None
    if stored is None:
        raise APIError.of(400, BaseErrorCodes.FAILED_TO_CREATE_USER)
    return stored


def _make_up_user(ctx: Context, body: Mapping[str, Any], email: str, additional: Row, stored: Row | None) -> Row:
    """Return a user that looks stored; `stored` has the values as the database would return them."""
    auth, now = ctx.auth, ctx.auth.now()
    core = {
        "name": body["name"],
        "email": email,
        "emailVerified": False,
        "image": body.get("image"),
        "createdAt": now,
        "updatedAt": now,
    }
    user_id = auth.generate_id("user")
    custom = ctx.options.email_and_password.custom_synthetic_user
    if custom is not None:
        own = {name: additional[name] for name in ctx.options.user.additional_fields if name in additional}
        given = custom({"core_fields": core, "additional_fields": own, "id": user_id})
    else:
        kept = {name: value for name, value in (stored or {}).items() if name not in {"id", "email"}}
        given = {**core, **additional, **kept, "id": user_id}
    user: Row = {}
    for name, field in auth.schema.models["user"].fields.items():
        value = given.get(name, UNDEFINED)
        if value is UNDEFINED and field.default_value is not None:
            value = default_of(field.default_value)
        elif value is UNDEFINED and not field.required:
            value = None
        if value is not UNDEFINED:
            user[name] = value
    if "id" in given:
        user["id"] = given["id"]
    return user
