"""The have-i-been-pwned plugin: new passwords that are known from breaches are refused."""

from __future__ import annotations

from typing import Any

from betterauth_py.plugins import AuthContext, Contributions, EndpointContext, PasswordCheck, Plugin, plugin_factory
from betterauth_py.plugins.have_i_been_pwned.checks import refuse_compromised
from betterauth_py.plugins.have_i_been_pwned.errors import HaveIBeenPwnedErrorCodes
from betterauth_py.plugins.have_i_been_pwned.options import HaveIBeenPwnedOptions, check_options

__all__ = ["HaveIBeenPwnedOptions", "have_i_been_pwned"]


@plugin_factory(HaveIBeenPwnedOptions)
def have_i_been_pwned(options: HaveIBeenPwnedOptions) -> Plugin:
    """Return the have-i-been-pwned plugin, as better-auth's `haveIBeenPwned({...})`.

    Example:
        ```python
        auth = BetterAuth(plugins=[have_i_been_pwned()])
        ```

    Raises:
        ConfigurationError: if an option is wrong.
    """
    check_options(options)

    async def check(password: str, ctx: EndpointContext[Any, Any]) -> None:
        await refuse_compromised(ctx.auth, options, password)

    def setup(_: AuthContext) -> Contributions:
        return Contributions(
            password_checks=[PasswordCheck(check=check, paths=options.paths)] if options.enabled else ()
        )

    return Plugin(
        id="have-i-been-pwned",
        error_codes=HaveIBeenPwnedErrorCodes,
        added_errors={path: [(400, HaveIBeenPwnedErrorCodes.PASSWORD_COMPROMISED)] for path in options.paths}
        if options.enabled
        else {},
        setup=setup,
    )
