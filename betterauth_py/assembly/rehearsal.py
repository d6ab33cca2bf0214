"""Finds out whether an auth could start with its plugins, for commands that do not need a whole one."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from betterauth_py.assembly.auth_context import assemble
from betterauth_py.assembly.endpoints import collect_endpoints
from betterauth_py.assembly.mails import mails_of
from betterauth_py.assembly.setup import set_up_plugins
from betterauth_py.assembly.sms import texts_of
from betterauth_py.core.plugin import Plugin
from betterauth_py.mail.kinds import wanted_kinds
from betterauth_py.options import Options
from betterauth_py.sms.kinds import checked_kinds

_STAND_IN: Final = "signs nothing, and stands where a secret has to be 0123456789"


def rehearse(options: Options, plugins: list[Plugin]) -> None:
    """Assemble an auth and forget it; the secret and the base URL may be missing where nothing is served.

    Raises:
        ConfigurationError: if an option or a plugin would stop the start.
        PluginError: if a plugin cannot be set up.
    """
    options = replace(options, secret=_STAND_IN, secrets=[], base_url=options.base_url or "http://localhost")
    auth = assemble(options, plugins, [])
    wanted_kinds(mails_of(plugins), options.mail.send)
    checked_kinds(texts_of(plugins))
    set_up_plugins(auth)
    collect_endpoints(plugins)
