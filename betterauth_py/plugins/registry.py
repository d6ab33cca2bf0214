"""The plugins that come with the server. A plugin is imported only where it is used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from betterauth_py.core.plugin import Plugin
    from betterauth_py.core.plugin_factory import PluginFactory


@dataclass(frozen=True, kw_only=True)
class BuiltIn:
    """One plugin that comes with the server; folders, pages and tests are named after its id."""

    id: str
    """better-auth's id, such as `two-factor`."""
    export: str
    """The name of better-auth's function, such as `twoFactor`."""
    package: str = "better-auth/plugins"
    """The npm module that exports it."""
    example: Mapping[str, Any] = field(default_factory=dict)
    """What `[plugins.<id>]` needs at least; empty if nothing."""

    replaces_core: bool = False
    """Whether it takes the place of an endpoint of the core, which then answers as the deployment says."""
    remembers: bool = False
    """Whether it needs stored sessions, users or verification values, although it may have no tables of its own."""

    @property
    def name(self) -> str:
        """The name of its folder, its module and its function: `two_factor`."""
        return self.id.replace("-", "_")

    @property
    def page(self) -> str:
        """Its page under `docs/`."""
        return f"plugins/{self.id}.md"

    def factory(self) -> PluginFactory[Any]:
        """Import it and return what makes it."""
        made: PluginFactory[Any] = getattr(import_module(f"betterauth_py.plugins.{self.name}"), self.name)
        return made

    def make_example(self) -> Plugin:
        """Return it with the options of its example."""
        return self.factory().load(self.example, f"plugins.{self.id}")


BUILT_IN: Final = (
    BuiltIn(id="admin", export="admin", remembers=True),
    BuiltIn(id="anonymous", export="anonymous", remembers=True),
    BuiltIn(id="bearer", export="bearer", remembers=True),
    BuiltIn(
        id="captcha",
        export="captcha",
        package="better-auth/plugins/captcha",
        # Nothing is protected, so that the other plugins' contracts are as without it.
        example={"provider": "hcaptcha", "secret_key": "x", "endpoints": ["/captcha"]},
    ),
    BuiltIn(id="custom-session", export="customSession", example={"fn": "builtins:max"}, replaces_core=True),
    BuiltIn(id="device-authorization", export="deviceAuthorization"),
    BuiltIn(id="email-otp", export="emailOTP", remembers=True),
    BuiltIn(id="expo", export="expo", package="@better-auth/expo"),
    BuiltIn(id="electron", export="electron", package="@better-auth/electron", remembers=True),
    BuiltIn(id="generic-oauth", export="genericOAuth", example={"config": []}),
    BuiltIn(id="have-i-been-pwned", export="haveIBeenPwned"),
    BuiltIn(id="i18n", export="i18n", package="@better-auth/i18n", example={"locales": ["de"]}),
    BuiltIn(id="jwt", export="jwt"),
    # With its column, so that the contract shows it.
    BuiltIn(id="last-login-method", export="lastLoginMethod", example={"store_in_database": True}),
    BuiltIn(id="magic-link", export="magicLink", remembers=True),
    BuiltIn(id="multi-session", export="multiSession", remembers=True),
    BuiltIn(id="oauth-popup", export="oauthPopup", remembers=True),
    BuiltIn(id="oauth-proxy", export="oAuthProxy"),
    BuiltIn(
        id="one-tap",
        export="oneTap",
        package="better-auth/plugins/one-tap",
        example={"client_id": "1234.apps.googleusercontent.com"},
    ),
    BuiltIn(id="open-api", export="openAPI"),
    BuiltIn(
        id="organization",
        export="organization",
        # With teams and roles of members, so that the contract shows them.
        example={"teams": {"enabled": True}, "dynamic_access_control": {"enabled": True}},
    ),
    BuiltIn(id="passkey", export="passkey", package="@better-auth/passkey"),
    BuiltIn(id="one-time-token", export="oneTimeToken", remembers=True),
    BuiltIn(id="siwe", export="siwe", example={"domain": "example.com"}, remembers=True),
    BuiltIn(id="phone-number", export="phoneNumber", remembers=True),
    BuiltIn(id="two-factor", export="twoFactor", remembers=True),
    BuiltIn(id="username", export="username", remembers=True),
)
"""Every plugin that comes with the server."""

BY_ID: Final = {plugin.id: plugin for plugin in BUILT_IN}


EXAMPLES: Final = {plugin.id: dict(plugin.example) for plugin in BUILT_IN if not plugin.replaces_core}
"""The option `plugins` with all of them on that leave the core's endpoints as they are."""


def sources_of(plugins: Any) -> dict[str, dict[str, str]]:
    """Return what exports better-auth's own functions for the plugins of a profile, a table of options by their ids."""
    known = [BY_ID[name] for name in plugins if name in BY_ID] if isinstance(plugins, Mapping) else []
    return {plugin.id: {"package": plugin.package, "export": plugin.export} for plugin in known}


def find_built_in(name: str) -> BuiltIn | None:
    """Return the plugin of this id, written with dashes or with underscores."""
    return BY_ID.get(name.replace("_", "-"))
