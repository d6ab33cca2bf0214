"""`POST /sign-in/anonymous` and `POST /delete-anonymous-user`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from betterauth_py.plugins import (
    APIError,
    Endpoint,
    EndpointContext,
    ErrorCode,
    Reply,
    Security,
    UserRefusedError,
    client_of,
    create_session,
    create_user,
    endpoint,
    find_session,
    new_user,
    signed_in,
    validation,
)
from betterauth_py.plugins.anonymous.claims import claim, delete_claimed, delete_sessions, giving_back
from betterauth_py.plugins.anonymous.errors import AnonymousErrorCodes
from betterauth_py.plugins.anonymous.options import AnonymousOptions
from betterauth_py.plugins.tools import (
    TOKEN_REPLY,
    SecurityEvent,
    answer_with_token,
    delete_session_cookie,
    generate_id,
    is_fault,
    logger,
    placeholder_email,
    record,
    resolve,
)

Context = EndpointContext[Any, Any]
_METHOD = "anonymous"


def endpoints_for(options: AnonymousOptions) -> list[Endpoint[Any, Any]]:
    """Return the endpoints."""

    @endpoint(
        "/sign-in/anonymous",
        methods=("POST",),
        security=Security.PUBLIC,
        operation_id="signInAnonymous",
        errors=(
            (400, AnonymousErrorCodes.ANONYMOUS_USERS_CANNOT_SIGN_IN_AGAIN_ANONYMOUSLY),
            (400, AnonymousErrorCodes.INVALID_EMAIL_FORMAT),
            (400, AnonymousErrorCodes.COULD_NOT_CREATE_SESSION),
            (500, AnonymousErrorCodes.FAILED_TO_CREATE_USER),
        ),
        reply=TOKEN_REPLY,
        tags=("Anonymous",),
    )
    async def sign_in_anonymous(ctx: Context) -> dict[str, Any]:
        """Sign in anonymously."""
        auth = ctx.auth
        found = await find_session(ctx, disable_refresh=True)
        if found is not None and found[1].get("isAnonymous"):
            raise APIError.of(400, AnonymousErrorCodes.ANONYMOUS_USERS_CANNOT_SIGN_IN_AGAIN_ANONYMOUSLY)
        email = await _email(options)
        name = (await resolve(options.generate_name(ctx)) if options.generate_name else None) or "Anonymous"
        row = new_user(auth, email, {"isAnonymous": True, "name": name})
        try:
            user = await create_user(auth, row, {"method": _METHOD}, ctx=ctx)
        except UserRefusedError:
            raise APIError.of(500, AnonymousErrorCodes.FAILED_TO_CREATE_USER) from None
        record(ctx, SecurityEvent.SIGN_UP, user, provider=_METHOD)
        session = await create_session(auth, user["id"], client=client_of(ctx))
        if session is None:
            raise APIError.of(400, AnonymousErrorCodes.COULD_NOT_CREATE_SESSION)
        answer = await answer_with_token(ctx, session, user)
        # Reading an ended session has expired cookies.
        ctx.response_headers.keep_last_cookie_of_each_name()
        return answer

    @endpoint(
        "/delete-anonymous-user",
        methods=("POST",),
        security=Security.SENSITIVE_SESSION,
        operation_id="deleteAnonymousUser",
        errors=(
            (400, AnonymousErrorCodes.DELETE_ANONYMOUS_USER_DISABLED),
            (403, AnonymousErrorCodes.USER_IS_NOT_ANONYMOUS),
            (500, AnonymousErrorCodes.FAILED_TO_DELETE_ANONYMOUS_USER),
            (500, AnonymousErrorCodes.FAILED_TO_DELETE_ANONYMOUS_USER_SESSIONS),
        ),
        reply=Reply(
            "The user is deleted",
            {"type": "object", "properties": {"success": {"type": "boolean"}}, "required": ["success"]},
        ),
        tags=("Anonymous",),
    )
    async def delete_anonymous_user(ctx: Context) -> dict[str, bool]:
        """Delete the signed-in anonymous user."""
        _, user = signed_in(ctx)
        if options.disable_delete_anonymous_user:
            raise APIError.of(400, AnonymousErrorCodes.DELETE_ANONYMOUS_USER_DISABLED)
        if not user.get("isAnonymous"):
            raise APIError.of(403, AnonymousErrorCodes.USER_IS_NOT_ANONYMOUS)
        # Where it is claimed, another call links it just now.
        if not await claim(ctx.auth, user):
            raise APIError.of(403, AnonymousErrorCodes.USER_IS_NOT_ANONYMOUS)
        async with giving_back(ctx.auth, user):
            with _answering(AnonymousErrorCodes.FAILED_TO_DELETE_ANONYMOUS_USER_SESSIONS):
                await delete_sessions(ctx.auth, user)
            with _answering(AnonymousErrorCodes.FAILED_TO_DELETE_ANONYMOUS_USER):
                await delete_claimed(ctx.auth, user)
        record(ctx, SecurityEvent.USER_DELETED, user)
        delete_session_cookie(ctx)
        return {"success": True}

    return [sign_in_anonymous, delete_anonymous_user]


@contextmanager
def _answering(error: ErrorCode) -> Iterator[None]:
    """Answer 500 with this error to whatever fails, also to what a hook raises, unless the database is down."""
    try:
        yield
    except Exception as failure:
        if is_fault(failure):
            raise
        logger.error(error.message, exc_info=failure)
        raise APIError.of(500, error) from None


async def _email(options: AnonymousOptions) -> str:
    """Return the address of a new anonymous user.

    Raises:
        APIError: 400 if the function of the options returns none that is valid.
    """
    given: str | None = await resolve(options.generate_random_email()) if options.generate_random_email else None
    if given:
        if not validation.is_email(given):
            raise APIError.of(400, AnonymousErrorCodes.INVALID_EMAIL_FORMAT)
        return given
    name = generate_id(32)
    if options.email_domain_name:
        return f"temp-{name}@{options.email_domain_name}"
    return placeholder_email(name, _METHOD)
