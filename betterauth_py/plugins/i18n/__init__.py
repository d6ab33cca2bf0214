"""The i18n plugin: error messages in the visitor's language."""

from __future__ import annotations

from collections.abc import Sequence

from betterauth_py.plugins import Plugin, plugin_factory
from betterauth_py.plugins.i18n.hooks import translating_hook
from betterauth_py.plugins.i18n.locales import LOCALES, LocaleName, read_texts
from betterauth_py.plugins.i18n.options import PATH, I18nOptions, check_options
from betterauth_py.plugins.tools import logger

__all__ = ["LOCALES", "I18nOptions", "LocaleName", "i18n", "read_texts"]


@plugin_factory(I18nOptions)
def i18n(options: I18nOptions) -> Plugin:
    """Return the i18n plugin, as better-auth's `i18n({...})`.

    Example:
        ```python
        auth = BetterAuth(plugins=[i18n(locales=["de", "fr"], detection=["cookie", "header"])])
        ```

    Raises:
        ConfigurationError: if an option is wrong.
    """
    check_options(options)
    wanted = options.locales if options.locales is not None or options.translations else "all"
    names: Sequence[LocaleName] = LOCALES if wanted == "all" else wanted or ()
    translations = {str(name): {**read_texts(name)} for name in names}
    for name, texts in options.translations.items():
        translations[name] = {**translations.get(name, {}), **texts}
    if options.default_locale not in {"en", *translations}:
        logger.warning("`%s.default_locale` is %r, which has no texts.", PATH, options.default_locale)
    return Plugin(id="i18n", after=[translating_hook(options, translations)])
