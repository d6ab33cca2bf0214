"""What has been verified, as the functions of the options receive it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class VerifiedRegistration:
    """A new passkey that its authenticator has proved."""

    credential_id: str
    """The id of the credential, in base64url."""
    public_key: bytes
    """The public key, as COSE (RFC 9052)."""
    counter: int
    """How often the authenticator says it has been used."""
    aaguid: str
    """The model of the authenticator (`authenticator_name` knows some); only zeros if it does not say."""
    fmt: str
    """The format of the attestation, usually `none`."""
    device_type: str
    """`multiDevice` if the passkey may be copied to other devices of the user, otherwise `singleDevice`."""
    backed_up: bool
    """Whether it has been copied."""
    user_verified: bool
    """Whether the authenticator has verified the user."""
    origin: str
    """The origin of the page."""
    context: str | None
    """The `context` that the client sent when it asked for the options."""
    client_data: Mapping[str, Any] = field(repr=False)
    """The response as the client has sent it."""
    attestation_object: bytes = field(repr=False)
    """The attestation."""


@dataclass(frozen=True, kw_only=True)
class VerifiedAuthentication:
    """A sign-in that the authenticator has proved."""

    credential_id: str
    """The id of the credential, in base64url."""
    new_counter: int
    """How often the authenticator says it has been used."""
    device_type: str
    """`multiDevice` if the passkey may be copied to other devices of the user, otherwise `singleDevice`."""
    backed_up: bool
    """Whether it has been copied."""
    user_verified: bool
    """Whether the authenticator has verified the user."""
    origin: str
    """The origin of the page."""
    client_data: Mapping[str, Any] = field(repr=False)
    """The response as the client has sent it."""
