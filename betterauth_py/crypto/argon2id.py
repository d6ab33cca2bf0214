"""argon2id (RFC 9106), by libsodium where it can: it uses the processor's widest instructions, a quarter less time.

Both libsodium and argon2-cffi's reference implementation write and read the same text. libsodium makes hashes of one
lane with a salt of 16 bytes only; all others, and what it would not read, are the reference implementation's.
"""

from __future__ import annotations

import re
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from nacl.exceptions import CryptoError
from nacl.pwhash import argon2id as libsodium

from betterauth_py.options.email_and_password import Argon2Options

PREFIX: Final = "$argon2id$"
_SALT_LENGTH: Final = 16
_HASH_LENGTH: Final = 32
_LIKE_LIBSODIUMS: Final = re.compile(
    r"\$argon2id\$v=19\$m=[0-9]{1,10},t=[0-9]{1,10},p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}"
)


class Argon2id:
    """Hashes with the options' parameters; verifies hashes of any."""

    def __init__(self, options: Argon2Options) -> None:
        """Take the parameters."""
        self._options = options
        self._reference = PasswordHasher(
            time_cost=options.time_cost,
            memory_cost=options.memory_cost,
            parallelism=options.parallelism,
            hash_len=options.hash_length,
            salt_len=options.salt_length,
        )
        self._libsodium_hashes = (
            options.parallelism == 1
            and options.salt_length == _SALT_LENGTH
            and options.hash_length == _HASH_LENGTH
            and options.memory_cost * 1024 >= libsodium.MEMLIMIT_MIN
        )

    def hash(self, password: str) -> str:
        """Return a new hash, with a salt of its own."""
        if not self._libsodium_hashes:
            return self._reference.hash(password)
        options = self._options
        made = libsodium.str(password.encode(), opslimit=options.time_cost, memlimit=options.memory_cost * 1024)
        return made.decode()

    def verify(self, hash: str, password: str) -> bool:  # noqa: A002 - the field's word
        """Tell whether `password` is the one `hash` was made of; compared in constant time."""
        try:
            if _LIKE_LIBSODIUMS.fullmatch(hash):
                return libsodium.verify(hash.encode(), password.encode())
            return self._reference.verify(hash, password)
        except (CryptoError, VerificationError, InvalidHashError, UnicodeEncodeError):
            # Wrong, no hash at all, or one with parameters that argon2id does not allow.
            return False

    def needs_rehash(self, hash: str) -> bool:  # noqa: A002 - the field's word
        """Tell whether `hash` was made with other parameters, or is none."""
        try:
            return self._reference.check_needs_rehash(hash)
        except InvalidHashError:
            return True
