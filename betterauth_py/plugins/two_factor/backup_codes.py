"""Backup codes: made, and stored as a JSON array, as better-auth 1.7.25 stores them."""

from __future__ import annotations

from hmac import compare_digest
from typing import Any

from betterauth_py.plugins import AuthContext
from betterauth_py.plugins.tools import (
    InvalidJSONError,
    decrypt,
    encrypt,
    generate_id,
    parse,
    resolve,
    stringify_plainly,
)
from betterauth_py.plugins.two_factor.options import BackupCodeOptions, StoreBackupCodesOptions


class BackupCodes:
    """The backup codes of one deployment."""

    def __init__(self, options: BackupCodeOptions) -> None:
        """Make and store codes as `options` say."""
        self._options = options

    def make(self) -> list[str]:
        """Return new codes, such as `x7Kq2-9PwLm`."""
        own = self._options.custom_backup_codes_generate
        if own is not None:
            return list(own())
        codes = [generate_id(self._options.length) for _ in range(self._options.amount)]
        return [f"{code[:5]}-{code[5:]}" for code in codes]

    async def to_store(self, auth: AuthContext, codes: list[str]) -> str:
        """Return what is stored of the codes."""
        text, store = stringify_plainly(codes).decode(), self._options.store_backup_codes
        if isinstance(store, StoreBackupCodesOptions):
            return str(await resolve(store.encrypt(text)))
        return encrypt(text, auth.secrets) if store == "encrypted" else text

    async def read(self, auth: AuthContext, stored: str) -> list[str] | None:
        """Return the codes of what is stored; None if it is no list of codes.

        Raises:
            UndecryptableError: if it is encrypted under another secret.
        """
        store = self._options.store_backup_codes
        if isinstance(store, StoreBackupCodesOptions):
            text = str(await resolve(store.decrypt(stored)))
        else:
            text = decrypt(stored, auth.secrets) if store == "encrypted" else stored
        try:
            codes: Any = parse(text.encode())
        except InvalidJSONError:
            return None
        return [code for code in codes if isinstance(code, str)] if isinstance(codes, list) else None


def without(codes: list[str], used: str) -> list[str] | None:
    """Return the codes that are left when one is used; None if it is none of them.

    Every code is compared in full, so that the time does not tell how much of one is right.
    """
    given = used.encode("utf-8", "surrogatepass")
    left = [code for code in codes if not compare_digest(code.encode("utf-8", "surrogatepass"), given)]
    return left if len(left) < len(codes) else None
