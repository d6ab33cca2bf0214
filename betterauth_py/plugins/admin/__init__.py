"""The admin plugin: administration of users, their roles, bans and sessions, and impersonation."""

from __future__ import annotations

from betterauth_py.plugins import AuthContext, Contributions, Plugin, plugin_factory
from betterauth_py.plugins.admin.administration import Administration
from betterauth_py.plugins.admin.bans import REFUSED_AT, refusing_banned
from betterauth_py.plugins.admin.endpoints import ENDPOINTS
from betterauth_py.plugins.admin.errors import AdminErrorCodes
from betterauth_py.plugins.admin.hooks import AFTER, giving_role
from betterauth_py.plugins.admin.options import AdminOptions, check_options
from betterauth_py.plugins.admin.roles import DEFAULT_ROLES, STATEMENTS, Roles
from betterauth_py.plugins.admin.tables import COLUMNS

__all__ = ["DEFAULT_ROLES", "STATEMENTS", "AdminErrorCodes", "AdminOptions", "admin"]


@plugin_factory(AdminOptions)
def admin(options: AdminOptions) -> Plugin:
    """Return the admin plugin, as better-auth's `admin({...})`.

    Example:
        ```python
        auth = BetterAuth(plugins=[admin(admin_user_ids=["..."])])
        ```

    Raises:
        ConfigurationError: if an option is wrong.
    """
    check_options(options)
    roles = Roles(options)

    def setup(auth: AuthContext) -> Contributions:
        return Contributions(
            services={Administration: Administration(auth, options, roles)},
            session_admissions=[refusing_banned(auth, options)],
        )

    return Plugin(
        id="admin",
        endpoints=ENDPOINTS,
        columns=COLUMNS,
        database_hooks=giving_role(options),
        after=AFTER,
        error_codes=AdminErrorCodes,
        added_errors={path: [(403, AdminErrorCodes.BANNED_USER)] for path in REFUSED_AT},
        setup=setup,
        longest_session=options.effective_impersonation_duration,
    )
