"""Linking accounts of providers to users."""

from __future__ import annotations

from enum import Enum, auto
from typing import Any

from betterauth_py.core.auth_context import logger
from betterauth_py.core.context import EndpointContext
from betterauth_py.flows.cached_session import learn_session
from betterauth_py.flows.input import read_additional_fields
from betterauth_py.flows.oauth.errors import OAuthErrorCode, OAuthFailedError
from betterauth_py.flows.oauth.identity import Identity, is_trusted
from betterauth_py.flows.oauth.state import LinkIntent, session_token_of
from betterauth_py.flows.oauth.tokens import token_columns
from betterauth_py.flows.security_log import record
from betterauth_py.flows.session import require_session
from betterauth_py.flows.users import UserNotAdmittedError, require_admission
from betterauth_py.oauth.tokens import OAuthUser
from betterauth_py.security_events import SecurityEvent
from betterauth_py.store.errors import AmbiguousAccountError, NotStoredError
from betterauth_py.store.faults import is_fault
from betterauth_py.store.hooks import Row
from betterauth_py.wire.cookie_cache import is_expired
from betterauth_py.wire.errors import APIError, BaseErrorCodes, OAuthErrorCodes

Context = EndpointContext[Any, Any]


class _LinkRefusal(Enum):
    NOT_ALLOWED = auto()
    """Linking is off, or nobody has verified the provider's address."""
    ANOTHER_ADDRESS = auto()


async def link_oauth_account(ctx: Context, link: LinkIntent, identity: Identity) -> None:
    """Link the provider's account to the user who asked for it, or store its new tokens if it is linked already.

    Raises:
        OAuthFailedError: with the code for the error redirect: the session has ended, the provider has not verified
            the address, the address differs, or the account is another user's.
    """
    auth, user = ctx.auth, identity.user
    await learn_session(ctx)
    await _require_session(ctx, link)
    try:
        about = {**user.fields, "id": link.user_id, "emailVerified": user.email_verified}
        await require_admission(auth, about, {"action": "link-account", **identity.source}, ctx)
    except UserNotAdmittedError as error:
        raise OAuthFailedError(str(error.code), error.message) from None
    refusal = await _refusal_of_link(ctx, identity, link.email)
    if refusal is _LinkRefusal.NOT_ALLOWED:
        logger.error("An account of %s was not linked: its address is not verified", identity.key.provider_id)
        raise OAuthFailedError(OAuthErrorCode.UNABLE_TO_LINK_ACCOUNT)
    if refusal is _LinkRefusal.ANOTHER_ADDRESS:
        raise OAuthFailedError(OAuthErrorCode.EMAIL_DOES_NOT_MATCH)
    try:
        async with auth.database.transaction():
            await auth.users.lock(link.user_id)
            await _require_session(ctx, link)
            is_new = await _store_link(ctx, link.user_id, identity)
    except (NotStoredError, AmbiguousAccountError):
        raise OAuthFailedError(OAuthErrorCode.UNABLE_TO_LINK_ACCOUNT) from None
    await take_over_profile_on_link(ctx, link.user_id, user)
    if is_new:
        record_link(ctx, await auth.users.find(link.user_id), identity)


async def link_by_id_token(ctx: Context, user: Row, identity: Identity) -> None:
    """Link the account of a verified ID token to the signed-in user.

    Raises:
        APIError: 401 if the options do not allow it, or the session has ended; 409 if it is another user's.
    """
    auth = ctx.auth
    if await _find_linked(ctx, identity) is None:
        await require_admitted(ctx, user, identity, "link-account")
        refusal = await _refusal_of_link(ctx, identity, user["email"])
        if refusal is _LinkRefusal.NOT_ALLOWED:
            raise APIError.of(401, OAuthErrorCodes.LINKING_NOT_ALLOWED)
        if refusal is _LinkRefusal.ANOTHER_ADDRESS:
            raise APIError.of(401, OAuthErrorCodes.LINKING_DIFFERENT_EMAILS_NOT_ALLOWED)
    try:
        async with auth.database.transaction():
            await auth.users.lock(user["id"])
            await require_session(ctx)
            is_new = await _store_link(ctx, user["id"], identity)
    except OAuthFailedError as error:
        if error.code == OAuthErrorCode.ACCOUNT_ALREADY_LINKED_TO_DIFFERENT_USER:
            raise APIError.of(409, BaseErrorCodes.SOCIAL_ACCOUNT_ALREADY_LINKED) from None
        raise APIError.of(417, OAuthErrorCodes.LINKING_FAILED) from None
    except (NotStoredError, AmbiguousAccountError):
        raise APIError.of(417, OAuthErrorCodes.LINKING_FAILED) from None
    await take_over_profile_on_link(ctx, user["id"], identity.user)
    if is_new:
        record_link(ctx, user, identity)


async def _refusal_of_link(ctx: Context, identity: Identity, own_email: str) -> _LinkRefusal | None:
    """Return why the user with the address `own_email` may not link this account; None if they may."""
    options = ctx.options.account.account_linking
    if not options.enabled or not (identity.user.email_verified or await is_trusted(ctx, identity.key.provider_id)):
        return _LinkRefusal.NOT_ALLOWED
    if identity.user.address != own_email.lower() and not options.allow_different_emails:
        return _LinkRefusal.ANOTHER_ADDRESS
    return None


async def _find_linked(ctx: Context, identity: Identity) -> Row | None:
    try:
        return await ctx.auth.accounts.find_by_key(*identity.key)
    except AmbiguousAccountError:
        raise APIError.of(417, OAuthErrorCodes.LINKING_FAILED) from None


async def _store_link(ctx: Context, user_id: str, identity: Identity) -> bool:
    """Store the account or its tokens; return whether it is new. The caller has begun the transaction."""
    accounts, scopes = ctx.auth.accounts, identity.tokens.scopes
    await accounts.lock_key(*identity.key)
    existing = await accounts.find_by_key(*identity.key)
    if existing is None:
        if await accounts.create(new_account(ctx, user_id, identity)) is None:
            raise OAuthFailedError(OAuthErrorCode.UNABLE_TO_LINK_ACCOUNT)
        return True
    if existing["userId"] != user_id:
        raise OAuthFailedError(OAuthErrorCode.ACCOUNT_ALREADY_LINKED_TO_DIFFERENT_USER)
    scope = merged_scopes(existing["scope"], scopes)
    changes = {"providerId": identity.key.provider_id, **token_columns(ctx.auth, identity.tokens)}
    await accounts.update(existing["id"], {**changes, **({"scope": scope} if scope else {})})
    return False


def new_account(ctx: Context, user_id: str, identity: Identity) -> Row:
    """Return the row of a provider's account about to be stored."""
    now, scopes = ctx.auth.now(), identity.tokens.scopes
    return {
        "id": ctx.auth.generate_id("account"),
        "createdAt": now,
        "updatedAt": now,
        "providerId": identity.key.provider_id,
        "accountId": identity.key.account_id,
        "userId": user_id,
        **token_columns(ctx.auth, identity.tokens),
        **({} if scopes is None else {"scope": ",".join(scopes)}),
    }


def merged_scopes(stored: str | None, granted: tuple[str, ...] | None) -> str:
    """Return the scopes of an account together with the newly granted ones, each once."""
    known = [scope.strip() for scope in (stored or "").split(",")]
    return ",".join(dict.fromkeys(scope for scope in (*known, *(granted or ())) if scope))


async def take_over_profile_on_link(ctx: Context, user_id: str, user: OAuthUser) -> Row | None:
    """Replace the user's name, image and further fields by the provider's if the options say so.

    The address stays. Returns the updated user; None if nothing was changed: a failure here does not undo the link.
    """
    if not ctx.options.account.account_linking.update_user_info_on_link:
        return None
    try:
        return await ctx.auth.users.update(user_id, await profile_changes(ctx, user))
    except Exception as error:
        if is_fault(error):
            raise
        logger.warning("A user's fields could not be taken over from a provider: %s", type(error).__name__)
        return None


async def profile_changes(ctx: Context, user: OAuthUser) -> Row:
    """Return the changes that a provider's name, image and further fields make to a user, without the address.

    Raises:
        APIError: 400 for a field that does not pass its validator.
    """
    # A provider that gives no name does not remove the user's.
    changes: Row = {"name": user.name} if user.name else {}
    if "image" in user.fields:
        changes["image"] = user.fields["image"]
    return {**changes, **await further_fields(ctx, user, creating=False)}


async def further_fields(ctx: Context, user: OAuthUser, *, creating: bool) -> Row:
    """Return a provider's values for additional fields, except those that clients may not set.

    Raises:
        APIError: 400 for a field that is missing, or does not pass its validator.
    """
    schema = ctx.auth.schema
    declared = schema.models["user"].fields
    given = {name: value for name, value in user.more.items() if name not in declared or declared[name].input}
    return await read_additional_fields(schema, "user", given, "create" if creating else "update")


def record_link(ctx: Context, user: Row | None, identity: Identity) -> None:
    """Record that a user has a new way to sign in."""
    record(ctx, SecurityEvent.ACCOUNT_LINKED, user, provider=identity.key.provider_id)


async def require_admitted(ctx: Context, user: Row, identity: Identity, action: str) -> None:
    """Ask `user.validate_user_info` about an existing user.

    Raises:
        UserNotAdmittedError: if it refuses.
    """
    given = {name: value for name, value in identity.user.fields.items() if name != "id"}
    about = {**given, "emailVerified": identity.user.email_verified, "id": user["id"]}
    about["email"] = identity.user.address
    await require_admission(ctx.auth, about, {**identity.source, "action": action}, ctx)


async def _require_session(ctx: Context, link: LinkIntent) -> None:
    """Require that the session that asked for a link still exists.

    Raises:
        OAuthFailedError: if it has ended, or is another user's.
    """
    if link.encrypted_session_token is None:
        return
    token = session_token_of(ctx, link)
    found = await ctx.auth.sessions.find_with_user(token, fresh=True) if token else None
    is_alive = found is not None and not is_expired(found[0]["expiresAt"], ctx.auth.clock.milliseconds())
    if found is None or not is_alive or found[0]["userId"] != link.user_id:
        raise OAuthFailedError(OAuthErrorCode.UNABLE_TO_LINK_ACCOUNT)
