"""The errors of the siwe plugin; their bodies hold the status, as in better-auth 1.7.25."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from betterauth_py.plugins import APIError, ErrorCode


class _Answer(NamedTuple):
    status: int
    error: ErrorCode


class Refusal(Enum):
    """Why a request is refused."""

    BAD_NONCE_OF_OPTION = _Answer(
        500,
        ErrorCode("SIWE_INVALID_NONCE", "SIWE getNonce must return an ERC-4361 nonce: 8-250 alphanumeric characters."),
    )
    """`get_nonce` returned what is no nonce."""
    MISMATCH = _Answer(
        401,
        ErrorCode(
            "UNAUTHORIZED_SIWE_MESSAGE_MISMATCH",
            "Unauthorized: SIWE message does not match the expected nonce, domain, address, or chain ID",
        ),
    )
    """The message is for another domain, or has no address, chain or nonce."""
    SPENT_NONCE = _Answer(
        401, ErrorCode("UNAUTHORIZED_INVALID_OR_EXPIRED_NONCE", "Unauthorized: Invalid or expired nonce")
    )
    """The nonce was not given by this server, was used before, or is too old."""
    EXPIRED = _Answer(401, ErrorCode("UNAUTHORIZED_SIWE_MESSAGE_EXPIRED", "Unauthorized: SIWE message has expired"))
    """The message's `Expiration Time` has passed, or is no time."""
    NOT_YET = _Answer(
        401, ErrorCode("UNAUTHORIZED_SIWE_MESSAGE_NOT_YET_VALID", "Unauthorized: SIWE message is not yet valid")
    )
    """The message's `Not Before` has not come, or is no time."""
    INVALID_SIGNATURE = _Answer(401, ErrorCode("", "Unauthorized: Invalid SIWE signature"))
    """The wallet has not signed this."""
    FAILED = _Answer(401, ErrorCode("", "Something went wrong. Please try again later."))
    """A function of the options failed, or the database refused the user."""


def refused(refusal: Refusal) -> APIError:
    """Return the answer to a refusal."""
    status, error = refusal.value
    return APIError(
        status, {"message": error.message, "status": status, **({"code": error.code} if error.code else {})}
    )
