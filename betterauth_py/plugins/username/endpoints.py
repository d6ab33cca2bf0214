"""`POST /sign-in/username` and `POST /is-username-available`."""

from __future__ import annotations

from typing import Any

from betterauth_py.plugins import (
    APIError,
    BaseErrorCodes,
    Endpoint,
    EndpointContext,
    PasswordRefusal,
    Reply,
    Security,
    answering,
    endpoint,
    validation,
)
from betterauth_py.plugins.tools import SIGN_IN_SCHEMA, Claim, Refusal, answer_sign_in, logger, sign_in_with_password
from betterauth_py.plugins.username.errors import UsernameErrorCodes
from betterauth_py.plugins.username.names import Names

Context = EndpointContext[dict[str, Any], Any]

_REFUSALS = answering(
    {
        PasswordRefusal.TOO_LONG: (400, BaseErrorCodes.PASSWORD_TOO_LONG),
        Refusal.WRONG_CREDENTIALS: (401, UsernameErrorCodes.INVALID_USERNAME_OR_PASSWORD),
        Refusal.EMAIL_NOT_VERIFIED: (403, UsernameErrorCodes.EMAIL_NOT_VERIFIED),
        Refusal.SESSION_REFUSED: (500, BaseErrorCodes.FAILED_TO_CREATE_SESSION),
    }
)
_FAULTS = (
    (422, UsernameErrorCodes.USERNAME_TOO_SHORT),
    (422, UsernameErrorCodes.USERNAME_TOO_LONG),
    (422, UsernameErrorCodes.INVALID_USERNAME),
)


def endpoints_for(names: Names) -> list[Endpoint[Any, Any]]:
    """Return the endpoints, which use the rules of `names`."""

    @endpoint(
        "/sign-in/username",
        methods=("POST",),
        security=Security.PUBLIC,
        operation_id="signInUsername",
        body=validation.Object(
            {
                "username": validation.String("The username of the user"),
                "password": validation.String("The password of the user"),
                "rememberMe": validation.Optional(validation.Boolean("Remember the user session")),
                "callbackURL": validation.Optional(
                    validation.String(
                        "URL to redirect to after sign in (also used as the redirect target for email verification "
                        "when required)"
                    )
                ),
            }
        ),
        errors=(
            (400, BaseErrorCodes.PASSWORD_TOO_LONG),
            (401, UsernameErrorCodes.INVALID_USERNAME_OR_PASSWORD),
            (403, UsernameErrorCodes.EMAIL_NOT_VERIFIED),
            *_FAULTS,
            (500, BaseErrorCodes.FAILED_TO_CREATE_SESSION),
        ),
        reply=Reply("The session's token and the user", SIGN_IN_SCHEMA),
        tags=("Username",),
    )
    async def sign_in_username(ctx: Context) -> dict[str, Any]:
        """Sign in with username."""
        username, password = ctx.body["username"], ctx.body["password"]
        if not username or not password:
            logger.warning("A sign-in was refused: no username or no password")
            raise APIError.of(401, UsernameErrorCodes.INVALID_USERNAME_OR_PASSWORD)
        await _require_valid(names, username)
        remember = ctx.body.get("rememberMe") is not False
        normalized = names.normalized(username)
        users = ctx.auth.users
        # Counted apart from the user's e-mail address: a shared count would reveal that both belong to one user.
        claim = Claim(
            account=f"username {normalized}",
            look_up=lambda: users.find_with_credential_by("username", normalized),
            find_user=lambda: users.find_by("username", normalized),
        )
        with _REFUSALS:
            session, user = await sign_in_with_password(
                ctx, claim, password, remember=remember, callback_url=ctx.body.get("callbackURL")
            )
        return await answer_sign_in(ctx, session, user, remember=remember)

    @endpoint(
        "/is-username-available",
        methods=("POST",),
        security=Security.PUBLIC,
        operation_id="isUsernameAvailable",
        body=validation.Object({"username": validation.String("The username to check")}),
        errors=_FAULTS,
        reply=Reply(
            "Whether nobody has the username",
            {"type": "object", "properties": {"available": {"type": "boolean"}}, "required": ["available"]},
        ),
        tags=("Username",),
    )
    async def is_username_available(ctx: Context) -> dict[str, bool]:
        """Check whether a username is valid and free."""
        username = ctx.body["username"]
        if not username:
            raise APIError.of(422, UsernameErrorCodes.INVALID_USERNAME)
        await _require_valid(names, username)
        return {"available": await names.owner_of(ctx.auth, username) is None}

    return [sign_in_username, is_username_available]


async def _require_valid(names: Names, username: str) -> None:
    fault = await names.fault_of(username)
    if fault is not None:
        raise APIError.of(422, fault)
