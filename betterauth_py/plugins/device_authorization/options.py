"""The options of the device-authorization plugin: better-auth's `deviceAuthorization({...})` in snake_case."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from betterauth_py.plugins import ConfigurationError, MaybeAwaitable, Seconds, TableOptions
from betterauth_py.plugins.tools import parse_url, resolve_url

PATH: Final = "plugins.device-authorization"
LONGEST_CODE: Final = 191
_SOME_URL: Final = "http://localhost"


@dataclass(frozen=True, kw_only=True)
class SchemaOptions:
    """Names in the database."""

    device_code: TableOptions = field(default_factory=TableOptions)
    """The table of device codes."""


@dataclass(frozen=True, kw_only=True)
class DeviceAuthorizationOptions:
    """Signing in on devices without a browser (RFC 8628), from the `device-authorization` plugin.

    See [plugins/device-authorization.md](plugins/device-authorization.md).
    """

    expires_in: Seconds = 1800
    """Lifetime of the codes in seconds. It is also the window in which one client may look up 5 user codes."""
    interval: Seconds = 5
    """Seconds that a device must wait between polls; earlier ones are answered with `slow_down`. 0: no limit."""
    device_code_length: int = 40
    """Characters of a device code, of a-z, A-Z and 0-9; at most 191."""
    user_code_length: int = 8
    """Characters of a user code, of 32 letters and digits that are hard to confuse; at most 191. Guessing one must stay
    hopeless: keep 8 (40 bits), or at least 6."""
    generate_device_code: Callable[[], MaybeAwaitable[str]] | None = None
    """Returns a new device code. Unset: random characters."""
    generate_user_code: Callable[[], MaybeAwaitable[str]] | None = None
    """Returns a new user code. Unset: random characters. Codes of other characters than the default's must be typed
    exactly as they are."""
    validate_client: Callable[[str], MaybeAwaitable[bool]] | None = None
    """Takes a client id; returns whether the client may sign users in. Unset: any client may."""
    on_device_auth_request: Callable[[str, str | None], MaybeAwaitable[None]] | None = None
    """Called with the client id and the requested scope before codes are created. An `APIError` refuses the request."""
    verification_uri: str = "/device"
    """Your page where users enter the code: a URL, or a path on the server of `base_url`."""
    schema: SchemaOptions = field(default_factory=SchemaOptions)
    """Names in the database."""


def check_options(options: DeviceAuthorizationOptions) -> None:
    """Check the options that depend on nothing else.

    Raises:
        ConfigurationError: naming the option, the problem and the fix.
    """
    for option, what in _problems(options):
        raise ConfigurationError(f"Option `{PATH}.{option}` {what}")


def _problems(options: DeviceAuthorizationOptions) -> Iterator[tuple[str, str]]:
    if options.expires_in < 1:
        yield "expires_in", "must be at least one second. Leave it out for 30 minutes."
    if options.interval < 0:
        yield "interval", "is below 0. Give seconds, or 0 for no limit."
    for name in ("device_code_length", "user_code_length"):
        if not 1 <= getattr(options, name) <= LONGEST_CODE:
            yield name, f"must be from 1 to {LONGEST_CODE}. Leave it out for the default."
    uri = options.verification_uri
    if parse_url(uri) is None and resolve_url(uri, _SOME_URL) is None:
        yield "verification_uri", "is not a URL. Write one like https://example.com/device, or a path like /device."
