"""The options of the last-login-method plugin: better-auth's `lastLoginMethod({...})` with its names in snake_case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from betterauth_py.plugins import ColumnsOptions, ConfigurationError, EndpointContext, MaybeAwaitable, Seconds
from betterauth_py.plugins.tools import is_cookie_name

PATH = "plugins.last-login-method"
Context = EndpointContext[Any, Any]


@dataclass(frozen=True, kw_only=True)
class UserColumns(ColumnsOptions):
    """The column of the user table."""

    last_login_method: str | None = None
    """The column's name. Unset: that of the field, `lastLoginMethod`, in the layout of the database."""


@dataclass(frozen=True, kw_only=True)
class SchemaOptions:
    """Names in the database."""

    user: UserColumns = field(default_factory=UserColumns)
    """The column of the user table."""


@dataclass(frozen=True, kw_only=True)
class LastLoginMethodOptions:
    """The last way in, from the `last-login-method` plugin; see [its page](plugins/last-login-method.md)."""

    cookie_name: str = "better-auth.last_used_login_method"
    """The cookie's full name: it gets no prefix. The client plugin has an option for it too."""
    max_age: Seconds = 2_592_000
    """Seconds for which the browser keeps the cookie."""
    custom_resolve_method: Callable[[Context], MaybeAwaitable[str | None]] | None = None
    """Names the method of a call that signs in, such as `phone` for `ctx.path == "/phone-number/verify"`. None: as
    without this function."""
    store_in_database: bool = False
    """Whether users have a field `lastLoginMethod` with the method of their last sign-in."""
    before_store_cookie: Callable[[Context, str], MaybeAwaitable[bool]] | None = None
    """Tells whether the cookie may be set, for example by what the user has consented to. If it raises, no cookie is
    set."""
    schema: SchemaOptions = field(default_factory=SchemaOptions)
    """Names in the database."""


def check_options(options: LastLoginMethodOptions) -> None:
    """Refuse what cannot work.

    Raises:
        ConfigurationError: naming the option, the problem and the fix.
    """
    if not is_cookie_name(options.cookie_name):
        raise ConfigurationError(
            f"Option `{PATH}.cookie_name` is no name of a cookie. Use letters, digits, `_`, `-` and `.`."
        )
    if options.max_age < 0:
        raise ConfigurationError(f"Option `{PATH}.max_age` must be 0 or more (seconds).")
