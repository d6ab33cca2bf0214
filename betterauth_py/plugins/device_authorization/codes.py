"""Device codes and user codes: making them, and finding the row of one."""

from __future__ import annotations

from re import compile as compile_pattern
from secrets import choice
from typing import Any, Final

from betterauth_py.plugins import APIError, AuthContext, ErrorCode, NotStoredError, Row, Where
from betterauth_py.plugins.device_authorization import errors
from betterauth_py.plugins.device_authorization.options import LONGEST_CODE, DeviceAuthorizationOptions
from betterauth_py.plugins.tools import generate_id, resolve

MODEL: Final = "deviceCode"
_ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without I, O, 0 and 1, which are easily confused."""
_BY_DEFAULT: Final = compile_pattern(f"[{_ALPHABET}]+")
_NOT_ALPHANUMERIC: Final = compile_pattern("[^a-zA-Z0-9]")
_ATTEMPTS: Final = 3


async def store_new_codes(auth: AuthContext, options: DeviceAuthorizationOptions, fields: Row) -> Row:
    """Store a row with `fields` and new codes; others are made if a code is taken.

    Raises:
        APIError: 400 if a function of the options returns no code, or `fields` cannot be stored; 500 if every code is
            taken.
    """
    for _ in range(_ATTEMPTS):
        codes = {
            "deviceCode": await _generate(options.generate_device_code, options.device_code_length, "device"),
            "userCode": await _generate(options.generate_user_code, options.user_code_length, "user"),
        }
        try:
            row = await auth.rows.create(MODEL, {"id": auth.generate_id(MODEL), **codes, **fields})
        except NotStoredError:
            if not await _is_taken(auth, codes):
                # A NUL character, which no text of PostgreSQL holds; better-auth 1.7.25 answers 500.
                raise APIError.of(400, ErrorCode("invalid_request", "Invalid parameters")) from None
        else:
            if row is not None:
                return row
    raise APIError.of(500, errors.NO_UNIQUE_CODE)


async def find_by_user_code(auth: AuthContext, user_code: str) -> Row | None:
    """Return the row of a user code: of the exact one, or else of one in capitals without what separates its parts."""
    normalized = _NOT_ALPHANUMERIC.sub("", user_code).upper()
    candidates = [user_code, normalized] if _BY_DEFAULT.fullmatch(normalized) else [user_code]
    found = {row["userCode"]: row for row in await auth.rows.find_many(MODEL, Where("userCode", candidates, "in"))}
    return next((found[code] for code in candidates if code in found), None)


async def _generate(function: Any, length: int, kind: str) -> str:
    if function is not None:
        return _checked(await resolve(function()), kind)
    return generate_id(length) if kind == "device" else "".join(choice(_ALPHABET) for _ in range(length))


def _checked(code: Any, kind: str) -> str:
    if not isinstance(code, str):
        raise APIError.of(400, ErrorCode("invalid_request", f"Generated {kind} code must be a string"))
    if len(code) > LONGEST_CODE:
        message = f"Generated {kind} code must be at most {LONGEST_CODE} characters"
        raise APIError.of(400, ErrorCode("invalid_request", message))
    return code


async def _is_taken(auth: AuthContext, codes: Row) -> bool:
    for name, code in codes.items():
        if await auth.rows.find_one(MODEL, Where(name, code)) is not None:
            return True
    return False
