"""The options of the have-i-been-pwned plugin: better-auth's `haveIBeenPwned({...})` with its names in snake_case."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from betterauth_py.plugins import ConfigurationError

PATH: Final = "plugins.have-i-been-pwned"
PATHS: Final = (
    "/sign-up/email",
    "/change-password",
    "/reset-password",
    "/email-otp/reset-password",
    "/phone-number/reset-password",
    "/admin/create-user",
    "/admin/set-user-password",
)


@dataclass(frozen=True, kw_only=True)
class HaveIBeenPwnedOptions:
    """Known passwords are refused, by the `have-i-been-pwned` plugin; see [its page](plugins/have-i-been-pwned.md)."""

    custom_password_compromised_message: str | None = None
    """The message of the error `PASSWORD_COMPROMISED`. Unset or empty: better-auth's."""
    paths: list[str] = field(default_factory=lambda: [*PATHS])
    """The paths of the endpoints whose new passwords are checked."""
    enabled: bool = True
    """Whether passwords are checked."""
    when_unavailable: Literal["refuse", "accept"] = "refuse"
    """What happens to a password that cannot be checked: `refuse` answers 500 and stores nothing, as better-auth does;
    `accept` logs a warning and goes on."""
    ranges: str | None = None
    """A folder of Have I Been Pwned's ranges, one file for each prefix (`21BD1.txt`), to check without network. Unset:
    the service is asked."""


def check_options(options: HaveIBeenPwnedOptions) -> None:
    """Refuse what cannot work.

    Raises:
        ConfigurationError: naming the option, the problem and the fix.
    """
    if options.ranges is not None and not Path(options.ranges).is_dir():
        raise ConfigurationError(
            f"Option `{PATH}.ranges` names no folder: {options.ranges!r}. Download the ranges there, or leave it out."
        )
