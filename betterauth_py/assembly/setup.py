"""Lets plugins add to an assembled auth what they can make only once they know it."""

from __future__ import annotations

from collections.abc import Sequence
from inspect import iscoroutine
from typing import Any, Final

from betterauth_py.assembly.social_providers import social_providers_of
from betterauth_py.core.auth_context import AuthContext
from betterauth_py.core.contributions import Contributions, PasswordCheck
from betterauth_py.core.extensions import Extensions
from betterauth_py.core.plugin import Plugin
from betterauth_py.current import current_endpoint_context
from betterauth_py.errors import BetterAuthError, ConfigurationError, PluginError
from betterauth_py.options.at_path import with_option
from betterauth_py.options.import_strings import failure
from betterauth_py.options.trusted_origins import normalize_origins
from betterauth_py.wire.errors import BaseErrorCodes, ErrorCodes

SENDERS: Final = (
    "email_and_password.send_reset_password",
    "email_and_password.on_existing_user_sign_up",
    "email_verification.send_verification_email",
    "user.change_email.send_change_email_confirmation",
    "user.delete_user.send_delete_account_verification",
)
"""The options whose function a plugin may put its own in the place of."""


def extensions_of(plugins: Sequence[Plugin]) -> Extensions:
    """Return what `plugins` add to each other's extension points.

    Raises:
        ConfigurationError: if a plugin opens a point of another, or one adds what does not belong there.
    """
    for plugin in plugins:
        for point in plugin.extension_points:
            if point.plugin != plugin.id:
                raise ConfigurationError(
                    f"The plugin {plugin.id} opens the extension point {point.name} of the plugin {point.plugin}. "
                    f'Make it with ExtensionPoint("{plugin.id}", ...).'
                )
    return Extensions(
        [(plugin.id, extension) for plugin in plugins for extension in plugin.extends],
        [point for plugin in plugins for point in plugin.extension_points],
    )


def set_up_plugins(auth: AuthContext) -> None:
    """Call the plugins' `setup` in order and give the auth what they return.

    Raises:
        ConfigurationError: if two plugins contribute what there can be only one of.
        PluginError: if the `setup` of one fails.
    """
    senders: dict[str, str] = {}
    signer: str | None = None
    for plugin in auth.plugins:
        if plugin.database_hooks is not None:
            auth.rows.hooks.add(plugin.database_hooks)
        added = _contributions(plugin, auth)
        if added.database_hooks is not None:
            auth.rows.hooks.add(added.database_hooks)
        auth.static_origins.extend(normalize_origins(added.trusted_origins, f"The plugin {plugin.id}"))
        for provider in added.oauth_providers:
            # The first one of an id wins, as with better-auth, and plugins come before the options.
            auth.oauth_providers.setdefault(provider.id, provider)
        for check in added.password_checks:
            auth.passwords.checks.append(_by_path(check))
        auth.access_revokers.extend(added.access_revokers)
        auth.sessions.admissions.extend(added.session_admissions)
        for kind, service in added.services.items():
            auth.services.add(plugin.id, kind, service)
        for path, function in added.senders.items():
            other = senders.setdefault(path, plugin.id)
            if other != plugin.id:
                raise _twice(other, plugin.id, f"take the place of `{path}`")
            if path not in SENDERS:
                raise ConfigurationError(
                    f"The plugin {plugin.id} sends in the place of `{path}`. It may do so for: {', '.join(SENDERS)}."
                )
            auth.options = with_option(auth.options, path, function)
        if added.cookie_cache_signer is not None:
            if signer is not None:
                raise _twice(signer, plugin.id, "sign cached sessions")
            auth.cookie_cache_signer, signer = added.cookie_cache_signer, plugin.id
    for provider in social_providers_of(auth):
        auth.oauth_providers.setdefault(provider.id, provider)
    # As better-auth: the plugins' before those of the options.
    auth.rows.hooks.add(auth.options.database_hooks, of_deployment=True)


def error_codes_of(plugins: Sequence[Plugin]) -> dict[str, str]:
    """Return code to message of every error, as better-auth's `$ERROR_CODES`: the core's win over the plugins'."""
    declared = (plugin.error_codes for plugin in plugins if plugin.error_codes is not None)
    tables: list[type[ErrorCodes]] = [*declared, BaseErrorCodes]
    return {code: message for table in tables for code, message in table.table().items()}


def _contributions(plugin: Plugin, auth: AuthContext) -> Contributions:
    if plugin.setup is None:
        return Contributions()
    try:
        added: Any = plugin.setup(auth)
    except BetterAuthError:
        raise
    except Exception as error:
        raise PluginError(f"The plugin {plugin.id} cannot be set up: {failure(error)}.") from error
    if iscoroutine(added):
        added.close()
        raise PluginError(f"The `setup` of the plugin {plugin.id} is async. Do what waits in `start`.")
    if not isinstance(added, Contributions):
        raise PluginError(
            f"The `setup` of the plugin {plugin.id} returned {type(added).__name__}. Return `Contributions()`."
        )
    return added


def _by_path(check: PasswordCheck) -> Any:
    async def run(password: str) -> None:
        ctx = current_endpoint_context()
        if ctx is not None and ctx.path in check.paths:
            await check.check(password, ctx)

    return run


def _twice(first: str, second: str, what: str) -> ConfigurationError:
    return ConfigurationError(f"The plugins {first} and {second} both {what}. Turn on only one of them.")
