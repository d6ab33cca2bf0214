"""Asks the service whether a captcha was solved."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from betterauth_py.plugins import AuthContext, Request
from betterauth_py.plugins.captcha.options import (
    GoogleRecaptchaOptions,
    PageOptions,
    SiteKeyOptions,
    SiteVerifyOptions,
    TurnstileOptions,
    VercelBotIdOptions,
)
from betterauth_py.plugins.tools import OAuthError, ProviderClient, encode_query, logger, resolve, stringify

_URLS: Final = {
    "cloudflare-turnstile": "https://challenges.cloudflare.com/turnstile/v0/siteverify",
    "google-recaptcha": "https://www.google.com/recaptcha/api/siteverify",
    "hcaptcha": "https://api.hcaptcha.com/siteverify",
    "captchafox": "https://api.captchafox.com/siteverify",
}
_TIMEOUT: Final = 10.0
"""Seconds for a function; requests have as many."""


class UnavailableError(Exception):
    """The service gives no answer that could be read."""


async def passes(auth: AuthContext, options: SiteVerifyOptions, response: str, address: str | None) -> bool:
    """Return whether the service says that `response` is the solution of a captcha of this site.

    Args:
        auth: the auth.
        options: whose service, and what it must say.
        response: what the client has sent.
        address: the client's, which the service is told; None if it is unknown.

    Raises:
        UnavailableError: if the service cannot be asked or answers with an error.
    """
    fields = {"secret": options.secret_key, "response": response}
    if isinstance(options, SiteKeyOptions) and options.site_key:
        fields["sitekey"] = options.site_key
    if address:
        fields["remoteIp" if options.provider == "captchafox" else "remoteip"] = address
    told = await _ask(auth, options, fields)
    # Only the JSON value true passes: better-auth 1.7.25 also takes texts, such as "false".
    if told.get("success") is not True:
        _log(options, "the service says no", told.get("error-codes"))
        return False
    if isinstance(options, GoogleRecaptchaOptions) and "score" in told:
        score = told["score"]
        if isinstance(score, bool) or not isinstance(score, int | float) or not score >= options.min_score:
            _log(options, "the score is too low", score)
            return False
    return not isinstance(options, PageOptions) or _is_of_page(options, told)


def _is_of_page(options: PageOptions, told: Mapping[str, Any]) -> bool:
    if options.expected_action and told.get("action") != options.expected_action:
        _log(options, "another action", told.get("action"))
        return False
    if options.allowed_hostnames and told.get("hostname") not in options.allowed_hostnames:
        _log(options, "another host name", told.get("hostname"))
        return False
    return True


async def _ask(auth: AuthContext, options: SiteVerifyOptions, fields: dict[str, str]) -> Mapping[str, Any]:
    as_json = isinstance(options, TurnstileOptions)
    try:
        answer = await ProviderClient.of(auth).send(
            "POST",
            options.site_verify_url_override or _URLS[options.provider],
            headers={"content-type": "application/json" if as_json else "application/x-www-form-urlencoded"},
            body=stringify(fields).decode() if as_json else encode_query(fields),
        )
    except OAuthError as error:
        raise UnavailableError(str(error)) from None
    if not answer.ok:
        raise UnavailableError(f"{options.provider} answers with status {answer.status}")
    if isinstance(answer.data, dict):
        return answer.data
    if not answer.data and answer.data != []:
        raise UnavailableError(f"{options.provider} answers nothing")
    return {}


def _log(options: SiteVerifyOptions, reason: str, detail: Any) -> None:
    logger.warning("A captcha was refused by %s: %s: %.200r", options.provider, reason, detail)


async def passes_bot_id(options: VercelBotIdOptions, request: Request) -> bool:
    """Return whether the deployment's functions let the request pass.

    Raises:
        UnavailableError: if they have not returned in ten seconds.
        Exception: what they raise.
    """
    try:
        async with asyncio.timeout(_TIMEOUT):
            verification = await resolve(options.check_bot_id(request))
            if options.validate_request is None:
                return verification["is_bot"] is False
            return bool(await resolve(options.validate_request({"request": request, "verification": verification})))
    except TimeoutError:
        raise UnavailableError(f"the functions of vercel-botid have not returned within {_TIMEOUT:g} seconds") from None
