"""Puts the message of an error into the visitor's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from betterauth_py.plugins import APIError, EndpointContext, Hook
from betterauth_py.plugins.i18n.detection import detect_locale
from betterauth_py.plugins.i18n.options import I18nOptions


def translating_hook(options: I18nOptions, translations: Mapping[str, Mapping[str, str]]) -> Hook:
    """Return the hook that translates what an endpoint, or a hook before this one, refuses with a code."""

    async def translate(ctx: EndpointContext[Any, Any]) -> None:
        error = ctx.returned
        if not isinstance(error, APIError) or error.code is None:
            return
        locale = await detect_locale(ctx, options, translations)
        message = translations.get(locale, {}).get(error.code)
        if message:
            body = {"code": error.code, "message": message, "originalMessage": str(error)}
            raise APIError(error.status, body)

    return Hook(handler=translate, errors_only=True)
