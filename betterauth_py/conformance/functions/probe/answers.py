"""What the probe raises and answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from betterauth_py.plugins import UNDEFINED, APIError, ErrorCode, ErrorCodes, Response, declare


class ProbeErrors(ErrorCodes):
    """The plugin's errors."""

    TOO_MANY: ErrorCode = declare("You have enough")
    NOT_YOURS: ErrorCode = declare("Somebody else's")


THROWN: dict[str, Callable[[], Exception]] = {
    "message-and-code": lambda: APIError(400, {"message": "No", "code": "NO"}),
    "declared": lambda: APIError.of(403, ProbeErrors.NOT_YOURS),
    "message-only": lambda: APIError(401, {"message": "No such thing"}),
    "code-only": lambda: APIError(409, {"code": "TAKEN"}),
    "more-keys": lambda: APIError(422, {"message": "No", "code": "NO", "fields": ["a", None], "more": {"deep": 1}}),
    "no-body": lambda: APIError(404),
    "empty-body": lambda: APIError(404, {}),
    "number": lambda: APIError(418, {"message": "teapot", "code": "TEAPOT"}),
    "headers": lambda: APIError(429, {"message": "Later", "code": "LATER"}, {"retry-after": "7", "x-error": "yes"}),
    "same-header": lambda: APIError(400, {"message": "No", "code": "NO"}, {"x-set": "error's"}),
    "moved-permanently": lambda: APIError(301, None, {"location": "/moved"}),
    "see-other": lambda: APIError(303, None, {"location": "https://elsewhere.example/x"}),
    "ok": lambda: APIError(200, {"message": "fine"}),
    "accepted": lambda: APIError(202, {"later": True}),
    "server": lambda: APIError(500, {"message": "broken", "code": "BROKEN"}),
    "error": lambda: RuntimeError("what nobody shall read"),
    "type": lambda: TypeError("what nobody shall read"),
}
RETURNED: dict[str, Any] = {
    "object": {"a": 1, "c": None, "d": [1, None, "x"], "e": 1.5, "f": "é\u2028"},
    "list": [1, "two", None],
    "empty-list": [],
    "text": "plain words, é",
    "empty-text": "",
    "number": 7,
    "zero": 0,
    "true": True,
    "false": False,
    "null": None,
    "nothing": UNDEFINED,
    "date": {"at": datetime(2001, 9, 9, 1, 46, 40, 5_000, UTC)},
    "json": {"made": "json"},
    "json-status": {"made": "json"},
    "status": {"accepted": True},
    "no-content": UNDEFINED,
}
RAW: dict[str, Callable[[], Response]] = {
    "text": lambda: Response(200, [("content-type", "text/plain;charset=UTF-8")], b"raw words"),
    "html": lambda: Response(203, [("content-type", "text/html"), ("x-raw", "yes")], b"<p>raw</p>"),
    "json": lambda: Response(201, [("content-type", "application/json")], b'{"raw":true}'),
    "empty": lambda: Response(204),
    "redirect": lambda: Response(303, [("location", "/raw")]),
    "cookies": lambda: Response(
        200,
        [
            ("set-cookie", "raw-a=1; Path=/"),
            ("set-cookie", "raw-b=2; Path=/"),
            ("content-type", "application/json"),
        ],
        b"{}",
    ),
    "same-header": lambda: Response(
        200, [("content-type", "text/plain;charset=UTF-8"), ("x-set", "response's")], b"raw"
    ),
}
