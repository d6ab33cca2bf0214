"""The endpoints of the admin plugin."""

from __future__ import annotations

from typing import Any, Final

from betterauth_py.plugins import Endpoint
from betterauth_py.plugins.admin.endpoints.bans import ban_user, unban_user
from betterauth_py.plugins.admin.endpoints.impersonation import impersonate_user, stop_impersonating
from betterauth_py.plugins.admin.endpoints.listing import list_users
from betterauth_py.plugins.admin.endpoints.passwords import set_user_password
from betterauth_py.plugins.admin.endpoints.roles import set_role, user_has_permission
from betterauth_py.plugins.admin.endpoints.sessions import (
    list_user_sessions,
    revoke_user_session,
    revoke_user_sessions,
)
from betterauth_py.plugins.admin.endpoints.updating import admin_update_user
from betterauth_py.plugins.admin.endpoints.users import create_user, get_user, remove_user

ENDPOINTS: Final[list[Endpoint[Any, Any]]] = [
    set_role,
    get_user,
    create_user,
    admin_update_user,
    list_users,
    list_user_sessions,
    unban_user,
    ban_user,
    impersonate_user,
    stop_impersonating,
    revoke_user_session,
    revoke_user_sessions,
    remove_user,
    set_user_password,
    user_has_permission,
]
