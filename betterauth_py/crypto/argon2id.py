"""argon2id (RFC 9106), by OpenSSL where it has it: a tenth faster than the reference implementation in argon2-cffi.

Both write and read the same text. OpenSSL computes one lane after the other, so several lanes are the library's, which
computes them at once; it also reads what OpenSSL's reader does not know.
"""

from __future__ import annotations

from functools import cache
from os import urandom
from typing import TYPE_CHECKING, Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from betterauth_py.options.email_and_password import Argon2Options

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id as OpenSSLArgon2id

PREFIX: Final = "$argon2id$"
_OF_ONE_LANE: Final = ",p=1$"
_KNOWN_TO_OPENSSL: Final = f"{PREFIX}v=19$"


class Argon2id:
    """Hashes with the options' parameters; verifies hashes of any."""

    def __init__(self, options: Argon2Options) -> None:
        """Take the parameters."""
        self._options = options
        self._library = PasswordHasher(
            time_cost=options.time_cost,
            memory_cost=options.memory_cost,
            parallelism=options.parallelism,
            hash_len=options.hash_length,
            salt_len=options.salt_length,
        )

    def hash(self, password: str) -> str:
        """Return a new hash, with a salt of its own."""
        options, openssl = self._options, _openssl()
        if openssl is None or options.parallelism != 1:
            return self._library.hash(password)
        return openssl(
            salt=urandom(options.salt_length),
            length=options.hash_length,
            iterations=options.time_cost,
            lanes=options.parallelism,
            memory_cost=options.memory_cost,
        ).derive_phc_encoded(password.encode())

    def verify(self, hash: str, password: str) -> bool:  # noqa: A002 - the field's word
        """Tell whether `password` is the one `hash` was made of; compared in constant time."""
        openssl = _openssl()
        if openssl is not None and hash.startswith(_KNOWN_TO_OPENSSL) and _OF_ONE_LANE in hash:
            from cryptography.exceptions import InvalidKey  # noqa: PLC0415 - see `_openssl`

            try:
                openssl.verify_phc_encoded(password.encode(), hash)
            except (InvalidKey, ValueError):
                # Wrong, no hash at all, or one with parameters that argon2id does not allow.
                return False
            return True
        try:
            return self._library.verify(hash, password)
        except (VerificationError, InvalidHashError, UnicodeEncodeError):
            return False

    def needs_rehash(self, hash: str) -> bool:  # noqa: A002 - the field's word
        """Tell whether `hash` was made with other parameters, or is none."""
        try:
            return self._library.check_needs_rehash(hash)
        except InvalidHashError:
            return True


@cache
def _openssl() -> type[OpenSSLArgon2id] | None:
    """Return OpenSSL's argon2id, which it has from 3.2 on, or None.

    The first hash loads it, on its own thread: cryptography takes a tenth of the start, and 6 MiB.
    """
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id as OpenSSLArgon2id  # noqa: PLC0415

    try:
        OpenSSLArgon2id(salt=b"\0" * 8, length=4, iterations=1, lanes=1, memory_cost=8).derive(b"")
    except UnsupportedAlgorithm:
        return None
    return OpenSSLArgon2id
