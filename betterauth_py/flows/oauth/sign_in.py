"""Signing in with a provider's identity: as the user with the account or the address, or as a new user."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from betterauth_py.core.account_cookie import set_account_cookie
from betterauth_py.core.auth_context import logger
from betterauth_py.core.context import EndpointContext
from betterauth_py.flows.email_change import store_address
from betterauth_py.flows.oauth.errors import OAuthErrorCode, OAuthFailedError
from betterauth_py.flows.oauth.identity import Identity, find_provider, is_trusted
from betterauth_py.flows.oauth.linking import (
    further_fields,
    new_account,
    profile_changes,
    record_link,
    require_admitted,
    take_over_profile_on_link,
)
from betterauth_py.flows.oauth.tokens import token_columns
from betterauth_py.flows.pre_hijacking import shut_out
from betterauth_py.flows.security_log import record
from betterauth_py.flows.session import client_of, create_session
from betterauth_py.flows.stateless import lasting_provider_user_id
from betterauth_py.flows.users import UserRefusedError, create_user, new_user
from betterauth_py.flows.verification_mail import send_verification_email
from betterauth_py.security_events import SecurityEvent
from betterauth_py.store.errors import AmbiguousAccountError, NotHeldError, NotStoredError
from betterauth_py.store.hooks import Row
from betterauth_py.store.users import CREDENTIAL

Context = EndpointContext[Any, Any]

_ATTEMPTS: Final = 3


@dataclass(frozen=True, slots=True)
class OAuthSignIn:
    """A session that a sign-in with a provider has started; its cookies are not set yet."""

    session: Row
    user: Row
    is_new: bool
    """Whether the sign-in created the user."""


class _ChangedMeanwhileError(Exception):
    """A concurrent request has stored what this one was about to store."""


async def sign_in_oauth_user(
    ctx: Context,
    identity: Identity,
    *,
    callback_url: str | None = None,
    disable_sign_up: bool = False,
    override_user_info: bool = False,
    trusted: bool | None = None,
) -> OAuthSignIn:
    """Start a session of the user who has the account or the address, or of a new user.

    Args:
        ctx: the call; it sets the account's cookie if the options say so.
        identity: the identity that the provider asserts. It must have an address.
        callback_url: where a mailed link that verifies the address leads to.
        disable_sign_up: whether no user may be created.
        override_user_info: whether the provider's name, image and verified address replace the user's.
        trusted: whether the address counts as verified for linking. None: as the options say of the provider.

    Raises:
        OAuthFailedError: with the code that clients get.
        APIError: the refusal of a hook or of `user.validate_user_info`, or 400 for a missing field.
    """
    try:
        user, account, is_new = await _sign_in(
            ctx, identity, disable_sign_up=disable_sign_up, override=override_user_info, trusted=trusted
        )
        _require_verified(ctx, identity, user, is_new=is_new, callback_url=callback_url)
        return OAuthSignIn(await _start_session(ctx, identity, user, account), user, is_new)
    except OAuthFailedError as error:
        record(ctx, SecurityEvent.SIGN_IN_FAILED, reason=error.code, provider=identity.key.provider_id)
        raise


async def _sign_in(
    ctx: Context, identity: Identity, *, disable_sign_up: bool, override: bool, trusted: bool | None
) -> tuple[Row, Row | None, bool]:
    """Return the user, the account (None if a hook refused it for a new user), and whether the user is new."""
    for _ in range(_ATTEMPTS):
        try:
            found = await _find(ctx, identity)
            if found is None:
                if disable_sign_up:
                    raise OAuthFailedError(OAuthErrorCode.SIGNUP_DISABLED)
                return *await _sign_up(ctx, identity), True
            user, account = found
            if account is None:
                user, account = await _link(ctx, identity, user, trusted=trusted)
            else:
                user = await _update(ctx, identity, user, account)
            return (await _override(ctx, identity, user) if override else user), account, False
        except _ChangedMeanwhileError:
            continue
    raise OAuthFailedError(OAuthErrorCode.UNABLE_TO_CREATE_USER)


async def _find(ctx: Context, identity: Identity) -> tuple[Row, Row | None] | None:
    """Return the user and, if it is linked already, the account."""
    try:
        found = await ctx.auth.accounts.find_with_owner(*identity.key)
    except AmbiguousAccountError:
        logger.error("Several accounts are the same user of %s; delete all but one", identity.key.provider_id)
        raise OAuthFailedError(OAuthErrorCode.INTERNAL_SERVER_ERROR) from None
    if found is None:
        user = await ctx.auth.users.find_by_email(identity.user.address)
        return None if user is None else (user, None)
    account, owner = found
    if owner is None:
        logger.error("An account of %s belongs to a user whom there is not", identity.key.provider_id)
        raise OAuthFailedError(OAuthErrorCode.UNABLE_TO_LINK_ACCOUNT)
    return owner, account


async def _update(ctx: Context, identity: Identity, user: Row, account: Row) -> Row:
    """Store the new tokens of an account that is linked already; return the user."""
    await require_admitted(ctx, user, identity, "sign-in")
    changes: Row = {}
    if ctx.options.account.update_account_on_sign_in:
        # The stored scope stays: a later sign-in may be granted less. Only linking widens it.
        changes = {"providerId": identity.key.provider_id, **token_columns(ctx.auth, identity.tokens)}
    set_account_cookie(ctx, {**account, **changes})
    if changes:
        try:
            updated = await ctx.auth.accounts.update(account["id"], changes)
        except NotStoredError:
            updated = None
        if updated is None:
            raise OAuthFailedError(OAuthErrorCode.UNABLE_TO_UPDATE_ACCOUNT)
    if _proves_address(identity, user):
        user = await ctx.auth.users.update(user["id"], {"emailVerified": True}, while_email=user["email"]) or user
    return user


async def _link(ctx: Context, identity: Identity, user: Row, *, trusted: bool | None) -> tuple[Row, Row]:
    """Link the account to the user with its address, if that cannot take over an account; return user and account."""
    if trusted is None:
        trusted = await is_trusted(ctx, identity.key.provider_id)
    _require_linkable(ctx, identity, user, trusted=trusted)
    await require_admitted(ctx, user, identity, "link-account")
    auth = ctx.auth
    try:
        async with auth.database.transaction():
            current = await auth.users.find(user["id"], lock=True)
            if current is None or current["email"] != user["email"]:
                raise _ChangedMeanwhileError
            _require_linkable(ctx, identity, current, trusted=trusted)
            await _lock_unused_key(ctx, identity)
            account = await auth.accounts.create(new_account(ctx, current["id"], identity))
            if account is None:
                raise OAuthFailedError(OAuthErrorCode.UNABLE_TO_LINK_ACCOUNT)
            if not current["emailVerified"]:
                await _shut_out_others(ctx, current, account)
            if _proves_address(identity, current):
                current = await auth.users.update(current["id"], {"emailVerified": True}) or current
    except NotStoredError as error:
        logger.error("An account could not be linked: %s", error)
        raise OAuthFailedError(OAuthErrorCode.UNABLE_TO_LINK_ACCOUNT) from None
    set_account_cookie(ctx, account)
    record_link(ctx, current, identity)
    return await take_over_profile_on_link(ctx, current["id"], identity.user) or current, account


async def _shut_out_others(ctx: Context, user: Row, account: Row) -> None:
    """Revoke all access to a user with an unverified address, except by `account` and those of trusted providers.

    The addresses of trusted providers are taken as verified, so their accounts belong to the owner of the address. They
    go if accounts with different addresses may be linked.
    """
    different = ctx.options.account.account_linking.allow_different_emails

    async def stays(other: Row) -> bool:
        provider_id = other["providerId"]
        is_own = provider_id != CREDENTIAL and not different and await is_trusted(ctx, provider_id)
        return is_own or bool(other["id"] == account["id"])

    await shut_out(ctx.auth, user, stays=stays)


def _require_linkable(ctx: Context, identity: Identity, user: Row, *, trusted: bool) -> None:
    options = ctx.options.account.account_linking
    is_vouched_for = trusted or identity.user.email_verified
    may_have_been_claimed = options.require_local_email_verified and not user["emailVerified"]
    if not is_vouched_for or may_have_been_claimed or not options.enabled or options.disable_implicit_linking:
        raise OAuthFailedError(OAuthErrorCode.ACCOUNT_NOT_LINKED)


def _proves_address(identity: Identity, user: Row) -> bool:
    address = identity.user.address
    return identity.user.email_verified and not user["emailVerified"] and address == user["email"]


async def _lock_unused_key(ctx: Context, identity: Identity) -> None:
    """Keep everybody else from storing the account until the transaction ends; raise if a concurrent request has."""
    await ctx.auth.accounts.lock_key(*identity.key)
    if await ctx.auth.accounts.find_by_key(*identity.key) is not None:
        raise _ChangedMeanwhileError


async def _override(ctx: Context, identity: Identity, user: Row) -> Row:
    """Replace the user's fields by the provider's; the address only if the provider has verified it."""
    changes = await profile_changes(ctx, identity.user)
    address = identity.user.address
    if address == user["email"]:
        changes["emailVerified"] = user["emailVerified"] or identity.user.email_verified
    elif identity.user.email_verified:
        changes |= {"email": address, "emailVerified": True}
    try:
        if "email" not in changes:
            # The provider has verified this address, not one that has replaced it in the meantime.
            return await ctx.auth.users.update(user["id"], changes, while_email=user["email"]) or user
        async with ctx.auth.database.transaction():
            await ctx.auth.users.lock(user["id"])
            changed = await store_address(ctx.auth, user, changes)
    except NotStoredError:
        # The address is taken, or a value does not fit its column: the user stays as it is.
        changed = None
    if changed is None:
        logger.warning("A user's fields could not be taken over from a provider")
    elif "email" in changes:
        record(ctx, SecurityEvent.EMAIL_CHANGED, user)
    return changed or user


async def _sign_up(ctx: Context, identity: Identity) -> tuple[Row, Row | None]:
    """Store a user and the account in one transaction and return them; the account is None if a hook refuses it."""
    auth, given = ctx.auth, identity.user
    email = given.address
    fields = {
        "name": given.fields.get("name") or "",
        **({"image": given.fields["image"]} if "image" in given.fields else {}),
        **await further_fields(ctx, given, creating=True),
        "emailVerified": given.email_verified,
    }
    try:
        async with auth.database.transaction():
            await _lock_unused_key(ctx, identity)
            lasting = await lasting_provider_user_id(auth, identity.key, email if given.email_verified else None)
            own = fields | {"id": lasting} if lasting else fields
            user = await create_user(auth, new_user(auth, email, own), identity.source, ctx=ctx)
            account = await auth.accounts.create(new_account(ctx, user["id"], identity))
    except UserRefusedError:
        raise OAuthFailedError(OAuthErrorCode.UNABLE_TO_CREATE_USER) from None
    except NotStoredError as error:
        if await auth.users.exists(email):
            raise _ChangedMeanwhileError from None
        logger.error("Failed to create a user: %s", error)
        raise OAuthFailedError(OAuthErrorCode.UNABLE_TO_CREATE_USER) from None
    if account is not None:
        set_account_cookie(ctx, account)
    record(ctx, SecurityEvent.SIGN_UP, user, provider=identity.key.provider_id)
    return user, account


def _require_verified(ctx: Context, identity: Identity, user: Row, *, is_new: bool, callback_url: str | None) -> None:
    if user["emailVerified"]:
        return
    provider = find_provider(ctx, identity.key.provider_id)
    demands_verified = provider is not None and provider.options.require_email_verification
    options = ctx.options.email_verification
    send_to_new = demands_verified if options.send_on_sign_up is None else options.send_on_sign_up
    if send_to_new if is_new else demands_verified and options.send_on_sign_in:
        send_verification_email(ctx, user, callback_url)
    if demands_verified:
        raise OAuthFailedError(OAuthErrorCode.EMAIL_NOT_VERIFIED)


async def _start_session(ctx: Context, identity: Identity, user: Row, account: Row | None) -> Row:
    """Store a session only while the account is still linked: one unlinked in the meantime must not sign in."""
    if account is None:
        # A hook refused it for a new user, whom the address's owner may have taken over by now.
        holding = ctx.auth.users.holding(user, "emailVerified")
    else:
        holding = ctx.auth.accounts.holding_owner(account["id"], user["id"])
    session = None
    try:
        session = await create_session(ctx.auth, user["id"], client=client_of(ctx), holding=holding)
    except NotHeldError:
        logger.warning("No session was started: the account has been unlinked meanwhile")
    except NotStoredError as error:
        logger.warning("No session was started, perhaps because the user was deleted meanwhile: %s", error)
    if session is None:
        raise OAuthFailedError(OAuthErrorCode.UNABLE_TO_CREATE_SESSION)
    record(ctx, SecurityEvent.SIGN_IN, user, provider=identity.key.provider_id)
    return session
