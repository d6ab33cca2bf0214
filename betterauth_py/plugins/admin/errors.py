"""The errors of the admin plugin."""

from __future__ import annotations

from betterauth_py.plugins import ErrorCode, ErrorCodes, declare


class AdminErrorCodes(ErrorCodes):
    """As better-auth 1.7.25's `ADMIN_ERROR_CODES`."""

    FAILED_TO_CREATE_USER: ErrorCode = declare("Failed to create user")
    USER_ALREADY_EXISTS: ErrorCode = declare("User already exists.")
    USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL: ErrorCode = declare("User already exists. Use another email.")
    YOU_CANNOT_BAN_YOURSELF: ErrorCode = declare("You cannot ban yourself")
    YOU_ARE_NOT_ALLOWED_TO_CHANGE_USERS_ROLE: ErrorCode = declare("You are not allowed to change users role")
    YOU_ARE_NOT_ALLOWED_TO_CREATE_USERS: ErrorCode = declare("You are not allowed to create users")
    YOU_ARE_NOT_ALLOWED_TO_LIST_USERS: ErrorCode = declare("You are not allowed to list users")
    YOU_ARE_NOT_ALLOWED_TO_LIST_USERS_SESSIONS: ErrorCode = declare("You are not allowed to list users sessions")
    YOU_ARE_NOT_ALLOWED_TO_BAN_USERS: ErrorCode = declare("You are not allowed to ban users")
    YOU_ARE_NOT_ALLOWED_TO_IMPERSONATE_USERS: ErrorCode = declare("You are not allowed to impersonate users")
    YOU_ARE_NOT_ALLOWED_TO_REVOKE_USERS_SESSIONS: ErrorCode = declare("You are not allowed to revoke users sessions")
    YOU_ARE_NOT_ALLOWED_TO_DELETE_USERS: ErrorCode = declare("You are not allowed to delete users")
    YOU_ARE_NOT_ALLOWED_TO_SET_USERS_PASSWORD: ErrorCode = declare("You are not allowed to set users password")
    BANNED_USER: ErrorCode = declare("You have been banned from this application")
    YOU_ARE_NOT_ALLOWED_TO_GET_USER: ErrorCode = declare("You are not allowed to get user")
    NO_DATA_TO_UPDATE: ErrorCode = declare("No data to update")
    YOU_ARE_NOT_ALLOWED_TO_UPDATE_USERS: ErrorCode = declare("You are not allowed to update users")
    YOU_CANNOT_REMOVE_YOURSELF: ErrorCode = declare("You cannot remove yourself")
    YOU_ARE_NOT_ALLOWED_TO_SET_NON_EXISTENT_VALUE: ErrorCode = declare(
        "You are not allowed to set a non-existent role value"
    )
    YOU_CANNOT_IMPERSONATE_ADMINS: ErrorCode = declare("You cannot impersonate admins")
    INVALID_ROLE_TYPE: ErrorCode = declare("Invalid role type")
    YOU_ARE_NOT_ALLOWED_TO_SET_USERS_EMAIL: ErrorCode = declare("You are not allowed to update users email")
    YOU_ARE_NOT_ALLOWED_TO_SET_USERS_PHONE_NUMBER: ErrorCode = declare(
        "You are not allowed to update users phone number"
    )
    PASSWORD_CANNOT_BE_UPDATED_VIA_UPDATE_USER: ErrorCode = declare(
        "Password cannot be updated through update-user. Use the set-user-password endpoint instead"
    )
    USER_ID_CANNOT_BE_UPDATED: ErrorCode = declare("User id cannot be updated")
