"""How identifiers of verification values are stored."""

from __future__ import annotations

from typing import Final

from betterauth_py.awaiting import resolve
from betterauth_py.crypto.signing import hash_base64url
from betterauth_py.options import IdentifierStorage, StoreIdentifierOptions

PLAIN: Final = "plain"


async def stored_identifiers(identifier: str, option: IdentifierStorage | StoreIdentifierOptions) -> list[str]:
    """Return the identifiers under which a value may be stored: that of new values, then the plain one of old values.

    As better-auth 1.7.25: hashed is SHA-256 in base64url without padding.
    """
    if isinstance(option, StoreIdentifierOptions):
        fitting = (way for beginning, way in option.overrides.items() if identifier.startswith(beginning))
        option = next(fitting, option.default)
    if option == PLAIN:
        return [identifier]
    if callable(option):
        return [await resolve(option(identifier)), identifier]
    return [hash_base64url(identifier), identifier]
