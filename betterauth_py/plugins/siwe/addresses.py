"""Addresses of Ethereum wallets."""

from __future__ import annotations

import re
from typing import Final

from betterauth_py.plugins.siwe.keccak import keccak_256

_ADDRESS: Final = re.compile(r"0x[a-fA-F0-9]{40}")


def is_address(text: str) -> bool:
    """Return whether `text` is an address: `0x` and 40 hexadecimal digits."""
    return _ADDRESS.fullmatch(text) is not None


def to_checksum_address(address: str) -> str:
    """Return an address in the case that is its checksum (ERC-55)."""
    digits = address[2:].lower()
    digest = keccak_256(digits.encode()).hex()
    return "0x" + "".join(
        digit.upper() if int(nibble, 16) >= 8 else digit for digit, nibble in zip(digits, digest, strict=False)
    )


def address_of(public_key: bytes) -> str:
    """Return the address of an uncompressed public key, without its leading byte: 64 bytes."""
    return to_checksum_address(f"0x{keccak_256(public_key)[-20:].hex()}")
