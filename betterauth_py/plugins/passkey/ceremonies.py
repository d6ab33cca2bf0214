"""The options of both ceremonies, as browsers read them (WebAuthn Level 3, 5.1.8 and 5.1.9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from secrets import token_bytes
from typing import Any, Final

from betterauth_py.plugins import EndpointContext, Row, Where
from betterauth_py.plugins.passkey.options import Extensions, PasskeyOptions, RegistrationUser
from betterauth_py.plugins.passkey.verification import ALGORITHMS
from betterauth_py.plugins.tools import encode_base64url, generate_id, resolve

Context = EndpointContext[Any, Any]

_TIMEOUT: Final = 60_000


async def passkeys_of(ctx: Context, user_id: str) -> list[Row]:
    """Return the passkeys of a user, as many as better-auth's `findMany` without a limit."""
    rows = ctx.auth.rows
    return await rows.find_many("passkey", Where("userId", user_id), limit=rows.list_limit)


async def extensions_of(extensions: Extensions | None, ctx: Context) -> Mapping[str, Any] | None:
    """Return the extensions that the options ask for."""
    return await resolve(extensions(ctx)) if callable(extensions) else extensions


def registration_options(
    options: PasskeyOptions,
    user: RegistrationUser,
    known: Sequence[Row],
    *,
    rp: Mapping[str, str],
    name: str | None,
    attachment: str | None,
    extensions: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """Return new options for `navigator.credentials.create()`."""
    selected = options.authenticator_selection
    attachment = attachment or selected.authenticator_attachment
    # Authenticators keep one passkey for each of these ids, so each passkey has its own, as with better-auth.
    handle = generate_id(32).lower()
    return {
        "challenge": new_challenge(),
        "rp": rp,
        "user": {
            "id": encode_base64url(handle.encode()),
            "name": name or user.name or user.id,
            "displayName": user.display_name or user.name or user.id,
        },
        "pubKeyCredParams": [{"alg": int(algorithm), "type": "public-key"} for algorithm in ALGORITHMS],
        "timeout": _TIMEOUT,
        "attestation": "none",
        "excludeCredentials": [_descriptor(row) for row in known],
        "authenticatorSelection": {
            "residentKey": selected.resident_key,
            "userVerification": selected.user_verification,
            **({"authenticatorAttachment": attachment} if attachment else {}),
            "requireResidentKey": selected.resident_key == "required",
        },
        "extensions": {**(extensions or {}), "credProps": True},
        "hints": [],
    }


def authentication_options(known: Sequence[Row], *, rp_id: str, extensions: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return new options for `navigator.credentials.get()`."""
    return {
        "rpId": rp_id,
        "challenge": new_challenge(),
        **({"allowCredentials": [_descriptor(row) for row in known]} if known else {}),
        "timeout": _TIMEOUT,
        "userVerification": "preferred",
        **({} if extensions is None else {"extensions": extensions}),
    }


def new_challenge() -> str:
    """Return 32 random bytes in base64url."""
    return encode_base64url(token_bytes(32))


def _descriptor(row: Row) -> dict[str, Any]:
    transports = row["transports"]
    of_row = {} if transports is None else {"transports": transports.split(",")}
    return {"id": row["credentialID"], **of_row, "type": "public-key"}
