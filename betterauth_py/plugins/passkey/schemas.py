"""The answers of the plugin, for OpenAPI."""

from __future__ import annotations

from typing import Any, Final

_TEXT: Final = {"type": "string"}
_DESCRIPTORS: Final = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {"id": _TEXT, "type": _TEXT, "transports": {"type": "array", "items": _TEXT}},
        "required": ["id", "type"],
    },
}
_NULLABLE: Final = {"type": ["string", "null"]}
_PASSKEY_FIELDS: Final = {
    "name": _NULLABLE,
    "publicKey": _TEXT,
    "userId": _TEXT,
    "credentialID": _TEXT,
    "counter": {"type": "number"},
    "deviceType": _TEXT,
    "backedUp": {"type": "boolean"},
    "transports": _NULLABLE,
    "createdAt": {"type": ["string", "null"], "format": "date-time"},
    "aaguid": _NULLABLE,
    "id": _TEXT,
}
_REQUIRED: Final = ["publicKey", "userId", "credentialID", "counter", "deviceType", "backedUp", "id"]

PASSKEY_SCHEMA: Final[dict[str, Any]] = {"type": "object", "properties": _PASSKEY_FIELDS, "required": _REQUIRED}
"""A passkey."""

REGISTERED_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        **_PASSKEY_FIELDS,
        "session": {"$ref": "#/components/schemas/Session"},
        "user": {"$ref": "#/components/schemas/User"},
    },
    "required": _REQUIRED,
}
"""A new passkey, maybe with a session and its user."""

REGISTRATION_OPTIONS_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "challenge": _TEXT,
        "rp": {"type": "object", "properties": {"name": _TEXT, "id": _TEXT}},
        "user": {"type": "object", "properties": {"id": _TEXT, "name": _TEXT, "displayName": _TEXT}},
        "pubKeyCredParams": {
            "type": "array",
            "items": {"type": "object", "properties": {"type": _TEXT, "alg": {"type": "number"}}},
        },
        "timeout": {"type": "number"},
        "attestation": _TEXT,
        "excludeCredentials": _DESCRIPTORS,
        "authenticatorSelection": {
            "type": "object",
            "properties": {
                "residentKey": _TEXT,
                "userVerification": _TEXT,
                "authenticatorAttachment": _TEXT,
                "requireResidentKey": {"type": "boolean"},
            },
        },
        "extensions": {"type": "object"},
        "hints": {"type": "array", "items": _TEXT},
    },
    "required": ["challenge", "rp", "user", "pubKeyCredParams", "timeout", "excludeCredentials", "extensions"],
}
"""`PublicKeyCredentialCreationOptionsJSON`."""

AUTHENTICATION_OPTIONS_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "rpId": _TEXT,
        "challenge": _TEXT,
        "allowCredentials": _DESCRIPTORS,
        "timeout": {"type": "number"},
        "userVerification": _TEXT,
        "extensions": {"type": "object"},
    },
    "required": ["rpId", "challenge", "timeout", "userVerification"],
}
"""`PublicKeyCredentialRequestOptionsJSON`."""
