"""How the codes that a plugin sends are stored: plain, hashed, encrypted, or by the deployment's functions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hmac import compare_digest
from typing import Literal

from betterauth_py.awaiting import resolve
from betterauth_py.core.auth_context import AuthContext
from betterauth_py.crypto.secrets import SecretConfig
from betterauth_py.crypto.signing import hash_base64url
from betterauth_py.crypto.symmetric import UndecryptableError, decrypt, encrypt
from betterauth_py.errors import ConfigurationError
from betterauth_py.flows.codes import use_code, values_of
from betterauth_py.options.types import MaybeAwaitable


@dataclass(frozen=True, kw_only=True)
class StoreOTPOptions:
    """Your own functions between a code and what is stored: `hash`, or `encrypt` and `decrypt`."""

    hash: Callable[[str], MaybeAwaitable[str]] | None = None
    """Returns what is stored of a code; guesses are hashed too and compared with it."""
    encrypt: Callable[[str], MaybeAwaitable[str]] | None = None
    """Returns what is stored of a code."""
    decrypt: Callable[[str], MaybeAwaitable[str]] | None = None
    """Returns the code of what is stored."""


StoreOTP = Literal["plain", "hashed", "encrypted"] | StoreOTPOptions


def check_store(store: StoreOTP, option: str) -> None:
    """Refuse functions that do not go together.

    Raises:
        ConfigurationError: naming the `option`.
    """
    if not isinstance(store, StoreOTPOptions):
        return
    is_hash = store.hash is not None and store.encrypt is None and store.decrypt is None
    is_cipher = store.hash is None and store.encrypt is not None and store.decrypt is not None
    if not is_hash and not is_cipher:
        raise ConfigurationError(
            f"Option `{option}` has functions that do not go together. Give `hash` alone, or `encrypt` and `decrypt`."
        )


class CodeStorage:
    """What is stored of a code, and whether a guess is the code."""

    def __init__(self, store: StoreOTP) -> None:
        """Store codes as the option says."""
        self._store = store

    @property
    def is_hashed(self) -> bool:
        """Whether nobody can tell the code from what is stored."""
        return self._store == "hashed" or (isinstance(self._store, StoreOTPOptions) and self._store.hash is not None)

    @property
    def _is_encrypted(self) -> bool:
        return self._store == "encrypted" or (isinstance(self._store, StoreOTPOptions) and not self.is_hashed)

    async def to_store(self, secrets: SecretConfig, code: str) -> str:
        """Return what is stored of a code."""
        store = self._store
        if isinstance(store, StoreOTPOptions):
            change = store.hash or store.encrypt
            return code if change is None else str(await resolve(change(code)))
        if store == "encrypted":
            return encrypt(code, secrets)
        return hash_base64url(code) if store == "hashed" else code

    async def to_plain(self, secrets: SecretConfig, stored: str) -> str | None:
        """Return the code of what is stored; None if it cannot be told."""
        store = self._store
        if isinstance(store, StoreOTPOptions):
            return None if store.decrypt is None else str(await resolve(store.decrypt(stored)))
        if store != "encrypted":
            return stored
        try:
            return decrypt(stored, secrets)
        except UndecryptableError:
            return None

    async def known_values(self, secrets: SecretConfig, code: str, *, attempts: int) -> list[str] | None:
        """Return what the row of a code may hold while it can be used; None where that cannot be told."""
        stored = await self._known_form(secrets, code)
        return None if stored is None else values_of(stored, attempts)

    async def _known_form(self, secrets: SecretConfig, code: str) -> str | None:
        """Return what is stored of a code; None where that never looks the same twice."""
        return None if self._is_encrypted else await self.to_store(secrets, code)

    async def matches(self, secrets: SecretConfig, stored: str, code: str) -> bool:
        """Return whether a guess is the stored code, in a time that does not tell how much of it is right."""
        if self.is_hashed:
            code = await self.to_store(secrets, code)
        else:
            plain = await self.to_plain(secrets, stored)
            if plain is None:
                return False
            stored = plain
        return compare_digest(code.encode("utf-8", "surrogatepass"), stored.encode("utf-8", "surrogatepass"))

    async def use(
        self, auth: AuthContext, identifier: str, code: str, *, attempts: int, life: int | None = None
    ) -> None:
        """Use a code up if it is the guessed one. Arguments are those of `use_code`.

        Raises:
            CodeRefusedError: as `use_code`.
        """
        await use_code(
            auth,
            identifier,
            lambda stored: self.matches(auth.secrets, stored, code),
            attempts=attempts,
            life=life,
            stored=await self._known_form(auth.secrets, code),
        )
