"""The options of the anonymous plugin: better-auth's `anonymous({...})` with its names in snake_case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from betterauth_py.plugins import ColumnsOptions, EndpointContext, MaybeAwaitable
from betterauth_py.plugins.tools import check_email_domain


@dataclass(frozen=True, kw_only=True)
class AnonymousColumns:
    """The plugin's column."""

    user: ColumnsOptions = field(default_factory=ColumnsOptions)
    """The user table, with `isAnonymous`."""


@dataclass(frozen=True, kw_only=True)
class AnonymousOptions:
    """Users without an address, from the `anonymous` plugin; see [plugins/anonymous.md](plugins/anonymous.md)."""

    email_domain_name: str | None = None
    """The domain of their made-up e-mail addresses: `temp-<id>@<domain>`. Take one that nobody else can receive mail
    at. Unset: `<id>@anonymous.placeholder.invalid`."""
    generate_random_email: Callable[[], MaybeAwaitable[str | None]] | None = None
    """Returns the e-mail address of a new anonymous user, which nobody else has; None for the usual one."""
    generate_name: Callable[[EndpointContext[Any, Any]], MaybeAwaitable[str | None]] | None = None
    """Gets the call; returns the name of a new anonymous user. Unset, or if it returns none: `Anonymous`."""
    on_link_account: Callable[[dict[str, Any], EndpointContext[Any, Any]], MaybeAwaitable[object]] | None = None
    """Called when an anonymous user has signed in or up properly, before the anonymous user is deleted: move what
    belongs to it. Gets `anonymous_user` and `new_user`, each with `session` and `user`, and the call. Runs once for
    each anonymous user. If it fails, the anonymous user stays."""
    disable_delete_anonymous_user: bool = False
    """Whether anonymous users stay after that, and cannot delete themselves by `/delete-anonymous-user`."""
    schema: AnonymousColumns = field(default_factory=AnonymousColumns)
    """The name of the column."""


def check_options(options: AnonymousOptions) -> None:
    """Refuse what cannot work.

    Raises:
        ConfigurationError: naming the option, the problem and the fix.
    """
    check_email_domain(options.email_domain_name, "plugins.anonymous.email_domain_name")
