"""Keccak-256, checksum addresses and the verification of signatures, by published and foreign values."""

from __future__ import annotations

import pytest

from betterauth_py.plugins.siwe.addresses import to_checksum_address
from betterauth_py.plugins.siwe.keccak import keccak_256
from betterauth_py.plugins.siwe.messages import normalize_domain, parse_message, read_time
from betterauth_py.plugins.siwe.signatures import LONGEST_MESSAGE, verify_message
from tests.plugins.siwe.wallet import ORDER, Wallet

# Of the Keccak team and of Ethereum; those of numbered bytes are from @noble/hashes, which better-auth uses.
DIGESTS = {
    b"": "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470",
    b"abc": "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45",
    b"The quick brown fox jumps over the lazy dog": "4d741b6f1eb29cb2a9b9911c82f56fa8d73b04959d3d9d222895df6c0b28aa15",
}
DIGESTS_OF_NUMBERED_BYTES = {
    135: "cbdfd9dee5faad3818d6b06f95a219fd290b0e1706f6a82e5a595b9ce9faca62",
    136: "7ce759f1ab7f9ce437719970c26b0a66ff11fe3e38e17df89cf5d29c7d7f807e",
    137: "ac73d4fae68b8453f764007c1a20ce95994187861f0c3227a3a8e99a73a3b1db",
    271: "27eceb59ebc3dc8a04a5b135be641591a7278540e4556a2ba9f408194e666ec3",
    272: "8e2476e65823b24d96ebe239f2c1534cdf763e689e2410c3b1cb0c74e6177bfc",
    1000: "af692982e84a5a9688359025660a7857cd28ee7c8d867cfa1677baf2e6d1f63b",
}
# ERC-55's own.
CHECKSUMS = [
    "0x52908400098527886E0F7030069857D2E4169EE7",
    "0x8617E340B3D01FA5F11F306F4090FD50E238070D",
    "0xde709f2102306220921060314715629080e2fb77",
    "0x27b1fdb04752bbc536007a920d24acb045561c26",
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
    "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
    "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
]
# Signed by ethers 6.17 with the key 0x1111...
ADDRESS = "0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A"
HELLO = (
    "0x9208d5f86a1f5d9c1908dbb42969925675ceb388616fc5b186c248e4967a03e0"
    "2e9d28a1adcb8cce60ebcef9756dee20522a2987afea3055f4edd8380d425f891b"
)
LONGER = (
    "0x11195eb3dd68754d3fafc7130db71c5c3296b5cf47a0e1493018981d75afa2db"
    "2fe18369574efbdcc4665f47bd8e4c3cee11dd6e7706e018465e21a02765e4331c"
)
WALLET = Wallet(int("11" * 32, 16))


def verified(message: str, signature: str, address: str = ADDRESS) -> bool:
    return verify_message({"message": message, "signature": signature, "address": address})


def test_keccak_has_the_known_digests() -> None:
    assert {data: keccak_256(data).hex() for data in DIGESTS} == DIGESTS
    numbered = {
        size: keccak_256(bytes(index % 251 for index in range(size))).hex() for size in DIGESTS_OF_NUMBERED_BYTES
    }
    assert numbered == DIGESTS_OF_NUMBERED_BYTES


def test_the_case_of_an_address_is_its_checksum() -> None:
    assert [to_checksum_address(address.lower()) for address in CHECKSUMS] == CHECKSUMS
    assert [to_checksum_address("0x" + address[2:].upper()) for address in CHECKSUMS] == CHECKSUMS


def test_signatures_of_a_real_wallet_are_verified() -> None:
    assert verified("hello", HELLO)
    assert verified("Wörld ✓\n" * 20, LONGER)
    assert WALLET.address == ADDRESS
    assert WALLET.sign("hello") == HELLO


def test_v_is_ethereums_or_that_of_hardware_wallets() -> None:
    accepted = [v for v in range(256) if verified("hello", HELLO[:-2] + f"{v:02x}")]
    assert accepted == [0, 27]


def _malleable(signature: str) -> str:
    """The other signature that anybody can make of one: n - s, and the other v."""
    s = ORDER - int(signature[66:130], 16)
    return f"{signature[:66]}{s:064x}{27 + 28 - int(signature[130:], 16):02x}"


FORGED = {
    "the high s": _malleable(HELLO),
    "the high s with the old v": _malleable(HELLO)[:-2] + HELLO[-2:],
    "another message's": LONGER,
    "another wallet's": Wallet(7).sign("hello"),
    "r of zero": "0x" + "00" * 32 + HELLO[66:],
    "s of zero": HELLO[:66] + "00" * 32 + HELLO[-2:],
    "all zero": "0x" + "00" * 65,
    "r of the order": f"0x{ORDER:064x}{HELLO[66:]}",
    "r beyond the order": "0x" + "ff" * 32 + HELLO[66:],
    "r that is on no point": f"0x{5:064x}{HELLO[66:]}",
    "without v": HELLO[:-2],
    "compact (EIP-2098)": HELLO[:66] + HELLO[66:130],
    "one byte more": HELLO + "00",
    "no prefix": HELLO[2:],
    "a big prefix": "0X" + HELLO[2:],
    "a line end": HELLO + "\n",
    "no hexadecimal": HELLO[:-1] + "g",
    "wide digits": "0x" + "\uff11" * 130,
    "of the text without Ethereum's prefix": WALLET.sign_digest(keccak_256(b"hello")),
    "of the prefix with another length": WALLET.sign_digest(keccak_256(b"\x19Ethereum Signed Message:\n4hello")),
    "nothing": "",
    "much": "0x" + "1b" * 100_000,
}


@pytest.mark.parametrize("name", FORGED)
def test_no_forged_signature_is_verified(name: str) -> None:
    assert not verified("hello", FORGED[name])


def test_a_signature_counts_for_its_message_and_wallet_only() -> None:
    assert not verified("hello ", HELLO)
    assert not verified("hello", HELLO, Wallet(7).address)
    assert not verified("hello", HELLO, ADDRESS.lower())
    assert not verified("\ud800", WALLET.sign("hello"))


def test_a_message_that_takes_long_to_hash_is_refused() -> None:
    longest = "a" * LONGEST_MESSAGE
    assert verified(longest, WALLET.sign(longest))
    assert not verified(longest + "a", WALLET.sign(longest + "a"))


def test_times_are_those_of_eip_4361() -> None:
    assert read_time("2026-11-30T12:00:00.5Z") == read_time("2026-11-30T14:00:00.500+02:00") == 1_796_040_000_500
    assert read_time("2026-11-30") == 1_795_996_800_000
    for text in (
        "",
        "tomorrow",
        "2026-13-01T00:00:00Z",
        "2026-11-30T25:00:00Z",
        "20261130T120000Z",
        "1796040000",
        "\uff12",
    ):
        assert read_time(text) is None, text


def test_a_long_message_is_read_in_linear_time() -> None:
    """Each of these takes minutes where a pattern goes back over what it has read."""
    for text in ("a" * 1_000_000, "A " * 500_000, "a://" * 250_000, "\n" * 1_000_000, "Nonce: " * 150_000):
        assert parse_message(text).domain is None
        normalize_domain(text)
