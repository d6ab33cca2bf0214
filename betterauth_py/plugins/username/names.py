"""The rules for usernames: validation, normalization and look-up."""

from __future__ import annotations

from re import compile as compile_pattern
from typing import Final

from betterauth_py.plugins import APIError, AuthContext, ErrorCode, Row
from betterauth_py.plugins.tools import resolve, utf16_length
from betterauth_py.plugins.username.errors import UsernameErrorCodes
from betterauth_py.plugins.username.options import UsernameOptions

_USUAL: Final = compile_pattern(r"[a-zA-Z0-9_.]+")


class Names:
    """The usernames of one deployment, by its options."""

    def __init__(self, options: UsernameOptions) -> None:
        """Use the rules of `options`."""
        self.options = options

    def normalized(self, username: str) -> str:
        """Return a username as it is stored and looked up."""
        normalize = self.options.username_normalization
        if callable(normalize):
            return normalize(username)
        return username.lower() if normalize else username

    def display_normalized(self, display_username: str) -> str:
        """Return a display username as it is stored."""
        normalize = self.options.display_username_normalization
        return normalize(display_username) if normalize else display_username

    async def fault_of(self, username: str) -> ErrorCode | None:
        """Return the error of an invalid username; None if it is valid."""
        is_late = self.options.validation_order.username == "post-normalization"
        judged = self.normalized(username) if is_late else username
        if utf16_length(judged) < self.options.shortest:
            return UsernameErrorCodes.USERNAME_TOO_SHORT
        if utf16_length(judged) > self.options.longest:
            return UsernameErrorCodes.USERNAME_TOO_LONG
        validate = self.options.username_validator
        is_right = await resolve(validate(judged)) if validate else _USUAL.fullmatch(judged) is not None
        return None if is_right else UsernameErrorCodes.INVALID_USERNAME

    async def require_display_username(self, display_username: str) -> None:
        """Refuse a display username that the options do not allow.

        Raises:
            APIError: 400.
        """
        validate = self.options.display_username_validator
        if validate is None:
            return
        is_late = self.options.validation_order.display_username == "post-normalization"
        judged = self.display_normalized(display_username) if is_late else display_username
        if not await resolve(validate(judged)):
            raise APIError.of(400, UsernameErrorCodes.INVALID_DISPLAY_USERNAME)

    async def owner_of(self, auth: AuthContext, username: str) -> Row | None:
        """Return the user with this username, compared after normalization; None if there is none."""
        return await auth.users.find_by("username", self.normalized(username))

    async def require(self, username: str) -> None:
        """Refuse an invalid username.

        Raises:
            APIError: 400.
        """
        fault = await self.fault_of(username)
        if fault is not None:
            raise APIError.of(400, fault)
