"""Asks whether a password is known from breaches, by the first five digits of its hash (k-anonymity)."""

from __future__ import annotations

from asyncio import to_thread
from hashlib import sha1
from pathlib import Path
from re import compile as compile_pattern
from typing import Final
from unicodedata import normalize

from betterauth_py.plugins import APIError, AuthContext
from betterauth_py.plugins.have_i_been_pwned.errors import HaveIBeenPwnedErrorCodes
from betterauth_py.plugins.have_i_been_pwned.options import HaveIBeenPwnedOptions
from betterauth_py.plugins.tools import OAuthError, ProviderClient, logger, well_formed

# https://haveibeenpwned.com/API/v3#SearchingPwnedPasswordsByRange; the padding hides how many hashes were returned.
_SERVICE: Final = "https://api.pwnedpasswords.com/range/"
_HEADERS: Final = {"Add-Padding": "true", "User-Agent": "BetterAuth Password Checker"}
_LINE: Final = compile_pattern(r"[0-9A-Fa-f]+:(?:0|[1-9][0-9]{0,15})")


class _UncheckedError(Exception):
    """The password cannot be checked."""


async def refuse_compromised(auth: AuthContext, options: HaveIBeenPwnedOptions, password: str) -> None:
    """Refuse a password that is known from breaches.

    Raises:
        APIError: 400 `PASSWORD_COMPROMISED`; 500 if it cannot be checked and the options do not accept that.
    """
    given = well_formed(password)
    try:
        # What is stored is the NFKC form: a known password is none the better for full-width letters.
        count = 0
        for form in dict.fromkeys((given, normalize("NFKC", given))):
            count = count or await _times_seen(auth, options, form)
    except _UncheckedError as error:
        if options.when_unavailable == "accept":
            logger.warning("A new password was accepted unchecked: %s", error)
            return
        logger.error("A new password was refused: %s", error)
        raise APIError(500, {"message": str(error)}) from None
    if count:
        code = HaveIBeenPwnedErrorCodes.PASSWORD_COMPROMISED
        message = options.custom_password_compromised_message or code.message
        raise APIError(400, {"message": message, "code": code.code})


async def _times_seen(auth: AuthContext, options: HaveIBeenPwnedOptions, password: str) -> int:
    digest = sha1(password.encode(), usedforsecurity=False).hexdigest().upper()
    prefix, suffix = digest[:5], digest[5:]
    text = await (_read(options.ranges, prefix) if options.ranges is not None else _request(auth, prefix))
    return _count(text, suffix)


async def _request(auth: AuthContext, prefix: str) -> str:
    try:
        answer = await ProviderClient.of(auth).send("GET", _SERVICE + prefix, headers=_HEADERS)
    except OAuthError:
        raise _UncheckedError("Failed to check password. Please try again later.") from None
    if not answer.ok:
        raise _UncheckedError(f"Failed to check password. Status: {answer.status}")
    return answer.data if isinstance(answer.data, str) else ""


async def _read(folder: str, prefix: str) -> str:
    try:
        return await to_thread((Path(folder) / f"{prefix}.txt").read_text, encoding="utf-8-sig")
    except (OSError, UnicodeError):
        raise _UncheckedError("Failed to check password. Please try again later.") from None


def _count(text: str, suffix: str) -> int:
    """Return in how many breaches the hash was; padding counts 0.

    Raises:
        _UncheckedError: if any line is not one of the service's, or there are none.
    """
    lines = text.replace("\r\n", "\n").removesuffix("\n").split("\n")
    if not all(map(_LINE.fullmatch, lines)):
        raise _UncheckedError("Failed to check password. Please try again later.")
    counts = (count for line in lines for found, _, count in [line.partition(":")] if found.upper() == suffix)
    return int(next(counts, 0))
