"""The options of the i18n plugin: better-auth's `i18n({...})` with its names in snake_case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from betterauth_py.plugins import ConfigurationError, EndpointContext, MaybeAwaitable
from betterauth_py.plugins.i18n.locales import LocaleName
from betterauth_py.plugins.tools import is_cookie_name, logger

PATH: Final = "plugins.i18n"

Strategy = Literal["header", "cookie", "session", "callback"]


@dataclass(frozen=True, kw_only=True)
class I18nOptions:
    """Error messages in the visitor's language, by the `i18n` plugin; see [its page](plugins/i18n.md)."""

    locales: list[LocaleName] | Literal["all"] | None = None
    """The locales whose texts come with the server: names such as `["de", "fr"]`, or `"all"`. Unset: all of them, or
    none if there are `translations`."""
    translations: dict[str, dict[str, str]] = field(default_factory=dict)
    """Your own texts: locale -> code -> message. They replace those that come with the server, code by code; a locale
    may be new."""
    default_locale: str = "en"
    """The locale where none is detected. Messages stay as they are if it has no texts."""
    detection: list[Strategy] = field(default_factory=lambda: ["header"])
    """What tells the locale, the first that knows one: `header` (`Accept-Language`), `cookie`, `session` (the user's
    field) or `callback` (`get_locale`)."""
    locale_cookie: str = "locale"
    """The cookie's full name."""
    user_locale_field: str = "locale"
    """The user's field with the locale, one of `user.additional_fields`."""
    get_locale: Callable[[EndpointContext[Any, Any]], MaybeAwaitable[str | None]] | None = None
    """Returns the locale of a call that is refused; None if it does not know."""


def check_options(options: I18nOptions) -> None:
    """Refuse what cannot work; warn of what has no effect.

    Raises:
        ConfigurationError: naming the option, the problem and the fix.
    """
    if options.locales == [] and not options.translations:
        raise ConfigurationError(
            f"Option `{PATH}.locales` names no locale, and there are no `translations`. Name one, or leave it out."
        )
    if not is_cookie_name(options.locale_cookie):
        raise ConfigurationError(
            f"Option `{PATH}.locale_cookie` is no name of a cookie. Use letters, digits, `_`, `-` and `.`."
        )
    if ("callback" in options.detection) != (options.get_locale is not None):
        logger.warning("`%s.detection` has effect with `callback` only where there is `get_locale`: set both.", PATH)
