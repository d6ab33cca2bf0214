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
class TurnstileOptions:
    """Proof that a person sends a request, from the `captcha` plugin; see [its page](plugins/captcha.md)."""

    provider: Literal["cloudflare-turnstile"]
    """The service that verifies."""
    secret_key: str = field(repr=False)
    """The site's secret key at the service."""
    endpoints: list[str] = field(default_factory=lambda: [*ENDPOINTS])
    """The protected paths, exact or with wildcards (`/sign-in/*`, `/**`). An empty list protects the default ones."""
    site_verify_url_override: str | None = None
    """Where the service verifies. Unset: its own URL."""
    expected_action: str | None = None
    """The action that the page names; a response for another one is refused. Unset: any."""
    allowed_hostnames: list[str] = field(default_factory=list)
    """The host names of pages whose responses count. Empty: any."""


@dataclass(frozen=True, kw_only=True)
class GoogleRecaptchaOptions:
    """Google reCAPTCHA, versions 2 and 3."""

    provider: Literal["google-recaptcha"]
    """The service that verifies."""
    secret_key: str = field(repr=False)
    """The site's secret key at the service."""
    endpoints: list[str] = field(default_factory=lambda: [*ENDPOINTS])
    """The protected paths, exact or with wildcards (`/sign-in/*`, `/**`). An empty list protects the default ones."""
    site_verify_url_override: str | None = None
    """Where the service verifies. Unset: its own URL."""
    min_score: float = 0.5
    """The lowest score of reCAPTCHA v3 that passes, from 0 (a bot) to 1 (a person)."""
    expected_action: str | None = None
    """The action that the page names; a response for another one is refused. Unset: any."""
    allowed_hostnames: list[str] = field(default_factory=list)
    """The host names of pages whose responses count. Empty: any."""


@dataclass(frozen=True, kw_only=True)
class HCaptchaOptions:
    """hCaptcha."""

    provider: Literal["hcaptcha"]
    """The service that verifies."""
    secret_key: str = field(repr=False)
    """The site's secret key at the service."""
    endpoints: list[str] = field(default_factory=lambda: [*ENDPOINTS])
    """The protected paths, exact or with wildcards (`/sign-in/*`, `/**`). An empty list protects the default ones."""
    site_verify_url_override: str | None = None
    """Where the service verifies. Unset: its own URL."""
    site_key: str | None = None
    """The site key that responses must be for. Unset: any of the account."""


@dataclass(frozen=True, kw_only=True)
class CaptchaFoxOptions:
    """CaptchaFox."""

    provider: Literal["captchafox"]
    """The service that verifies."""
    secret_key: str = field(repr=False)
    """The site's secret key at the service."""
    endpoints: list[str] = field(default_factory=lambda: [*ENDPOINTS])
    """The protected paths, exact or with wildcards (`/sign-in/*`, `/**`). An empty list protects the default ones."""
    site_verify_url_override: str | None = None
    """Where the service verifies. Unset: its own URL."""
    site_key: str | None = None
    """The site key that responses must be for. Unset: any of the account."""


@dataclass(frozen=True, kw_only=True)
class VercelBotIdOptions:
    """Vercel BotID, by a function of yours."""

    provider: Literal["vercel-botid"]
    """The service that verifies."""
    check_bot_id: Callable[[Request], MaybeAwaitable[Mapping[str, Any]]]
    """Receives the request and returns the service's verdict: `{"is_bot": False}`, with `is_verified_bot`,
    `verified_bot_name` and `verified_bot_category` if you need them."""
    endpoints: list[str] = field(default_factory=lambda: [*ENDPOINTS])
    """The protected paths, exact or with wildcards (`/sign-in/*`, `/**`). An empty list protects the default ones."""
    validate_request: Callable[[dict[str, Any]], MaybeAwaitable[bool]] | None = None
    """Receives `{"request": ..., "verification": ...}` and tells whether the request passes. None: it does if `is_bot`
    is False."""


SiteVerifyOptions: TypeAlias = TurnstileOptions | GoogleRecaptchaOptions | HCaptchaOptions | CaptchaFoxOptions
CaptchaOptions: TypeAlias = SiteVerifyOptions | VercelBotIdOptions


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
