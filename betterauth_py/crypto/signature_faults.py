"""Tells a wrong signature from what is no signature at all, for libraries that verify with `cryptography`."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature


def is_wrong_signature(error: BaseException | None) -> bool:
    """Return whether the error says that a signature is not that of the key and the data."""
    return isinstance(error, InvalidSignature)


def is_ecdsa_signature(signature: bytes, bits: int) -> bool:
    """Return whether this is the DER form of two numbers of at most `bits` bits (RFC 3279, 2.2.3)."""
    try:
        return max(decode_dss_signature(signature)).bit_length() <= bits
    except ValueError:
        return False
