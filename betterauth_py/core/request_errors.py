"""The errors of requests that no endpoint sees: those of their body, and of a server that is too busy."""

from __future__ import annotations

from typing import Final

from betterauth_py.wire.errors import ErrorCode

INVALID_JSON: Final = ErrorCode("BAD_REQUEST", "Invalid JSON in request body")
TOO_LARGE: Final = ErrorCode("PAYLOAD_TOO_LARGE", "Request body is too large")
UNSUPPORTED_MEDIA_TYPE: Final = ErrorCode("UNSUPPORTED_MEDIA_TYPE", "Content-Type is not allowed")
TOO_BUSY: Final = ErrorCode("SERVICE_UNAVAILABLE", "Too busy right now. Please try again shortly.")
