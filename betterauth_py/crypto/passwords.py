"""Password hashing: argon2id and better-auth's scrypt, never on the event loop, never more at once than cores."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from hashlib import scrypt
from hmac import compare_digest
from typing import Final
from unicodedata import normalize

from betterauth_py.awaiting import resolve
from betterauth_py.crypto.argon2id import PREFIX, Argon2id
from betterauth_py.crypto.hash_queue import HashQueue
from betterauth_py.javascript.values import well_formed
from betterauth_py.options.email_and_password import PasswordOptions

# better-auth 1.7.25: `salt:key` in hex; the salt's hex text itself is what goes into the function.
_SCRYPT: Final = {"n": 16_384, "r": 16, "p": 1, "dklen": 64, "maxmem": 128 * 16_384 * 16 * 2}


class PasswordHasher:
    """Hashes and verifies passwords as the options say.

    Unknown users and wrong passwords cost the same work: `verify_nothing` does what a failing `verify` does. Once
    hashes of both kinds are known to be stored, a failure does the work of both kinds.
    """

    def __init__(self, options: PasswordOptions) -> None:
        """Prepare the workers; threads start when they are needed."""
        self._options = options
        self._argon2 = Argon2id(options.argon2)
        self._queue = HashQueue(options.workers, options.longest_wait)
        self._uses_scrypt = options.algorithm == "scrypt"
        self._dummies: dict[bool, str] = {}
        self.other_kind_stored = False
        self.checks: list[Callable[[str], Awaitable[None]]] = []
        """What plugins ask of a new password before it is hashed; a refusal is raised."""

    @property
    def own_prefix(self) -> str:
        """What every hash of the configured kind starts with; empty where that cannot be told."""
        return "" if self._options.hash or self._uses_scrypt else PREFIX

    @property
    def kind_is_open(self) -> bool:
        """Whether the options leave the kind of new hashes open."""
        return self._options.algorithm is None and self._options.hash is None

    def make_scrypt(self) -> None:
        """Make new hashes of better-auth's kind, whatever the options left open."""
        self._uses_scrypt = True

    def when_idle(self, function: Callable[[], object]) -> None:
        """Have `function` called, not on the event loop, whenever nothing has been hashed for ten seconds."""
        self._queue.when_idle(function)

    def ensure_capacity(self) -> None:
        """Raise if the wait would be too long, before any other work is done.

        Raises:
            OverloadedError: saying when to try again.
        """
        if self._options.hash is None or self._options.verify is None:
            self._queue.ensure_capacity()

    async def hash(self, password: str, *, is_admitted: bool = False) -> str:
        """Return the hash to store; `is_admitted` after a `verify` of the same request, and after `check`.

        Raises:
            OverloadedError: if that would take too long, as all of these do.
        """
        if not is_admitted:
            await self.check(password)
        return await self._hash_unchecked(password, is_admitted=is_admitted)

    async def check(self, password: str) -> None:
        """Refuse a new password as plugins do; `hash` does this itself, if it is not the second step of a request."""
        for check in self.checks:
            await check(password)

    async def verify(self, hash: str, password: str) -> bool:  # noqa: A002 - the field's word
        """Return whether `password` is the one `hash` was made of. A hash of an unknown kind matches nothing."""
        if self._options.verify is not None:
            return bool(await resolve(self._options.verify(hash, password)))
        is_scrypt = not hash.startswith("$argon2")
        if is_scrypt != self._uses_scrypt:
            self.other_kind_stored = True
        matches = await self._queue.run(_verify_one, self._argon2, hash, _normalized(password))
        if not matches and self.other_kind_stored:
            await self._queue.run(self._verify_dummy, not is_scrypt, password, is_admitted=True)
        return matches

    async def verify_nothing(self, password: str) -> None:
        """Take the time that a failing `verify` takes."""
        if self._options.verify is not None or self._options.hash is not None:
            await self._hash_unchecked(password)
            return
        await self._queue.run(self._verify_dummy, self._uses_scrypt, password)
        if self.other_kind_stored:
            await self._queue.run(self._verify_dummy, not self._uses_scrypt, password, is_admitted=True)

    def needs_rehash(self, hash: str) -> bool:  # noqa: A002 - the field's word
        """Return whether a verified hash is not what `hash` would make today."""
        if self._options.hash is not None or self._options.verify is not None:
            return False
        if self._uses_scrypt:
            return hash.startswith("$")
        return not hash.startswith(PREFIX) or self._argon2.needs_rehash(hash)

    def close(self) -> None:
        """End the threads; new ones start when there is new work."""
        self._queue.close()

    async def _hash_unchecked(self, password: str, *, is_admitted: bool = False) -> str:
        if self._options.hash is None:
            return await self._queue.run(self._hash, _normalized(password), is_admitted=is_admitted)
        made: str = await resolve(self._options.hash(password))
        return made

    def _hash(self, password: str) -> str:
        return _scrypt_hash(password) if self._uses_scrypt else self._argon2.hash(password)

    def _verify_dummy(self, of_scrypt: bool, password: str) -> None:
        if of_scrypt not in self._dummies:
            self._dummies[of_scrypt] = _scrypt_hash("dummy") if of_scrypt else self._argon2.hash("dummy")
        _verify_one(self._argon2, self._dummies[of_scrypt], _normalized(password))


def _verify_one(argon2: Argon2id, hash: str, password: str) -> bool:  # noqa: A002 - the field's word
    return argon2.verify(hash, password) if hash.startswith("$argon2") else _scrypt_verify(hash, password)


def _scrypt_hash(password: str) -> str:
    salt = os.urandom(16).hex()
    return f"{salt}:{_scrypt_key(password, salt)}"


def _scrypt_verify(hash: str, password: str) -> bool:  # noqa: A002 - the field's word
    salt, colon, key = hash.partition(":")
    if not (salt and colon and key and hash.isascii()):
        return False
    return compare_digest(_scrypt_key(password, salt), key)


def _scrypt_key(password: str, salt: str) -> str:
    return scrypt(password.encode(), salt=salt.encode(), **_SCRYPT).hex()


def _normalized(password: str) -> str:
    # NFKC makes one password of the ways keyboards write it (NIST SP 800-63B, 5.1.1.2).
    return normalize("NFKC", well_formed(password))
