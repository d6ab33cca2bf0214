"""The last-login-method plugin: pages can show which way in the user took last."""

from __future__ import annotations

from betterauth_py.plugins import AuthContext, Contributions, Field, Plugin, plugin_factory
from betterauth_py.plugins.last_login_method.hooks import cookie_hook, row_hooks
from betterauth_py.plugins.last_login_method.options import (
    LastLoginMethodOptions,
    SchemaOptions,
    UserColumns,
    check_options,
)

__all__ = ["LastLoginMethodOptions", "SchemaOptions", "UserColumns", "last_login_method"]


@plugin_factory(LastLoginMethodOptions)
def last_login_method(options: LastLoginMethodOptions) -> Plugin:
    """Return the last-login-method plugin, as better-auth's `lastLoginMethod({...})`.

    Example:
        ```python
        auth = BetterAuth(plugins=[last_login_method(store_in_database=True)])
        ```

    Raises:
        ConfigurationError: if an option is wrong.
    """
    check_options(options)

    def setup(auth: AuthContext) -> Contributions:
        return Contributions(database_hooks=row_hooks(auth, options) if options.store_in_database else None)

    column = Field(required=False, input=False, column=options.schema.user.last_login_method)
    return Plugin(
        id="last-login-method",
        columns={"user": {"lastLoginMethod": column}} if options.store_in_database else {},
        after=[cookie_hook(options)],
        setup=setup,
    )
