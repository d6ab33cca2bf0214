"""Decides between development and production, once, from the loaded options."""

from __future__ import annotations

import logging
from dataclasses import replace

from betterauth_py.options.base_url import DynamicBaseURL, split_base_url
from betterauth_py.options.root import Environment, Options
from betterauth_py.options.trusted_origins import normalize_app_url

_logger = logging.getLogger("betterauth")


def decide_environment(options: Options) -> tuple[Environment, str]:
    """Return the environment and the reason, for people.

    Raises:
        ConfigurationError: if the base URL cannot be read.
    """
    if options.environment is not None:
        return options.environment, "BETTER_AUTH_ENV or the option `environment` says so"
    base_url = options.base_url
    if base_url is None:
        return "development", "there is no base URL (BETTER_AUTH_URL)"
    if isinstance(base_url, DynamicBaseURL):
        is_https, shown = base_url.protocol == "https", "`base_url.protocol`"
    else:
        origin = split_base_url(base_url, "")[0] or ""
        is_https, shown = origin.startswith("https://"), f"the base URL {origin}"
    return ("production", f"{shown} is https") if is_https else ("development", f"{shown} is not https")


def with_app_origin(options: Options) -> Options:
    """Return the options with the application's URL reduced to its origin.

    Raises:
        ConfigurationError: if it is not the URL of one site.
    """
    return replace(options, app_url=normalize_app_url(options.app_url)) if options.app_url else options


def warn_of_development(options: Options) -> None:
    """Log that a server is in development only by default."""
    environment, reason = decide_environment(options)
    if environment == "development" and options.environment is None:
        _logger.warning(
            "Development, because %s: requests are not limited and any secret will do. For production set "
            "`base_url` (BETTER_AUTH_URL) to the https:// URL that clients use.",
            reason,
        )


def with_development_defaults(options: Options, base_url: str) -> Options:
    """Return the options of a server in development: `base_url`, mails and texts in folders, unless they are set."""
    return replace(with_development_sms(with_development_mail(options)), base_url=options.base_url or base_url)


def with_development_mail(options: Options) -> Options:
    """Return the options with mails written to a folder, unless a transport is set."""
    mail = options.mail
    if mail.transport or mail.chosen_transport is not None:
        return options
    return replace(options, mail=replace(mail, transport="folder"))


def with_development_sms(options: Options) -> Options:
    """Return the options with text messages written to a folder, unless a transport is set."""
    if options.sms.transport or options.sms.chosen_transport is not None:
        return options
    return replace(options, sms=replace(options.sms, transport="folder"))
