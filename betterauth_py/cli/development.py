"""What `betterauth serve` does by itself in development only."""

from __future__ import annotations

from dataclasses import replace

from betterauth_py.cli.secret import development_secret
from betterauth_py.errors import ConfigurationError
from betterauth_py.options import Options
from betterauth_py.options.base_url import is_loopback
from betterauth_py.options.deployment import decide_environment, with_development_defaults


def complete_options(options: Options, port: int) -> Options:
    """Return the options to serve with; in development with a base URL, a secret and a mail folder unless they are set.

    Raises:
        ConfigurationError: if the base URL or the secret's file cannot be read.
    """
    if decide_environment(options)[0] == "production":
        return options
    options = with_development_defaults(options, f"http://localhost:{port}")
    if not options.secret and not options.secrets:
        options = replace(options, secret=development_secret())
    return options


def refuse_public_development(options: Options, host: str) -> None:
    """Refuse to expose a server to other machines that is in development only by default.

    Raises:
        ConfigurationError: if `host` is more than this machine and `environment` is not set.
    """
    environment, reason = decide_environment(options)
    if environment == "production" or options.environment is not None or is_loopback(host):
        return
    raise ConfigurationError(
        f"This would be a development server, because {reason}, and listening on {host} exposes it to other machines. "
        "Set BETTER_AUTH_URL to the https:// URL that clients use, or set BETTER_AUTH_ENV=production, or "
        "BETTER_AUTH_ENV=development if you want that."
    )


def development_notes(options: Options) -> list[str]:
    """Return the warning for a server that is not in production; nothing in production."""
    environment, reason = decide_environment(options)
    if environment == "production":
        return []
    return [
        f"  {environment.upper()}, not production, because {reason}:",
        "  requests are not limited, any secret will do, clients count as being on this machine.",
        "  For production, set BETTER_AUTH_URL to the https:// URL that clients use.",
    ]
