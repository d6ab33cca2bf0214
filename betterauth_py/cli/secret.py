"""`betterauth secret`, and the secret created in development."""

from __future__ import annotations

import os
from pathlib import Path
from secrets import token_urlsafe
from typing import Final

from betterauth_py.errors import ConfigurationError

DEVELOPMENT_SECRET_FILE: Final = Path(".betterauth/secret")


def make_secret() -> str:
    """Return 256 random bits as 43 characters."""
    return token_urlsafe(32)


def development_secret(path: Path = DEVELOPMENT_SECRET_FILE) -> str:
    """Return the development secret, created on first use and readable only by its owner.

    Raises:
        ConfigurationError: if the file cannot be read or written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            secret = path.read_text(encoding="utf-8").strip()
        else:
            secret = make_secret()
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(f"{secret}\n")
            ignore = path.parent / ".gitignore"
            if not ignore.exists():
                ignore.write_text("*\n", encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(
            f"The development secret {path} cannot be created: {error.strerror}. Set BETTER_AUTH_SECRET instead."
        ) from None
    if not secret:
        raise ConfigurationError(f"The development secret {path} is empty. Delete the file, or set BETTER_AUTH_SECRET.")
    return secret
