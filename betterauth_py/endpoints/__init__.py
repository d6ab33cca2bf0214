"""The core endpoints, one file per family, named as better-auth names it."""

from __future__ import annotations

from typing import Any, Final

from betterauth_py.core.endpoint import Endpoint
from betterauth_py.endpoints.account import list_user_accounts, unlink_account
from betterauth_py.endpoints.account_tokens import account_info, get_access_token, refresh_token
from betterauth_py.endpoints.callback import callback_o_auth
from betterauth_py.endpoints.change_email import change_email
from betterauth_py.endpoints.delete_user import delete_user, delete_user_callback
from betterauth_py.endpoints.email_verification import send_verification_email, verify_email
from betterauth_py.endpoints.error import error
from betterauth_py.endpoints.link_social import link_social_account
from betterauth_py.endpoints.ok import ok
from betterauth_py.endpoints.password import change_password, set_password, verify_password
from betterauth_py.endpoints.password_reset import (
    request_password_reset,
    request_password_reset_callback,
    reset_password,
)
from betterauth_py.endpoints.session import get_session, session
from betterauth_py.endpoints.sessions import (
    list_sessions,
    revoke_other_sessions,
    revoke_session,
    revoke_sessions,
    update_session,
)
from betterauth_py.endpoints.sign_in import sign_in_email
from betterauth_py.endpoints.sign_in_social import sign_in_social
from betterauth_py.endpoints.sign_out import sign_out
from betterauth_py.endpoints.sign_up import sign_up_email
from betterauth_py.endpoints.update_user import update_user

CORE_ENDPOINTS: Final[tuple[Endpoint[Any, Any], ...]] = (
    sign_in_social,
    callback_o_auth,
    get_session,
    sign_out,
    sign_up_email,
    sign_in_email,
    reset_password,
    verify_password,
    verify_email,
    send_verification_email,
    change_email,
    change_password,
    set_password,
    update_session,
    update_user,
    delete_user,
    request_password_reset,
    request_password_reset_callback,
    list_sessions,
    revoke_session,
    revoke_sessions,
    revoke_other_sessions,
    link_social_account,
    list_user_accounts,
    delete_user_callback,
    unlink_account,
    refresh_token,
    get_access_token,
    account_info,
    ok,
    error,
    session,
)


def core_endpoint(operation: str) -> Endpoint[Any, Any]:
    """Return an endpoint of the core, such as `get_session`; a plugin that replaces it may call its handler."""
    return next(endpoint for endpoint in CORE_ENDPOINTS if endpoint.operation == operation)
