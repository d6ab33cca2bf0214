"""The one-time codes that a tested server has made, whether or not it sends them."""

from __future__ import annotations

from typing import Any, Final

from betterauth_py.options.hooks import DatabaseHooksOptions, RowHooks, TableHooks

# As better-auth 1.7.25's test-utils plugin strips them, but for the phone-number plugin those that it really has.
_PREFIXES: Final = (
    "email-verification-otp-",
    "sign-in-otp-",
    "forget-password-otp-",
    "phone-number-otp-",
    "phone-number-reset-",
)


class CapturedCodes:
    """Codes by whom they are for: an e-mail address or a phone number."""

    def __init__(self) -> None:
        """Begin without codes."""
        self._codes: dict[str, str] = {}

    def last_to(self, identifier: str) -> str:
        """Return the newest code for an address or phone number.

        Raises:
            AssertionError: if there is none, listing for whom there are codes.
        """
        if identifier not in self._codes:
            known = ", ".join(self._codes) or "nobody"
            raise AssertionError(f"There is no code for {identifier}. There are codes for: {known}")
        return self._codes[identifier]

    def clear(self) -> None:
        """Forget all codes."""
        self._codes.clear()

    def hooks(self) -> DatabaseHooksOptions:
        """Return what captures codes as the server stores them."""
        return DatabaseHooksOptions(verification=TableHooks(create=RowHooks(after=self._capture)))

    def _capture(self, row: dict[str, Any], _: Any) -> None:
        code = str(row.get("value") or "").partition(":")[0]
        identifier = str(row.get("identifier") or "")
        if code and identifier:
            prefix = next((prefix for prefix in _PREFIXES if identifier.startswith(prefix)), "")
            self._codes[identifier.removeprefix(prefix)] = code
