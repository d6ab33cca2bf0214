"""Domains of e-mail addresses that a plugin makes up for users who have none."""

from __future__ import annotations

from re import compile as compile_pattern
from typing import Final

from betterauth_py.errors import ConfigurationError

_DOMAIN: Final = compile_pattern(r"[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)*")


def check_email_domain(domain: str | None, path: str) -> None:
    """Refuse a domain that no address can end in; None stands for the usual one.

    Raises:
        ConfigurationError: naming the option at `path`, the problem and the fix.
    """
    if domain is not None and not _DOMAIN.fullmatch(domain):
        raise ConfigurationError(
            f"Option `{path}`: {domain!r} is not a domain, so its users would have no valid address. Write one like "
            "users.example.com."
        )
