"""Reads a request's body as better-call 1.4 does."""

from __future__ import annotations

from dataclasses import dataclass
from re import compile as compile_pattern
from typing import Any, Final
from urllib.parse import parse_qsl

from betterauth_py.core.endpoint import Endpoint
from betterauth_py.core.messages import MOST_PARAMETERS, BodyTooLargeError, Request
from betterauth_py.core.request_errors import INVALID_JSON, TOO_LARGE, UNSUPPORTED_MEDIA_TYPE
from betterauth_py.javascript import json
from betterauth_py.javascript.values import UNDEFINED
from betterauth_py.wire.errors import APIError
from betterauth_py.wire.validation import OpaqueStream

_JSON: Final = compile_pattern(r"application/([a-z0-9.+-]*\+)?json")
# Bodies of this API have tens of values; a metadata field may have thousands.
_MOST_SEPARATORS: Final = 10_000
# What is nested deeper could be read, but not written again: each level takes a piece of the stack.
_DEEPEST: Final = 100


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """Maximum sizes of a body in bytes."""

    text: int
    """Without a user's image."""
    image: int
    """In total, if the endpoint accepts an image."""


async def read_body(request: Request, endpoint: Endpoint[Any, Any], limits: BodyLimits) -> Any:
    """Return the parsed body, or its bytes for endpoints with a raw body; `UNDEFINED` if there is none.

    Raises:
        APIError: 415 for another media type, 400 for broken JSON, 413 for too much.
    """
    try:
        if endpoint.takes_raw_body:
            return await request.body(limits.text)
        return await _read_parsed(request, endpoint, limits)
    except BodyTooLargeError:
        raise APIError.of(413, TOO_LARGE) from None


async def _read_parsed(request: Request, endpoint: Endpoint[Any, Any], limits: BodyLimits) -> Any:
    content_type = request.headers.value("content-type")
    if request.method in {"GET", "HEAD"} or not content_type or not _announces_body(request):
        return UNDEFINED
    lowered = content_type.lower()
    base = lowered.split(";", 1)[0].strip()
    if base not in endpoint.media_types:
        allowed_types = ", ".join(endpoint.media_types)
        message = f'Content-Type "{content_type}" is not allowed. Allowed types: {allowed_types}'
        raise APIError(415, {"message": message, "code": UNSUPPORTED_MEDIA_TYPE.code})
    is_json = _JSON.match(lowered) is not None
    most = max(limits.text, limits.image) if endpoint.takes_image and is_json else limits.text
    body = await request.body(most)
    if not is_json:
        return _parse_other(body, lowered)
    parsed = _parse_json(body)
    if len(body) > limits.text and len(body) - _size_of_image(parsed) > limits.text:
        raise BodyTooLargeError
    return parsed


def _announces_body(request: Request) -> bool:
    length = request.headers.value("content-length")
    if length is None:
        return "transfer-encoding" in request.headers
    return not length.isdecimal() or length.strip("0") != ""


def _parse_json(body: bytes) -> Any:
    if _separators(body) > _MOST_SEPARATORS and _has_too_many_values(body):
        raise BodyTooLargeError
    try:
        parsed = json.parse(body)
    except json.InvalidJSONError:
        raise APIError.of(400, INVALID_JSON) from None
    if body.count(b"[") + body.count(b"{") > _DEEPEST and _is_too_deep(parsed):
        raise APIError.of(400, INVALID_JSON)
    return parsed


def _is_too_deep(parsed: Any) -> bool:
    level = [parsed]
    for _ in range(_DEEPEST):
        level = [
            item
            for value in level
            if isinstance(value, dict | list)
            for item in (value.values() if isinstance(value, dict) else value)
        ]
    return any(isinstance(value, dict | list) for value in level)


def _separators(body: bytes) -> int:
    """Return the number of characters that separate or open values: each costs microseconds to parse."""
    return sum(map(body.count, (b",", b":", b"[", b"{")))


def _has_too_many_values(body: bytes) -> bool:
    """Return whether there are too many values outside strings: an SVG as a data URL has thousands of commas."""
    unescaped = body.replace(b"\\\\", b"").replace(b'\\"', b"")
    # Any two strings have a separator between them; otherwise it is not JSON and need not be split.
    if unescaped.count(b'"') > 2 * _MOST_SEPARATORS + 2:
        return True
    return _separators(b"".join(unescaped.split(b'"')[::2])) > _MOST_SEPARATORS


def _size_of_image(parsed: Any) -> int:
    image = parsed.get("image") if isinstance(parsed, dict) else None
    return len(image.encode("utf-8", "surrogatepass")) if isinstance(image, str) else 0


def _parse_other(body: bytes, content_type: str) -> Any:
    text = body.decode("utf-8", "replace")
    if "application/x-www-form-urlencoded" in content_type:
        if text.count("&") >= MOST_PARAMETERS:
            raise BodyTooLargeError
        return dict(parse_qsl(text, keep_blank_values=True, errors="replace"))
    if "text/plain" in content_type:
        return text
    return OpaqueStream()
