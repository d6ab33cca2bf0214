"""`POST /sign-in/magic-link` and `GET /magic-link/verify`."""

from __future__ import annotations

from typing import Any

from betterauth_py.plugins import (
    APIError,
    BaseErrorCodes,
    Endpoint,
    EndpointContext,
    NotStoredError,
    Reply,
    Row,
    Security,
    UserRefusedError,
    answering,
    endpoint,
    set_session_cookie,
    validation,
)
from betterauth_py.plugins.magic_link.links import Recipient, create_link, use_link
from betterauth_py.plugins.magic_link.mails import send_link
from betterauth_py.plugins.magic_link.options import MagicLinkOptions
from betterauth_py.plugins.tools import (
    ProofRefusal,
    ProofRefusedError,
    at_application,
    create_proven_user,
    refuse_long_name,
    resolve_url,
    sign_in_by_proof,
    with_query,
    without_hidden_fields,
)

_CALLBACK = validation.Optional(validation.String("Where the link leads to. Default: `/`"))
_NEW_USER_CALLBACK = validation.Optional(validation.String("Where it leads a new user to. Default: `callbackURL`"))
_ERROR_CALLBACK = validation.Optional(validation.String("Where errors lead to. Default: `callbackURL`"))
_REFUSALS = {
    ProofRefusal.NO_USER: "user_not_found",
    ProofRefusal.SESSION_REFUSED: "failed_to_create_session",
}


def endpoints_for(options: MagicLinkOptions) -> list[Endpoint[Any, Any]]:
    """Return the endpoints, by these options."""

    @endpoint(
        "/sign-in/magic-link",
        methods=("POST",),
        security=Security.SAME_ORIGIN,
        operation_id="signInWithMagicLink",
        body=validation.Object(
            {
                "email": validation.Email("Where the link is mailed to"),
                "name": validation.Optional(validation.String("The name of a new user")),
                "callbackURL": _CALLBACK,
                "newUserCallbackURL": _NEW_USER_CALLBACK,
                "errorCallbackURL": _ERROR_CALLBACK,
                "metadata": validation.Optional(validation.Record(validation.Anything())),
            }
        ),
        reply=Reply(
            "Success", {"type": "object", "properties": {"status": {"type": "boolean"}}, "required": ["status"]}
        ),
        requires_headers=True,
        tags=("Magic link",),
    )
    async def sign_in_magic_link(ctx: EndpointContext[dict[str, Any], Any]) -> dict[str, bool]:
        """Mail a link that signs in whoever opens it."""
        with answering({}):
            refuse_long_name(ctx.body.get("name"))
        link = await create_link(ctx, options)
        data = {"email": ctx.body["email"], **link, "metadata": ctx.body.get("metadata")}
        await send_link(ctx, options, data)
        return {"status": True}

    @endpoint(
        "/magic-link/verify",
        methods=("GET",),
        security=Security.PUBLIC,
        operation_id="verifyMagicLink",
        query=validation.Object(
            {
                "token": validation.String("The token of the mailed link"),
                "callbackURL": _CALLBACK,
                "errorCallbackURL": _ERROR_CALLBACK,
                "newUserCallbackURL": _NEW_USER_CALLBACK,
            }
        ),
        redirect_parameters=("callbackURL", "newUserCallbackURL", "errorCallbackURL"),
        errors=((403, BaseErrorCodes.INVALID_CALLBACK_URL),),
        reply=Reply(
            "The session, if there is no `callbackURL`",
            {
                "type": "object",
                "properties": {
                    "token": {"type": "string", "description": "Session token"},
                    "user": {"$ref": "#/components/schemas/User"},
                    "session": {"$ref": "#/components/schemas/Session"},
                },
                "required": ["token", "user", "session"],
            },
        ),
        requires_headers=True,
        tags=("Magic link",),
    )
    async def magic_link_verify(ctx: EndpointContext[Any, dict[str, str]]) -> dict[str, Any]:
        """Sign in with a mailed link."""
        targets = _Targets(ctx)
        recipient = await use_link(ctx.auth, options, ctx.query["token"])
        if recipient is None:
            raise targets.error("INVALID_TOKEN")

        async def sign_up() -> Row:
            if options.disable_sign_up:
                raise targets.error("new_user_signup_disabled")
            return await _create_user(ctx, recipient, targets)

        try:
            signed_in = await sign_in_by_proof(ctx, recipient.email, sign_up)
        except ProofRefusedError as error:
            raise targets.error(_REFUSALS[error.refusal]) from None
        except NotStoredError:
            raise targets.error("failed_to_create_user") from None
        await set_session_cookie(ctx, signed_in.session, signed_in.user)
        if ctx.query.get("callbackURL"):
            raise APIError.redirect(targets.new_user if signed_in.is_new else targets.usual)
        return {
            "token": signed_in.session["token"],
            "user": without_hidden_fields(ctx.auth.schema, "user", signed_in.user),
            "session": without_hidden_fields(ctx.auth.schema, "session", signed_in.session),
        }

    return [sign_in_magic_link, magic_link_verify]


async def _create_user(ctx: EndpointContext[Any, Any], recipient: Recipient, targets: _Targets) -> Row:
    try:
        return await create_proven_user(ctx, recipient.email, {"name": recipient.name}, {"method": "magic-link"})
    except APIError as error:
        if error.code is None:
            raise
        raise targets.error(error.code, str(error)) from None
    except UserRefusedError:
        raise targets.error("failed_to_create_user") from None


class _Targets:
    """Where a link leads to."""

    def __init__(self, ctx: EndpointContext[Any, dict[str, str]]) -> None:
        """Read them of the query.

        Raises:
            APIError: 403 for what is no URL.
        """
        query, base_url = ctx.query, ctx.base_url
        self.usual = _absolute(query.get("callbackURL") or at_application(ctx, "/"), base_url)
        self.new_user = _absolute(query.get("newUserCallbackURL") or self.usual, base_url)
        self._of_errors = _absolute(query.get("errorCallbackURL") or self.usual, base_url)

    def error(self, code: str, description: str | None = None) -> APIError:
        """Return the redirect that says what went wrong."""
        more = {"error_description": description} if description else {}
        return APIError.redirect(with_query(self._of_errors, {"error": code, **more}))


def _absolute(url: str, base_url: str) -> str:
    absolute = resolve_url(url, base_url)
    if absolute is None:
        raise APIError.of(403, BaseErrorCodes.INVALID_CALLBACK_URL)
    return absolute
