"""Why a flow does not do what it is asked, and how an endpoint says so on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from enum import Enum
from typing import Any

from betterauth_py.core.rate_limit import RETRY_AFTER, TOO_MANY
from betterauth_py.wire.errors import APIError, ErrorCode

Refusals = Mapping[Any, tuple[int, ErrorCode | str]]
"""How an endpoint answers refusals: the status and the declared error of each, or a message that has no code."""


class RefusedError(Exception):
    """A flow does not do what it is asked; `refusal` says why."""

    def __init__(self, refusal: Enum) -> None:
        """Take the reason."""
        super().__init__(refusal.value)
        self.refusal = refusal


class FieldRefusedError(Exception):
    """A field may not be set, is missing, or has a value that it cannot have; `error` is what a client is told."""

    def __init__(self, error: ErrorCode, message: str) -> None:
        """Take the code, with a message that names the field."""
        super().__init__(message)
        self.error = ErrorCode(error.code, message)


class TooManyTriesError(Exception):
    """There have been too many wrong passwords for one account."""

    def __init__(self, retry_after: int) -> None:
        """Say in how many seconds one more may be tried."""
        super().__init__(TOO_MANY)
        self.retry_after = retry_after


def answering(refusals: Refusals) -> AbstractContextManager[None]:
    """Turn what flows refuse in this block into the answers of an endpoint.

    A refusal that `refusals` does not list goes on as it is. What this returns may be used by any number of blocks.

    Raises:
        APIError: the answer; 429 after too many tries, 400 for a field.
    """
    return _Answering(refusals)


class _Answering(AbstractContextManager[None]):
    """No generator: that would cost a sign-in twice as much."""

    __slots__ = ("_refusals",)

    def __init__(self, refusals: Refusals) -> None:
        self._refusals = refusals

    def __enter__(self) -> None:
        return

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if error is None:
            return
        if isinstance(error, TooManyTriesError):
            raise APIError(429, {"message": TOO_MANY}, {RETRY_AFTER: str(error.retry_after)}) from None
        if isinstance(error, FieldRefusedError):
            raise APIError.of(400, error.error) from None
        if isinstance(error, RefusedError) and error.refusal in self._refusals:
            status, answer = self._refusals[error.refusal]
            given = APIError(status, {"message": answer}) if isinstance(answer, str) else APIError.of(status, answer)
            raise given from None
