"""Verifying the signatures of wallets that have a key (EIP-191), by libsecp256k1."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from betterauth_py.plugins import ConfigurationError, MaybeAwaitable
from betterauth_py.plugins.siwe.addresses import address_of
from betterauth_py.plugins.siwe.keccak import keccak_256
from betterauth_py.plugins.siwe.options import SiweOptions

VerifyMessage = Callable[[dict[str, Any]], MaybeAwaitable[bool]]

LONGEST_MESSAGE: Final = 4_096
"""Bytes of the longest message that is verified here; hashing one takes some 5 milliseconds."""
_SIGNATURE: Final = re.compile(r"0x([a-fA-F0-9]{128})([a-fA-F0-9]{2})")
_HALF_ORDER: Final = 0x7FFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFF_5D576E73_57A4501D_DFE92F46_681B20A0
# v of a signature, to which of the possible keys it belongs to: Ethereum's 27 and 28, and 0 and 1 of hardware wallets.
_RECOVERY_IDS: Final = {0: 0, 1: 1, 27: 0, 28: 1}


def verifier_of(options: SiweOptions) -> VerifyMessage:
    """Return `verify_message` of the options, or the verification by this module.

    Raises:
        ConfigurationError: if the library for it is not installed.
    """
    if options.verify_message is not None:
        return options.verify_message
    try:
        from btclib_secp256k1 import recovery  # noqa: F401, PLC0415
    except ImportError:
        raise ConfigurationError(
            "Option `plugins.siwe.verify_message` is missing, and the library that verifies signatures without it is "
            "not installed. Install the extra `siwe`: pip install 'betterauth-parity[siwe]'."
        ) from None
    return verify_message


def verify_message(data: dict[str, Any]) -> bool:
    """Return whether `signature` is that of the wallet at `address` for `message`: `personal_sign`, EIP-191.

    Of the two signatures that anybody can make of one, only that with the low `s` counts (EIP-2), and only in the form
    r, s, v of 65 bytes.
    """
    message, found = data["message"].encode("utf-8", "replace"), _SIGNATURE.fullmatch(data["signature"])
    if found is None or len(message) > LONGEST_MESSAGE:
        return False
    signature, recovery_id = bytes.fromhex(found[1]), _RECOVERY_IDS.get(int(found[2], 16))
    if recovery_id is None or int.from_bytes(signature[32:]) > _HALF_ORDER:
        return False
    digest = keccak_256(b"\x19Ethereum Signed Message:\n%d%b" % (len(message), message))
    public_key = _recover(digest, signature, recovery_id)
    return public_key is not None and address_of(public_key[1:]) == data["address"]


def _recover(digest: bytes, signature: bytes, recovery_id: int) -> bytes | None:
    """Return the uncompressed public key that has signed, or None if none can have."""
    from btclib_secp256k1 import recovery  # noqa: PLC0415

    try:
        key: bytes = recovery.recover(digest, signature, recovery_id, compressed=False)
    except (ValueError, RuntimeError):
        return None
    return key
