"""The captcha plugin: requests to chosen paths need proof that a person has sent them."""

from __future__ import annotations

from betterauth_py.plugins import Plugin, plugin_factory
from betterauth_py.plugins.captcha.errors import CaptchaErrorCodes
from betterauth_py.plugins.captcha.options import (
    ENDPOINTS,
    CaptchaFoxOptions,
    CaptchaOptions,
    GoogleRecaptchaOptions,
    HCaptchaOptions,
    TurnstileOptions,
    VercelBotIdOptions,
    check_options,
)
from betterauth_py.plugins.captcha.requests import protect

__all__ = [
    "CaptchaFoxOptions",
    "CaptchaOptions",
    "GoogleRecaptchaOptions",
    "HCaptchaOptions",
    "TurnstileOptions",
    "VercelBotIdOptions",
    "captcha",
]


@plugin_factory(CaptchaOptions)
def captcha(options: CaptchaOptions) -> Plugin:
    """Return the captcha plugin, as better-auth's `captcha({...})`.

    Example:
        ```python
        auth = BetterAuth(plugins=[captcha(provider="hcaptcha", secret_key="...")])
        ```

    Raises:
        ConfigurationError: if an option is wrong.
    """
    check_options(options)
    errors = (
        (400, CaptchaErrorCodes.MISSING_RESPONSE),
        (403, CaptchaErrorCodes.VERIFICATION_FAILED),
        (500, CaptchaErrorCodes.UNKNOWN_ERROR),
    )
    return Plugin(
        id="captcha",
        error_codes=CaptchaErrorCodes,
        added_errors=dict.fromkeys(options.endpoints or ENDPOINTS, errors),
        on_request=protect(options),
    )
