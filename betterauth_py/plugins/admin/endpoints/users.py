"""`/admin/get-user`, `/admin/create-user` and `/admin/remove-user`."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any, Final

from betterauth_py.plugins import (
    APIError,
    BaseErrorCodes,
    NotStoredError,
    PasswordRefusal,
    Reply,
    Row,
    UserNotAdmittedError,
    UserRefusedError,
    answering,
    endpoint,
    signed_in,
    validation,
)
from betterauth_py.plugins.admin import actions
from betterauth_py.plugins.admin.administration import (
    SELF_CHECKED,
    SIGNED_IN,
    Need,
    acting,
    administration_of,
    find_user,
    read_stored_session,
    require,
)
from betterauth_py.plugins.admin.endpoints.shared import (
    BAN,
    NO_USER,
    ROLE,
    SET_ROLE,
    SUCCESS,
    TAGS,
    USER_ID,
    Context,
    as_list,
    joined_roles,
    shown,
    user_reply,
)
from betterauth_py.plugins.admin.errors import AdminErrorCodes
from betterauth_py.plugins.tools import SecurityEvent, record, refuse_long_password, to_text

_GET: Final[Need] = ({"user": ["get"]}, AdminErrorCodes.YOU_ARE_NOT_ALLOWED_TO_GET_USER)
_CREATE: Final[Need] = ({"user": ["create"]}, AdminErrorCodes.YOU_ARE_NOT_ALLOWED_TO_CREATE_USERS)
_DELETE: Final[Need] = ({"user": ["delete"]}, AdminErrorCodes.YOU_ARE_NOT_ALLOWED_TO_DELETE_USERS)
_TAKEN: Final = (400, AdminErrorCodes.USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL)
_LENGTH = answering({PasswordRefusal.TOO_LONG: (400, BaseErrorCodes.PASSWORD_TOO_LONG)})
BAN_FIELDS: Final = ("banned", "banReason", "banExpires")


@endpoint(
    "/admin/get-user",
    methods=("GET",),
    security=SIGNED_IN,
    operation_id="getUser",
    query=validation.Object({"id": validation.String("The id of the user")}),
    errors=((403, _GET[1]), NO_USER),
    reply=Reply("The user", {"$ref": "#/components/schemas/User"}),
    tags=TAGS,
)
async def get_user(ctx: Context) -> Row:
    """Return a user."""
    require(ctx, _GET)
    return shown(ctx, await find_user(ctx, ctx.query["id"]))


@endpoint(
    "/admin/create-user",
    methods=("POST",),
    security=SELF_CHECKED,
    operation_id="createUser",
    body=validation.Object(
        {
            "email": validation.String("The email of the user"),
            "password": validation.Optional(validation.String("The password; without one, the user has none")),
            "name": validation.String("The name of the user"),
            "role": validation.Optional(ROLE),
            "data": validation.Optional(validation.Record(validation.Anything())),
        }
    ),
    takes_image=True,
    errors=(
        (400, AdminErrorCodes.INVALID_ROLE_TYPE),
        (400, AdminErrorCodes.YOU_ARE_NOT_ALLOWED_TO_SET_NON_EXISTENT_VALUE),
        (400, BaseErrorCodes.INVALID_EMAIL),
        (400, BaseErrorCodes.PASSWORD_TOO_LONG),
        _TAKEN,
        (400, AdminErrorCodes.FAILED_TO_CREATE_USER),
        (403, _CREATE[1]),
        (403, SET_ROLE[1]),
        (403, BAN[1]),
    ),
    reply=user_reply("The new user"),
    tags=TAGS,
)
async def create_user(ctx: Context) -> dict[str, Any]:
    """Create a user; code in this process needs no session."""
    auth, body = ctx.auth, ctx.body
    session = await read_stored_session(ctx)
    if session is None and not ctx.is_in_process:
        raise APIError(401)
    data = dict(body.get("data") or {})
    if data.get("id") is not None:
        data["id"] = _id_text(data["id"])
    given_role = data.pop("role", None) if "role" in data and "role" not in body else body.get("role")
    has_role = "role" in body or "role" in (body.get("data") or {})
    needs = [_CREATE]
    if has_role or data.get("id") in administration_of(ctx.auth).options.admin_user_ids:
        needs.append(SET_ROLE)
    if session is not None:
        require(ctx, *needs)
    role = joined_roles(ctx, as_list(given_role)) if has_role else administration_of(ctx.auth).options.default_role
    if any(name in data for name in BAN_FIELDS):
        needs.append(BAN)
        if session is not None:
            require(ctx, BAN)
    email = body["email"].lower()
    if not validation.is_email(email):
        raise APIError.of(400, BaseErrorCodes.INVALID_EMAIL)
    password = body.get("password")
    if password:
        with _LENGTH:
            refuse_long_password(auth, password)
    if await auth.users.exists(email):
        raise APIError.of(*_TAKEN)
    password_hash = await auth.passwords.hash(password) if password else None
    data.pop("role", None)
    fields = {**data, "email": email, "name": body["name"], "role": role}
    user = await _store(ctx, fields, password_hash, needs if session is not None else None)
    record(ctx, SecurityEvent.SIGN_UP, user)
    return {"user": shown(ctx, user)}


def _id_text(given: Any) -> str:
    """Return an id as it is stored: a number is the text that `admin_user_ids` would name.

    Raises:
        APIError: 400 if it is neither.
    """
    if isinstance(given, bool) or not isinstance(given, str | int | float):
        raise APIError.of(400, AdminErrorCodes.FAILED_TO_CREATE_USER)
    return to_text(given)


async def _store(ctx: Context, fields: Row, password_hash: str | None, needs: list[Need] | None) -> Row:
    auth = ctx.auth
    try:
        async with acting(ctx, None, *needs) if needs is not None else nullcontext(), auth.database.transaction():
            return await actions.create(auth, fields, password_hash, ctx)
    except UserNotAdmittedError as error:
        raise APIError(403, {"code": error.code, "message": error.message}) from None
    except UserRefusedError:
        raise APIError.of(500, AdminErrorCodes.FAILED_TO_CREATE_USER) from None
    except NotStoredError:
        if await auth.users.exists(fields["email"]):
            raise APIError.of(*_TAKEN) from None
        raise APIError.of(400, AdminErrorCodes.FAILED_TO_CREATE_USER) from None


@endpoint(
    "/admin/remove-user",
    methods=("POST",),
    security=SIGNED_IN,
    operation_id="removeUser",
    body=validation.Object({"userId": USER_ID}),
    errors=((400, AdminErrorCodes.YOU_CANNOT_REMOVE_YOURSELF), (403, _DELETE[1]), NO_USER),
    reply=Reply("Removed", SUCCESS),
    tags=TAGS,
)
async def remove_user(ctx: Context) -> dict[str, bool]:
    """Delete a user with its sessions and accounts."""
    require(ctx, _DELETE)
    user_id = ctx.body["userId"]
    if user_id == signed_in(ctx)[1]["id"]:
        raise APIError.of(400, AdminErrorCodes.YOU_CANNOT_REMOVE_YOURSELF)
    user = await find_user(ctx, user_id)
    async with acting(ctx, user["id"], _DELETE):
        await actions.remove(ctx.auth, await find_user(ctx, user["id"]))
    record(ctx, SecurityEvent.USER_DELETED, user)
    return {"success": True}
