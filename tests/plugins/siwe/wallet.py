"""A wallet for tests: signs messages as `personal_sign` does (EIP-191)."""

from __future__ import annotations

from dataclasses import dataclass

from btclib_secp256k1 import keys, recovery

from betterauth_py.plugins.siwe.addresses import address_of
from betterauth_py.plugins.siwe.keccak import keccak_256

ORDER = 0xFFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFE_BAAEDCE6_AF48A03B_BFD25E8C_D0364141


@dataclass(frozen=True)
class Wallet:
    """One key."""

    number: int

    @property
    def address(self) -> str:
        return address_of(keys.pubkey_from_prvkey(self.number, compressed=False)[1:])

    def sign(self, message: str) -> str:
        encoded = message.encode()
        digest = keccak_256(b"\x19Ethereum Signed Message:\n%d%b" % (len(encoded), encoded))
        return self.sign_digest(digest)

    def sign_digest(self, digest: bytes) -> str:
        signature, recovery_id = recovery.sign(digest, self.number)
        return f"0x{signature.hex()}{27 + recovery_id:02x}"

    def message(self, nonce: str, *rest: str, domain: str = "app.test", chain: int = 1, address: str = "") -> str:
        """Return a message of EIP-4361."""
        lines = [
            f"{domain} wants you to sign in with your Ethereum account:",
            address or self.address,
            "",
            f"URI: https://{domain}",
            "Version: 1",
            f"Chain ID: {chain}",
            f"Nonce: {nonce}",
            "Issued At: 2026-11-21T08:00:00.000Z",
            *rest,
        ]
        return "\n".join(lines)
