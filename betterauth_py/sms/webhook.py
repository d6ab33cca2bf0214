"""Sends messages by a POST to the deployment's endpoint, signed as Standard Webhooks says (standardwebhooks.com)."""

from __future__ import annotations

import asyncio
import json
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Callable
from hashlib import sha256
from hmac import digest
from typing import Final

import httpx

from betterauth_py.clock import Clock, now
from betterauth_py.errors import ConfigurationError, SmsError
from betterauth_py.options.sms import SmsMessage, SmsWebhookOptions
from betterauth_py.urls.parsing import is_loopback_address, parse_url

_SHORTEST_SECRET: Final = 24
_TEMPORARY: Final = {408, 425, 429}
_PREFIX: Final = "whsec_"


class WebhookTransport:
    """Posts each message to one URL. Redirects are not followed, and what the endpoint answers is not read."""

    def __init__(self, options: SmsWebhookOptions, client: Callable[[], httpx.AsyncClient], clock: Clock) -> None:
        """Post over `client`, the auth's client for outgoing requests.

        Raises:
            ConfigurationError: if the URL, the secret or the timeout cannot be used.
        """
        self._url, self._host = _checked_url(options)
        self._key = _checked_key(options.secret)
        if options.timeout <= 0:
            raise ConfigurationError("Option `sms.webhook.timeout` must be more than 0 seconds.")
        self._timeout = options.timeout
        self._client = client
        self._clock = clock

    def __str__(self) -> str:
        """Name the host: the path may be a secret."""
        return f"webhook, {self._host}"

    async def send(self, message: SmsMessage) -> None:
        """Post `message`.

        Raises:
            SmsError: if the endpoint does not answer with 2xx; temporary for 408, 425, 429, 5xx and a failed
                connection.
        """
        moment = now(self._clock)
        payload = {
            "type": "sms.send",
            "timestamp": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "data": {
                "to": message.to,
                "text": message.text,
                "kind": message.kind,
                "language": message.language,
                "variables": dict(message.variables),
            },
        }
        body = json.dumps(payload).encode()
        timestamp = str(int(moment.timestamp()))
        headers = {
            "content-type": "application/json",
            "webhook-id": message.id,
            "webhook-timestamp": timestamp,
            "webhook-signature": sign(self._key, message.id, timestamp, body),
        }
        try:
            async with (
                asyncio.timeout(self._timeout),
                self._client().stream(
                    "POST", self._url, content=body, headers=headers, timeout=self._timeout, follow_redirects=False
                ) as response,
            ):
                status = response.status_code
        except (httpx.HTTPError, TimeoutError, OSError) as error:
            # httpx's text may hold the URL.
            raise SmsError(f"no answer from {self._host}: {type(error).__name__}", temporary=True) from None
        if not 200 <= status < 300:
            raise SmsError(f"{self._host} answered {status}", temporary=status in _TEMPORARY or status >= 500)


def sign(key: bytes, message_id: str, timestamp: str, body: bytes) -> str:
    """Return the header `webhook-signature` of a request: HMAC-SHA256 of id, time and body."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + b64encode(digest(key, signed, sha256)).decode()


def _checked_url(options: SmsWebhookOptions) -> tuple[str, str]:
    """Return the URL and its host.

    Raises:
        ConfigurationError: if there is none, or codes would go over the network in the clear.
    """
    url = parse_url(options.url) if options.url else None
    if not options.url or url is None or url.protocol not in {"http:", "https:"}:
        raise ConfigurationError(
            "Option `sms.webhook.url` (BETTER_AUTH_SMS_WEBHOOK_URL) is no URL. Set it to the endpoint that sends text "
            "messages, such as https://sms.example.com/send."
        )
    if url.protocol == "http:" and not is_loopback_address(url.hostname) and not options.allow_http:
        raise ConfigurationError(
            "Option `sms.webhook.url` is http: whoever can read the network would read the codes. Use https, or set "
            "`sms.webhook.allow_http` in a network of your own."
        )
    return options.url, str(url.host)


def _checked_key(secret: str | None) -> bytes:
    advice = "Generate one with `betterauth secret` and give it to the endpoint too."
    if not secret:
        raise ConfigurationError(f"Option `sms.webhook.secret` (BETTER_AUTH_SMS_WEBHOOK_SECRET) is missing. {advice}")
    try:
        is_bytes = secret.startswith(_PREFIX)
        key = b64decode(secret.removeprefix(_PREFIX), validate=True) if is_bytes else secret.encode()
    except (Base64Error, ValueError):
        raise ConfigurationError(
            f"Option `sms.webhook.secret` begins with {_PREFIX}, but what follows is not Base64. {advice}"
        ) from None
    if len(key) < _SHORTEST_SECRET:
        raise ConfigurationError(
            f"Option `sms.webhook.secret` has fewer than {_SHORTEST_SECRET} bytes, so it could be guessed. {advice}"
        )
    return key
