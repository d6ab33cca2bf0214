"""The options of the captcha plugin: better-auth's `captcha({...})` with its names in snake_case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

from betterauth_py.plugins import ConfigurationError, MaybeAwaitable, Request
from betterauth_py.plugins.tools import parse_url

PATH: Final = "plugins.captcha"
ENDPOINTS: Final = ("/sign-up/email", "/sign-in/email", "/request-password-reset")


@dataclass(frozen=True, kw_only=True)
class _CommonOptions:
    """What all services have."""

    provider: str
    """The service that verifies."""
    endpoints: list[str] = field(default_factory=lambda: [*ENDPOINTS])
    """The protected paths, exact or with wildcards (`/sign-in/*`, `/**`). An empty list protects the default ones."""


@dataclass(frozen=True, kw_only=True)
class SiteVerifyOptions(_CommonOptions):
    """Services that verify what the page got from them, at a URL and with a secret key."""

    secret_key: str = field(repr=False)
    """The site's secret key at the service."""
    site_verify_url_override: str | None = None
    """Where the service verifies. Unset: its own URL."""


@dataclass(frozen=True, kw_only=True)
class PageOptions(SiteVerifyOptions):
    """Services that tell which page a response comes from."""

    expected_action: str | None = None
    """The action that the page names; a response for another one is refused. Unset: any."""
    allowed_hostnames: list[str] = field(default_factory=list)
    """The host names of pages whose responses count. Empty: any."""


@dataclass(frozen=True, kw_only=True)
class SiteKeyOptions(SiteVerifyOptions):
    """Services that are told which site a response must be for."""

    site_key: str | None = None
    """The site key that responses must be for. Unset: any of the account."""


@dataclass(frozen=True, kw_only=True)
class TurnstileOptions(PageOptions):
    """Proof that a person sends a request, from the `captcha` plugin; see [its page](plugins/captcha.md)."""

    provider: Literal["cloudflare-turnstile"]


@dataclass(frozen=True, kw_only=True)
class GoogleRecaptchaOptions(PageOptions):
    """Google reCAPTCHA, versions 2 and 3."""

    provider: Literal["google-recaptcha"]
    min_score: float = 0.5
    """The lowest score of reCAPTCHA v3 that passes, from 0 (a bot) to 1 (a person)."""


@dataclass(frozen=True, kw_only=True)
class HCaptchaOptions(SiteKeyOptions):
    """hCaptcha."""

    provider: Literal["hcaptcha"]


@dataclass(frozen=True, kw_only=True)
class CaptchaFoxOptions(SiteKeyOptions):
    """CaptchaFox."""

    provider: Literal["captchafox"]


@dataclass(frozen=True, kw_only=True)
class VercelBotIdOptions(_CommonOptions):
    """Vercel BotID, by a function of yours."""

    provider: Literal["vercel-botid"]
    check_bot_id: Callable[[Request], MaybeAwaitable[Mapping[str, Any]]]
    """Receives the request and returns the service's verdict: `{"is_bot": False}`, with `is_verified_bot`,
    `verified_bot_name` and `verified_bot_category` if you need them."""
    validate_request: Callable[[dict[str, Any]], MaybeAwaitable[bool]] | None = None
    """Receives `{"request": ..., "verification": ...}` and tells whether the request passes. None: it does if `is_bot`
    is False."""


CaptchaOptions: TypeAlias = (
    TurnstileOptions | GoogleRecaptchaOptions | HCaptchaOptions | CaptchaFoxOptions | VercelBotIdOptions
)


def check_options(options: CaptchaOptions) -> None:
    """Refuse what cannot work.

    Raises:
        ConfigurationError: naming the option, the problem and the fix.
    """
    wrong = next((path for path in options.endpoints if not path.startswith(("/", "*"))), None)
    if wrong is not None:
        raise ConfigurationError(
            f"Option `{PATH}.endpoints` has {wrong!r}, which matches no path. Begin it with `/`, such as `/sign-in/*`."
        )
    if isinstance(options, VercelBotIdOptions):
        return
    if not options.secret_key:
        raise ConfigurationError(f"Option `{PATH}.secret_key` is empty. Set it to the site's secret key.")
    override = parse_url(options.site_verify_url_override) if options.site_verify_url_override else None
    if options.site_verify_url_override and (override is None or override.protocol not in {"http:", "https:"}):
        raise ConfigurationError(f"Option `{PATH}.site_verify_url_override` is no URL. Use one of http or https.")
