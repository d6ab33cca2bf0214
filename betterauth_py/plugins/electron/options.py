"""The options of the electron plugin: @better-auth/electron's `electron({...})` with its names in snake_case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from betterauth_py.plugins import ConfigurationError
from betterauth_py.plugins.tools import is_cookie_name

PATH: Final = "plugins.electron"
_LONGEST_LIFE: Final = 34_560_000


@dataclass(frozen=True, kw_only=True)
class ElectronOptions:
    """Signing in to desktop apps by the browser, from the `electron` plugin: [its page](plugins/electron.md)."""

    code_expires_in: int = 300
    """Seconds for which an authorization code counts, and for which a sign-in may take."""
    redirect_cookie_expires_in: int = 120
    """Seconds for which the page can read the authorization code from its cookie."""
    cookie_prefix: str = "better-auth"
    """The prefix of that cookie, `<cookie_prefix>.<client_id>`. The proxy client's `cookiePrefix` must be the same."""
    client_id: str = "electron"
    """What the app calls itself: the client's `clientID`."""


def check_options(options: ElectronOptions) -> None:
    """Refuse what cannot work.

    Raises:
        ConfigurationError: naming the option, the problem and the fix.
    """
    for name in ("code_expires_in", "redirect_cookie_expires_in"):
        seconds = getattr(options, name)
        if not 0 <= seconds <= _LONGEST_LIFE:
            raise ConfigurationError(
                f"Option `{PATH}.{name}` is {seconds}. Give seconds, 400 days ({_LONGEST_LIFE}) at most."
            )
    for name in ("cookie_prefix", "client_id"):
        part = getattr(options, name)
        if part and not is_cookie_name(part):
            raise ConfigurationError(
                f"Option `{PATH}.{name}` has a character that no cookie's name can have. Use letters, digits, '.', '_' "
                "and '-'."
            )
    if not options.client_id:
        raise ConfigurationError(f"Option `{PATH}.client_id` is empty. Give the client's `clientID`, such as electron.")
