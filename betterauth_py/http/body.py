"""Reads a request's body as better-call 1.4 does."""

from __future__ import annotations

from re import compile as compile_pattern
from typing import Any, Final
from urllib.parse import parse_qsl

from betterauth_py.http.messages import BodyTooLargeError, Request
from betterauth_py.wire import json
from betterauth_py.wire.errors import APIError, ErrorCode
from betterauth_py.wire.javascript import UNDEFINED
from betterauth_py.wire.validation import OpaqueStream

_JSON: Final = compile_pattern(r"application/([a-z0-9.+-]*\+)?json")
INVALID_JSON: Final = ErrorCode("BAD_REQUEST", "Invalid JSON in request body")
TOO_LARGE: Final = ErrorCode("PAYLOAD_TOO_LARGE", "Request body is too large")
UNSUPPORTED_MEDIA_TYPE: Final = ErrorCode("UNSUPPORTED_MEDIA_TYPE", "Content-Type is not allowed")


async def read_body(request: Request, media_types: tuple[str, ...]) -> Any:
    """Return the parsed body, or `UNDEFINED` if there is none.

    Raises:
        APIError: 415 for another media type, 400 for broken JSON, 413 for too much.
    """
    content_type = request.headers.value("content-type")
    if request.method in {"GET", "HEAD"} or not content_type or not _announces_body(request):
        return UNDEFINED
    lowered = content_type.lower()
    base = lowered.split(";", 1)[0].strip()
    if base not in media_types:
        allowed_types = ", ".join(media_types)
        message = f'Content-Type "{content_type}" is not allowed. Allowed types: {allowed_types}'
        raise APIError(415, {"message": message, "code": UNSUPPORTED_MEDIA_TYPE.code})
    try:
        body = await request.body()
    except BodyTooLargeError:
        raise APIError.of(413, TOO_LARGE) from None
    return _parse(body, lowered)


def _announces_body(request: Request) -> bool:
    length = request.headers.value("content-length")
    if length is None:
        return "transfer-encoding" in request.headers
    return not length.isdecimal() or int(length) != 0


def _parse(body: bytes, content_type: str) -> Any:
    if _JSON.match(content_type):
        try:
            return json.parse(body)
        except json.InvalidJSONError:
            raise APIError.of(400, INVALID_JSON) from None
    text = body.decode("utf-8", "replace")
    if "application/x-www-form-urlencoded" in content_type:
        return dict(parse_qsl(text, keep_blank_values=True, errors="replace"))
    if "text/plain" in content_type:
        return text
    return OpaqueStream()
