"""argon2id (RFC 9106), by argon2-cffi or by OpenSSL, whichever takes less time on this machine.

argon2-cffi's wheels are made for all processors, and OpenSSL is a twentieth faster than they are; compiled for the
processor at hand (scripts/argon2) argon2-cffi takes half the time. Both write and read the same text. OpenSSL computes
one lane after the other, so several lanes are the library's, which computes them at once; it also reads what OpenSSL's
reader does not know.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from os import urandom
from time import thread_time
from typing import TYPE_CHECKING, Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type, hash_secret_raw

from betterauth_py.options.email_and_password import Argon2Options

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id as OpenSSLArgon2id

PREFIX: Final = "$argon2id$"
_OF_ONE_LANE: Final = ",p=1$"
_KNOWN_TO_OPENSSL: Final = f"{PREFIX}v=19$"
# What the library may take of OpenSSL's time: its wheels, which differ by a twentieth, must not be taken by chance.
_CLEARLY: Final = 0.9


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
        options, openssl = self._options, openssl_where_it_is_faster()
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
        """Return whether `password` is the one `hash` was made of; compared in constant time."""
        openssl = openssl_where_it_is_faster()
        if openssl is not None and hash.startswith(_KNOWN_TO_OPENSSL) and _OF_ONE_LANE in hash:
            from cryptography.exceptions import InvalidKey  # noqa: PLC0415 - see `openssl_argon2id`

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
        """Return whether `hash` was made with other parameters, or is none."""
        try:
            return self._library.check_needs_rehash(hash)
        except InvalidHashError:
            return True


@cache
def openssl_where_it_is_faster() -> type[OpenSSLArgon2id] | None:
    """Return OpenSSL's argon2id, or None where it has none or the library is clearly faster; tried once, for 15 ms."""
    openssl = openssl_argon2id()
    if openssl is None:
        return None
    salt, length, memory = b"\0" * 16, 32, 4_096

    def by_openssl() -> None:
        openssl(salt=salt, length=length, iterations=1, lanes=1, memory_cost=memory).derive(b"")

    def by_library() -> None:
        hash_secret_raw(b"", salt, time_cost=1, memory_cost=memory, parallelism=1, hash_len=length, type=Type.ID)

    trials = [(_seconds(by_openssl), _seconds(by_library)) for _ in range(3)]
    openssl_seconds, library_seconds = (min(seconds) for seconds in zip(*trials, strict=True))
    return None if library_seconds < openssl_seconds * _CLEARLY else openssl


def _seconds(function: Callable[[], None]) -> float:
    """Return what a call takes of the core, whatever else the machine does."""
    started = thread_time()
    function()
    return thread_time() - started


@cache
def openssl_argon2id() -> type[OpenSSLArgon2id] | None:
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
