"""The options of the multi-session plugin: better-auth's `multiSession({...})` with its names in snake_case."""

from __future__ import annotations

from dataclasses import dataclass

from betterauth_py.plugins import ConfigurationError


@dataclass(frozen=True, kw_only=True)
class MultiSessionOptions:
    """Several accounts in one browser, from the `multi-session` plugin: [its page](plugins/multi-session.md)."""

    maximum_sessions: int = 5
    """How many accounts one browser keeps signed in. Signing in to more works, but replaces the active session only."""


def check_options(options: MultiSessionOptions) -> None:
    """Refuse what cannot work.

    Raises:
        ConfigurationError: naming the option, the problem and the fix.
    """
    if options.maximum_sessions < 0:
        raise ConfigurationError(
            "Option `plugins.multi-session.maximum_sessions` is below 0. Give a number of sessions."
        )
