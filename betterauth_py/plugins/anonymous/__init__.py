"""The anonymous plugin: users without an address or a password, who may sign in properly later."""

from __future__ import annotations

from betterauth_py.plugins import Plugin, plugin_factory
from betterauth_py.plugins.anonymous.endpoints import endpoints_for
from betterauth_py.plugins.anonymous.errors import AnonymousErrorCodes
from betterauth_py.plugins.anonymous.hooks import REMEMBER_ANONYMOUS_USER, linking
from betterauth_py.plugins.anonymous.options import AnonymousColumns, AnonymousOptions, check_options
from betterauth_py.plugins.anonymous.tables import IS_ANONYMOUS

__all__ = ["AnonymousColumns", "AnonymousErrorCodes", "AnonymousOptions", "anonymous"]


@plugin_factory(AnonymousOptions)
def anonymous(options: AnonymousOptions) -> Plugin:
    """Return the anonymous plugin, as better-auth's `anonymous({...})`.

    Example:
        ```python
        auth = BetterAuth(plugins=[anonymous(email_domain_name="example.com")])
        ```

    Raises:
        ConfigurationError: if an option is wrong.
    """
    check_options(options)
    return Plugin(
        id="anonymous",
        endpoints=endpoints_for(options),
        columns={"user": {"isAnonymous": IS_ANONYMOUS}},
        before=[REMEMBER_ANONYMOUS_USER],
        after=[linking(options)],
        error_codes=AnonymousErrorCodes,
    )
