"""`/electron/token`, `/electron/init-oauth-proxy` and `/electron/transfer-user`."""

from __future__ import annotations

from typing import Any, Final

from betterauth_py.plugins import (
    UNDEFINED,
    APIError,
    BaseErrorCodes,
    Endpoint,
    EndpointContext,
    Reply,
    Security,
    client_of,
    create_session,
    endpoint,
    validation,
)
from betterauth_py.plugins.electron.errors import ElectronErrorCodes
from betterauth_py.plugins.electron.options import ElectronOptions
from betterauth_py.plugins.electron.transfers import PREFIX, Transfer, create_code
from betterauth_py.plugins.tools import (
    InvalidJSONError,
    ResponseHeaders,
    answer_with_token,
    get_origin,
    hash_base64url,
    is_from_before_takeover,
    parse,
)

Context = EndpointContext[dict[str, Any], Any]

INIT_OAUTH_PROXY: Final = "/electron/init-oauth-proxy"
_TAGS: Final = ("Electron",)
_USER: Final = {"$ref": "#/components/schemas/User"}
_FAILED: Final = "An unknown error occurred."


def _nonempty() -> validation.String:
    return validation.String(min_length=1)


@endpoint(
    "/electron/token",
    methods=("POST",),
    security=Security.PUBLIC,
    operation_id="electronToken",
    shown_to_clients=False,
    body=validation.Object({"token": _nonempty(), "state": _nonempty(), "code_verifier": _nonempty()}),
    errors=(
        (404, ElectronErrorCodes.INVALID_TOKEN),
        (400, ElectronErrorCodes.STATE_MISMATCH),
        (400, ElectronErrorCodes.MISSING_CODE_CHALLENGE),
        (400, ElectronErrorCodes.INVALID_CODE_VERIFIER),
        (500, ElectronErrorCodes.INVALID_TOKEN),
        (500, BaseErrorCodes.USER_NOT_FOUND),
        (500, BaseErrorCodes.FAILED_TO_CREATE_SESSION),
    ),
    reply=Reply(
        "The session's token and the user",
        {"type": "object", "properties": {"token": {"type": "string"}, "user": _USER}, "required": ["token", "user"]},
    ),
    tags=_TAGS,
)
async def electron_token(ctx: Context) -> dict[str, Any]:
    """Exchange an authorization code for a session."""
    auth, body = ctx.auth, ctx.body
    stored = await auth.verifications.consume(f"{PREFIX}{body['token']}", auth.now())
    if stored is None:
        raise APIError.of(404, ElectronErrorCodes.INVALID_TOKEN)
    try:
        record = parse(stored["value"].encode())
    except InvalidJSONError:
        record = None
    if not isinstance(record, dict):
        raise APIError.of(500, ElectronErrorCodes.INVALID_TOKEN)
    if record.get("state") != body["state"]:
        raise APIError.of(400, ElectronErrorCodes.STATE_MISMATCH)
    if not record.get("codeChallenge"):
        raise APIError.of(400, ElectronErrorCodes.MISSING_CODE_CHALLENGE)
    if hash_base64url(body["code_verifier"]) != record["codeChallenge"]:
        raise APIError.of(400, ElectronErrorCodes.INVALID_CODE_VERIFIER)
    async with auth.database.transaction():
        # Who revokes all access to a user locks it too: a code that is ended meanwhile starts no session.
        user = await auth.users.find(str(record.get("userId")), lock=True)
        if user is not None and await is_from_before_takeover(auth, user["id"], "electron", stored["createdAt"]):
            raise APIError.of(404, ElectronErrorCodes.INVALID_TOKEN)
        if user is None:
            raise APIError.of(500, BaseErrorCodes.USER_NOT_FOUND)
        session = await create_session(auth, user["id"], client=client_of(ctx))
    if session is None:
        raise APIError.of(500, BaseErrorCodes.FAILED_TO_CREATE_SESSION)
    return await answer_with_token(ctx, session, user)


def endpoints_for(options: ElectronOptions) -> list[Endpoint[Any, Any]]:
    """Return the endpoints, which create codes for the client of `options`."""

    @endpoint(
        INIT_OAUTH_PROXY,
        methods=("GET",),
        security=Security.PUBLIC,
        operation_id="electronInitOAuthProxy",
        shown_to_clients=False,
        query=validation.Object(
            {"provider": _nonempty(), "state": validation.String(), "code_challenge": validation.String()}
        ),
        errors=((500, BaseErrorCodes.PROVIDER_NOT_FOUND),),
        reply=Reply("A redirect to the provider", {"type": "object"}, status=302),
        tags=_TAGS,
    )
    async def electron_init_o_auth_proxy(ctx: Context) -> Any:
        """Begin signing in to the app with a provider."""
        query = {
            "client_id": options.client_id,
            "code_challenge": ctx.query["code_challenge"],
            "state": ctx.query["state"],
        }
        request, headers = ctx.request, ResponseHeaders()
        if request is not None:
            # The browser has navigated here: the inner call is one that a page of this server would make.
            request = request.with_headers({"origin": get_origin(ctx.base_url) or "", "sec-fetch-mode": "cors"})
        body = {"provider": ctx.query["provider"]}
        try:
            begun = await ctx.dispatch(
                "sign_in_social", body=body, query=query, request=request, response_headers=headers
            )
        except APIError as error:
            raise APIError(500, {"message": (error.body or {}).get("message") or _FAILED}) from None
        # Only the cookies of the inner answer are sent, and none if it fails.
        for cookie in headers.cookies:
            ctx.response_headers.add_cookie(cookie)
        ctx.set_header("location", begun["url"])
        ctx.response_status = 302
        return UNDEFINED

    @endpoint(
        "/electron/transfer-user",
        methods=("POST",),
        security=Security.SESSION,
        operation_id="electronTransferUser",
        requires_headers=True,
        query=validation.Object(
            {
                "client_id": validation.String(),
                "state": validation.String(),
                "code_challenge": validation.String(),
            }
        ),
        body=validation.Object({"callbackURL": validation.Optional(validation.String())}),
        errors=(
            (400, ElectronErrorCodes.INVALID_CLIENT_ID),
            (400, ElectronErrorCodes.MISSING_STATE),
            (400, ElectronErrorCodes.MISSING_PKCE),
        ),
        reply=Reply(
            "The authorization code, and where to go with it",
            {
                "type": "object",
                "properties": {
                    "url": {"type": ["string", "null"]},
                    "redirect": {"type": "boolean"},
                    "electron_authorization_code": {"type": "string"},
                },
                "required": ["url", "redirect", "electron_authorization_code"],
            },
        ),
        tags=_TAGS,
    )
    async def electron_transfer_user(ctx: Context) -> dict[str, Any]:
        """Transfer the signed-in user to the app."""
        code = await create_code(ctx, options, Transfer(**ctx.query))
        if code is None:
            raise APIError.of(400, ElectronErrorCodes.INVALID_CLIENT_ID)
        url = ctx.body.get("callbackURL") or None
        return {"url": url, "redirect": url is not None, "electron_authorization_code": code}

    return [electron_token, electron_init_o_auth_proxy, electron_transfer_user]
