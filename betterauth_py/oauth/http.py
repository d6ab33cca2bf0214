"""Requests to providers: no redirects, a timeout, a bounded answer, parsed as by better-auth's HTTP client."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from re import compile as compile_pattern
from typing import TYPE_CHECKING, Any, Final, Literal

from betterauth_py.javascript.json import InvalidJSONError, parse
from betterauth_py.oauth.errors import OAuthError

if TYPE_CHECKING:
    import httpx

    from betterauth_py.core.auth_context import AuthContext

TIMEOUT: Final = 10.0
"""Seconds for a whole request, however slowly its answer arrives."""
LARGEST_ANSWER: Final = 1_048_576
"""The maximum bytes of an answer; the largest profiles have about ten thousand."""
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_JSON: Final = compile_pattern(r"application/(?:[\w!#$%&*.^`~-]*\+)?json", flags=2)
_TEXTS: Final = frozenset({"image/svg", "application/xml", "application/xhtml", "application/html"})


@dataclass(frozen=True)
class Answer:
    """A provider's answer."""

    status: int
    data: Any = field(repr=False)
    """The parsed JSON, or the text if it is not JSON; None for an error without JSON."""
    content: bytes = field(repr=False)
    content_type: str

    @property
    def ok(self) -> bool:
        """Whether the status is a success (2xx)."""
        return 200 <= self.status < 300

    @property
    def object(self) -> dict[str, Any] | None:
        """The JSON object of a successful answer, or None: everything else is a failure of the provider."""
        return self.data if self.ok and isinstance(self.data, dict) else None


class ProviderClient:
    """Sends requests to providers, independent of each other: the underlying client's cookies are not shared."""

    def __init__(self, client: Callable[[], httpx.AsyncClient]) -> None:
        """Use the client that `client` returns, called at the first use."""
        self._client = client

    @classmethod
    def of(cls, auth: AuthContext) -> ProviderClient:
        """Return it for an auth, with its client."""
        return cls(lambda: auth.http_client)

    async def send(
        self,
        method: Literal["GET", "POST"],
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: str | None = None,
    ) -> Answer:
        """Return the answer.

        Raises:
            OAuthError: if there is none within 10 seconds, it is a redirect (which could lead to internal hosts and
                leak the token; OWASP, SSRF Prevention), or larger than 1 MiB.
        """
        import httpx  # noqa: PLC0415 - a server that starts need not wait for it

        client = self._client()
        host = "the provider"
        try:
            request = client.build_request(method, url, headers=headers, content=body)
            host = request.url.host
            # A cookie from one user's sign-in must not reach the next user's.
            request.headers.pop("cookie", None)
            request.headers["accept-encoding"] = "gzip"
            async with asyncio.timeout(TIMEOUT):
                response = await client.send(request, stream=True, follow_redirects=False)
                try:
                    content = await _read(response, host)
                finally:
                    await response.aclose()
        except TimeoutError:
            raise OAuthError(f"{host} has not answered within {TIMEOUT:g} seconds") from None
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError, zlib.error) as error:
            # UnicodeError: a token, perhaps sent by a client, with characters that no header can hold.
            raise OAuthError(f"{host} cannot be asked: {type(error).__name__}") from None
        content_type = response.headers.get("content-type", "")
        return Answer(response.status_code, _data(response, content, content_type), content, content_type)


async def _read(response: httpx.Response, host: str) -> bytes:
    if response.status_code in _REDIRECTS:
        raise OAuthError(f"{host} answers with a redirect, which is not followed; configure the final URL")
    if response.is_stream_consumed:
        # From a transport with the whole answer in memory, such as those of tests.
        return response.content
    coding = response.headers.get("content-encoding", "identity").lower()
    if coding not in ("identity", "gzip"):
        raise OAuthError(f"{host} answers in an encoding that was not asked for")
    # A few kilobytes can decompress to gigabytes, and httpx would decompress them all.
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16) if coding == "gzip" else None
    content, received = bytearray(), 0
    async for chunk in response.aiter_raw():
        received += len(chunk)
        content += unpacker.decompress(chunk, LARGEST_ANSWER + 1 - len(content)) if unpacker else chunk
        # What follows the end of what is packed, and empty blocks, unpack to nothing, and may go on forever.
        if max(received, len(content)) > LARGEST_ANSWER:
            raise OAuthError(f"{host} answers with more than {LARGEST_ANSWER} bytes")
    return bytes(content)


def _data(response: httpx.Response, content: bytes, content_type: str) -> Any:
    media_type = content_type.split(";", maxsplit=1)[0]
    is_text = not content_type or _JSON.fullmatch(media_type) or media_type in _TEXTS or media_type.startswith("text/")
    if response.is_success and not is_text:
        return ""
    try:
        return parse(content)
    except InvalidJSONError:
        return content.decode("utf-8", "replace") if response.is_success else None
