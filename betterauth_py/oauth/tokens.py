"""The answer of a token endpoint, and the user that the tokens belong to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from betterauth_py.oauth.addresses import is_one_address

JsonObject = dict[str, Any]


def text_of(answer: Mapping[str, Any], name: str) -> str | None:
    """Return a value of a provider's answer if it is a string that is not empty, else None."""
    value = answer.get(name)
    return value if isinstance(value, str) and value else None


@dataclass(frozen=True, kw_only=True)
class Tokens:
    """The answer of a token endpoint (RFC 6749, 5.1), as far as it has the right types."""

    access_token: str | None = field(default=None, repr=False)
    """The token for requests to the provider's API."""
    refresh_token: str | None = field(default=None, repr=False)
    """The token that gets a new access token."""
    id_token: str | None = field(default=None, repr=False)
    """OpenID Connect's signed claims about the user."""
    token_type: str | None = None
    """`bearer`, in whatever case the provider writes it."""
    access_token_expires_at: datetime | None = None
    """When the access token expires; None if the provider does not say."""
    refresh_token_expires_at: datetime | None = None
    """When the refresh token expires; None if the provider does not say."""
    scopes: tuple[str, ...] | None = None
    """The granted scopes; empty if the provider does not say, None for tokens that a client sent."""
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """The whole answer."""
    posted_user: JsonObject | None = field(default=None, repr=False)
    """The user that Apple posts to the callback, at the first sign-in only, or that a client sends with an ID token."""
    expected_nonce: str | None = field(default=None, repr=False)
    """The nonce that the ID token must have, for a provider with `requires_id_token_nonce`."""


@dataclass(frozen=True, kw_only=True)
class OAuthUser:
    """A user as a provider describes them."""

    fields: JsonObject = field(repr=False)
    """The fields of a local user under their wire names, as the provider and `map_profile_to_user` give them: they may
    be absent, or of any type. For decisions use the properties."""
    profile: JsonObject = field(repr=False)
    """The provider's own profile, unchanged except for what better-auth adds to it."""
    subject: str | None
    """The provider's immutable id of the user; None if the profile has none, which makes a sign-in impossible."""

    @property
    def email(self) -> str | None:
        """The address, or None: a provider may give none, or one that a user cannot have."""
        email = text_of(self.fields, "email")
        return email if email and is_one_address(email) else None

    @property
    def address(self) -> str:
        """The address as users are found by it: in small letters, empty if there is none."""
        return (self.email or "").lower()

    @property
    def name(self) -> str | None:
        """The name, or None."""
        return text_of(self.fields, "name")

    @property
    def image(self) -> str | None:
        """The URL of a picture, or None."""
        return text_of(self.fields, "image")

    @property
    def email_verified(self) -> bool:
        """Whether the provider has verified the address: only `true` and `"true"` say so."""
        verified = self.fields.get("emailVerified")
        return verified is True or verified == "true"

    @property
    def more(self) -> JsonObject:
        """The further fields, for additional fields of the user table."""
        return {name: value for name, value in self.fields.items() if name not in _KNOWN}


_KNOWN = frozenset({"id", "name", "email", "image", "emailVerified"})
