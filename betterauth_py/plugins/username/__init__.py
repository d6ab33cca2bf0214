"""The username plugin: signing in with a name instead of an e-mail address."""

from __future__ import annotations

from betterauth_py.plugins import AuthContext, Contributions, Plugin, plugin_factory
from betterauth_py.plugins.username.endpoints import endpoints_for
from betterauth_py.plugins.username.errors import ADDED_ERRORS, UsernameErrorCodes
from betterauth_py.plugins.username.hooks import before_hooks, row_hooks
from betterauth_py.plugins.username.names import Names
from betterauth_py.plugins.username.options import UsernameOptions, ValidationOrderOptions, check_options
from betterauth_py.plugins.username.tables import columns_of

__all__ = ["UsernameErrorCodes", "UsernameOptions", "ValidationOrderOptions", "username"]


@plugin_factory(UsernameOptions)
def username(options: UsernameOptions) -> Plugin:
    """Return the username plugin, as better-auth's `username({...})`.

    Example:
        ```python
        auth = BetterAuth(plugins=[username(min_username_length=2)])
        ```

    Raises:
        ConfigurationError: if an option is wrong.
    """
    check_options(options)
    names = Names(options)

    def setup(auth: AuthContext) -> Contributions:
        return Contributions(database_hooks=row_hooks(auth, names))

    return Plugin(
        id="username",
        endpoints=endpoints_for(names),
        columns={"user": columns_of(names)},
        before=before_hooks(names),
        error_codes=UsernameErrorCodes,
        added_errors=ADDED_ERRORS,
        setup=setup,
    )
