"""The core endpoints, one file per family, named as better-auth names it."""

from __future__ import annotations

from typing import Any, Final

from betterauth_py.endpoints.account import list_user_accounts, unlink_account
from betterauth_py.endpoints.error import error
from betterauth_py.endpoints.ok import ok
from betterauth_py.endpoints.password import change_password, set_password, verify_password
from betterauth_py.endpoints.session import get_session, session
from betterauth_py.endpoints.sessions import (
    list_sessions,
    revoke_other_sessions,
    revoke_session,
    revoke_sessions,
    update_session,
)
from betterauth_py.endpoints.sign_in import sign_in_email
from betterauth_py.endpoints.sign_out import sign_out
from betterauth_py.endpoints.sign_up import sign_up_email
from betterauth_py.endpoints.update_user import update_user
from betterauth_py.http.endpoint import Endpoint

CORE_ENDPOINTS: Final[tuple[Endpoint[Any, Any], ...]] = (
    get_session,
    sign_out,
    sign_up_email,
    sign_in_email,
    verify_password,
    change_password,
    set_password,
    update_session,
    update_user,
    list_sessions,
    revoke_session,
    revoke_sessions,
    revoke_other_sessions,
    list_user_accounts,
    unlink_account,
    ok,
    error,
    session,
)
