"""Which locale a call is answered in."""

from __future__ import annotations

from collections.abc import Collection
from math import nan
from re import compile as compile_pattern
from typing import Any, Final

from betterauth_py.plugins import EndpointContext
from betterauth_py.plugins.i18n.options import I18nOptions, Strategy
from betterauth_py.plugins.tools import resolve, trim, without_hidden_fields

Context = EndpointContext[Any, Any]

# What JavaScript's `parseFloat` reads.
_NUMBER: Final = compile_pattern(r"[+-]?(?:Infinity|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)")
# As long as any browser's; what is longer is not read.
_LONGEST_HEADER: Final = 4096


async def detect_locale(ctx: Context, options: I18nOptions, available: Collection[str]) -> str:
    """Return the locale that the first strategy finds among the `available`, or the default."""
    for strategy in options.detection:
        locale = await _find(strategy, ctx, options, available)
        if isinstance(locale, str) and locale in available:
            return locale
    return options.default_locale


async def _find(strategy: Strategy, ctx: Context, options: I18nOptions, available: Collection[str]) -> Any:
    if strategy == "header":
        languages = languages_of(ctx.headers.value("accept-language") or "")
        return next((language for language in languages if language in available), None)
    if strategy == "cookie":
        return ctx.strict_cookies().get(options.locale_cookie)
    if strategy == "session":
        user = without_hidden_fields(ctx.auth.schema, "user", ctx.session[1]) if ctx.session is not None else {}
        return user.get(options.user_locale_field)
    return await resolve(options.get_locale(ctx)) if options.get_locale is not None else None


def languages_of(header: str) -> list[str]:
    """Return the languages of an `Accept-Language` header, best first, as better-auth 1.7.25 reads it.

    Regions are cut off, and a language that the client does not want (`q=0`) is the last one rather than none.
    """
    found: list[tuple[float, str]] = []
    for part in header[:_LONGEST_HEADER].split(","):
        name, semicolon, parameters = trim(part).partition(";")
        language = trim(name).partition("-")[0]
        if language:
            found.append((_quality(parameters.partition(";")[0]) if semicolon else 1.0, language))
    # Stable as JavaScript's; a quality that is no number keeps its place there and here.
    return [language for _, language in sorted(found, key=lambda item: -item[0])]


def _quality(parameter: str) -> float:
    number = _NUMBER.match(trim(parameter.replace("q=", "", 1)))
    return float(number.group()) if number else nan
