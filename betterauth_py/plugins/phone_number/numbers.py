"""The rules for phone numbers of one deployment."""

from __future__ import annotations

from re import compile as compile_pattern
from typing import Final
from unicodedata import category

from betterauth_py.plugins import APIError
from betterauth_py.plugins.phone_number.errors import PhoneNumberErrorCodes
from betterauth_py.plugins.phone_number.options import PLACEHOLDER, PhoneNumberOptions
from betterauth_py.plugins.tools import generate_id, resolve, utf16_length

LONGEST: Final = 255
_E164: Final = compile_pattern(r"\+[1-9][0-9]{6,14}")


class Numbers:
    """What numbers may be, and what users are called by them."""

    def __init__(self, options: PhoneNumberOptions) -> None:
        """Use the rules of `options`."""
        self.options = options

    def require_storable(self, number: str) -> None:
        """Refuse what no number is and no database keeps: too long, control characters, half surrogate pairs.

        Raises:
            APIError: 400.
        """
        if utf16_length(number) > LONGEST or any(category(letter) in {"Cc", "Cs"} for letter in number):
            raise APIError.of(400, PhoneNumberErrorCodes.INVALID_PHONE_NUMBER)

    async def require_valid(self, number: str) -> None:
        """Refuse a number that the options do not allow.

        Raises:
            APIError: 400.
        """
        self.require_storable(number)
        validate, prefixes = self.options.phone_number_validator, tuple(self.options.allowed_prefixes)
        if validate == "e164":
            is_valid = _E164.fullmatch(number) is not None
        else:
            is_valid = not callable(validate) or bool(await resolve(validate(number)))
        if not is_valid or (prefixes and not number.startswith(prefixes)):
            raise APIError.of(400, PhoneNumberErrorCodes.INVALID_PHONE_NUMBER)

    def email_of(self, number: str) -> str:
        """Return the address of the user who signs up with a number.

        Raises:
            APIError: 400 for a number without digits.
        """
        sign_up = self.options.sign_up_on_verification
        if sign_up is None:
            raise APIError.of(400, PhoneNumberErrorCodes.PHONE_NUMBER_NOT_EXIST)
        if callable(sign_up.get_temp_email):
            return sign_up.get_temp_email(number)
        digits = _digits_of(number)
        if not digits:
            raise APIError.of(400, PhoneNumberErrorCodes.INVALID_PHONE_NUMBER)
        return sign_up.get_temp_email.replace(PLACEHOLDER, digits)

    def other_email_of(self, number: str) -> str | None:
        """Return an address that nobody can guess, for a number whose usual one is taken; None if functions make it."""
        sign_up = self.options.sign_up_on_verification
        if sign_up is None or callable(sign_up.get_temp_email):
            return None
        return sign_up.get_temp_email.replace(PLACEHOLDER, f"{_digits_of(number)}.{generate_id(16).lower()}")

    def name_of(self, number: str) -> str:
        """Return the name of the user who signs up with a number."""
        sign_up = self.options.sign_up_on_verification
        make = sign_up.get_temp_name if sign_up is not None else None
        return number if make is None else make(number)


def _digits_of(number: str) -> str:
    return "".join(letter for letter in number if letter in "0123456789")
