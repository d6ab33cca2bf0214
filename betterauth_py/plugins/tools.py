"""What plugins are built with besides `betterauth_py.plugins`: cryptography, JSON, time, options, OAuth providers.

Every name is loaded at its first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from betterauth_py.public_names import load_public_name

if TYPE_CHECKING:
    from betterauth_py.awaiting import resolve
    from betterauth_py.core.auth_context import logger
    from betterauth_py.core.origin import at_application
    from betterauth_py.core.output import without_hidden_fields
    from betterauth_py.crypto.jwks import ALGORITHMS, ALL_ALGORITHMS, Key, read_key
    from betterauth_py.crypto.jwt import are_current
    from betterauth_py.crypto.purpose import secrets_for
    from betterauth_py.crypto.random import generate_id
    from betterauth_py.crypto.secrets import SecretConfig
    from betterauth_py.crypto.signing import decode_base64, sign_base64, verify_base64url
    from betterauth_py.crypto.signing_keys import SigningKey, generate_key_pair
    from betterauth_py.crypto.symmetric import UndecryptableError, decrypt, encrypt
    from betterauth_py.current import current_endpoint_context
    from betterauth_py.errors import BetterAuthError
    from betterauth_py.flows.account_limits import count_password_try, forget_wrong_passwords
    from betterauth_py.flows.codes import CodeRefusal, CodeRefusedError, check_code, find_code, store_code, use_code
    from betterauth_py.flows.oauth.errors import redirecting_failures
    from betterauth_py.flows.oauth.identity import refuses_sign_up
    from betterauth_py.flows.password_reset import ResetRefusal, reset_password_of
    from betterauth_py.flows.passwords import refuse_long_password, refuse_short_password
    from betterauth_py.flows.proven_sign_in import ProofRefusal, ProvenSignIn, sign_in_by_proof
    from betterauth_py.flows.security_log import record
    from betterauth_py.flows.sign_in import Claim, Refusal, sign_in_with_password
    from betterauth_py.flows.signed_in import SIGN_IN_SCHEMA, answer_sign_in
    from betterauth_py.flows.single_use import store_single_use_value
    from betterauth_py.flows.users import create_proven_user
    from betterauth_py.javascript.dates import revive, to_milliseconds
    from betterauth_py.javascript.json import stringify
    from betterauth_py.javascript.plain_json import InvalidJSONError, parse, stringify_plainly
    from betterauth_py.javascript.values import encode_uri_component, trim, utf16_length
    from betterauth_py.models.fields import snake_case
    from betterauth_py.oauth.errors import OAuthError
    from betterauth_py.oauth.http import ProviderClient
    from betterauth_py.oauth.id_token import read_claims
    from betterauth_py.oauth.options import ProviderOptions
    from betterauth_py.oauth.profile import all_set, boolean_of, known_of, placeholder_email, request_profile, value_at
    from betterauth_py.oauth.provider import (
        BASIC,
        ClientAuthentication,
        CodeExchange,
        IdTokenVerification,
        Pkce,
        ProfileMap,
        Provider,
        Source,
        UserInfoRequest,
    )
    from betterauth_py.oauth.providers import google
    from betterauth_py.oauth.tokens import JsonObject, text_of
    from betterauth_py.options.load import load_value
    from betterauth_py.options.root import Secret
    from betterauth_py.options.time_spans import seconds_of
    from betterauth_py.security_events import SecurityEvent
    from betterauth_py.store.faults import is_fault
    from betterauth_py.urls.parsing import get_origin, parse_url, resolve_url, with_query_parameter
    from betterauth_py.urls.queries import take_query_parameter
    from betterauth_py.wire.coercion import to_number, to_text
    from betterauth_py.wire.cookies import decode_leniently

__all__ = [
    "ALGORITHMS",
    "ALL_ALGORITHMS",
    "BASIC",
    "SIGN_IN_SCHEMA",
    "BetterAuthError",
    "Claim",
    "ClientAuthentication",
    "CodeExchange",
    "CodeRefusal",
    "CodeRefusedError",
    "IdTokenVerification",
    "InvalidJSONError",
    "JsonObject",
    "Key",
    "OAuthError",
    "Pkce",
    "ProfileMap",
    "ProofRefusal",
    "ProvenSignIn",
    "Provider",
    "ProviderClient",
    "ProviderOptions",
    "Refusal",
    "ResetRefusal",
    "Secret",
    "SecretConfig",
    "SecurityEvent",
    "SigningKey",
    "Source",
    "UndecryptableError",
    "UserInfoRequest",
    "all_set",
    "answer_sign_in",
    "are_current",
    "at_application",
    "boolean_of",
    "check_code",
    "count_password_try",
    "create_proven_user",
    "current_endpoint_context",
    "decode_base64",
    "decode_leniently",
    "decrypt",
    "encode_uri_component",
    "encrypt",
    "find_code",
    "forget_wrong_passwords",
    "generate_id",
    "generate_key_pair",
    "get_origin",
    "google",
    "is_fault",
    "known_of",
    "load_value",
    "logger",
    "parse",
    "parse_url",
    "placeholder_email",
    "read_claims",
    "read_key",
    "record",
    "redirecting_failures",
    "refuse_long_password",
    "refuse_short_password",
    "refuses_sign_up",
    "request_profile",
    "reset_password_of",
    "resolve",
    "resolve_url",
    "revive",
    "seconds_of",
    "secrets_for",
    "sign_base64",
    "sign_in_by_proof",
    "sign_in_with_password",
    "snake_case",
    "store_code",
    "store_single_use_value",
    "stringify",
    "stringify_plainly",
    "take_query_parameter",
    "text_of",
    "to_milliseconds",
    "to_number",
    "to_text",
    "trim",
    "use_code",
    "utf16_length",
    "value_at",
    "verify_base64url",
    "with_query_parameter",
    "without_hidden_fields",
]

_HOMES = {
    "refuse_short_password": "betterauth_py.flows.passwords",
    "refuse_long_password": "betterauth_py.flows.passwords",
    "forget_wrong_passwords": "betterauth_py.flows.account_limits",
    "reset_password_of": "betterauth_py.flows.password_reset",
    "ResetRefusal": "betterauth_py.flows.password_reset",
    "CodeRefusedError": "betterauth_py.flows.codes",
    "Secret": "betterauth_py.options.root",
    "SecretConfig": "betterauth_py.crypto.secrets",
    "at_application": "betterauth_py.core.origin",
    "redirecting_failures": "betterauth_py.flows.oauth.errors",
    "refuses_sign_up": "betterauth_py.flows.oauth.identity",
    "revive": "betterauth_py.javascript.dates",
    "secrets_for": "betterauth_py.crypto.purpose",
    "take_query_parameter": "betterauth_py.urls.queries",
    "with_query_parameter": "betterauth_py.urls.parsing",
    "decode_leniently": "betterauth_py.wire.cookies",
    "is_fault": "betterauth_py.store.faults",
    "record": "betterauth_py.flows.security_log",
    "SecurityEvent": "betterauth_py.security_events",
    "sign_base64": "betterauth_py.crypto.signing",
    "store_single_use_value": "betterauth_py.flows.single_use",
    "to_number": "betterauth_py.wire.coercion",
    "verify_base64url": "betterauth_py.crypto.signing",
    "ALL_ALGORITHMS": "betterauth_py.crypto.jwks",
    "trim": "betterauth_py.javascript.values",
    "encode_uri_component": "betterauth_py.javascript.values",
    "to_text": "betterauth_py.wire.coercion",
    "get_origin": "betterauth_py.urls.parsing",
    "parse_url": "betterauth_py.urls.parsing",
    "resolve_url": "betterauth_py.urls.parsing",
    "OAuthError": "betterauth_py.oauth.errors",
    "ProviderClient": "betterauth_py.oauth.http",
    "read_claims": "betterauth_py.oauth.id_token",
    "ProviderOptions": "betterauth_py.oauth.options",
    "all_set": "betterauth_py.oauth.profile",
    "boolean_of": "betterauth_py.oauth.profile",
    "known_of": "betterauth_py.oauth.profile",
    "placeholder_email": "betterauth_py.oauth.profile",
    "request_profile": "betterauth_py.oauth.profile",
    "value_at": "betterauth_py.oauth.profile",
    "BASIC": "betterauth_py.oauth.provider",
    "ClientAuthentication": "betterauth_py.oauth.provider",
    "CodeExchange": "betterauth_py.oauth.provider",
    "IdTokenVerification": "betterauth_py.oauth.provider",
    "Pkce": "betterauth_py.oauth.provider",
    "ProfileMap": "betterauth_py.oauth.provider",
    "Provider": "betterauth_py.oauth.provider",
    "Source": "betterauth_py.oauth.provider",
    "UserInfoRequest": "betterauth_py.oauth.provider",
    "JsonObject": "betterauth_py.oauth.tokens",
    "text_of": "betterauth_py.oauth.tokens",
    "CodeRefusal": "betterauth_py.flows.codes",
    "check_code": "betterauth_py.flows.codes",
    "find_code": "betterauth_py.flows.codes",
    "store_code": "betterauth_py.flows.codes",
    "use_code": "betterauth_py.flows.codes",
    "ALGORITHMS": "betterauth_py.crypto.jwks",
    "BetterAuthError": "betterauth_py.errors",
    "Claim": "betterauth_py.flows.sign_in",
    "InvalidJSONError": "betterauth_py.javascript.plain_json",
    "Key": "betterauth_py.crypto.jwks",
    "ProofRefusal": "betterauth_py.flows.proven_sign_in",
    "ProvenSignIn": "betterauth_py.flows.proven_sign_in",
    "Refusal": "betterauth_py.flows.sign_in",
    "SIGN_IN_SCHEMA": "betterauth_py.flows.signed_in",
    "SigningKey": "betterauth_py.crypto.signing_keys",
    "UndecryptableError": "betterauth_py.crypto.symmetric",
    "answer_sign_in": "betterauth_py.flows.signed_in",
    "are_current": "betterauth_py.crypto.jwt",
    "create_proven_user": "betterauth_py.flows.users",
    "count_password_try": "betterauth_py.flows.account_limits",
    "current_endpoint_context": "betterauth_py.current",
    "decode_base64": "betterauth_py.crypto.signing",
    "decrypt": "betterauth_py.crypto.symmetric",
    "encrypt": "betterauth_py.crypto.symmetric",
    "generate_id": "betterauth_py.crypto.random",
    "generate_key_pair": "betterauth_py.crypto.signing_keys",
    "google": "betterauth_py.oauth.providers.google",
    "load_value": "betterauth_py.options.load",
    "logger": "betterauth_py.core.auth_context",
    "parse": "betterauth_py.javascript.plain_json",
    "read_key": "betterauth_py.crypto.jwks",
    "resolve": "betterauth_py.awaiting",
    "seconds_of": "betterauth_py.options.time_spans",
    "sign_in_by_proof": "betterauth_py.flows.proven_sign_in",
    "sign_in_with_password": "betterauth_py.flows.sign_in",
    "snake_case": "betterauth_py.models.fields",
    "stringify": "betterauth_py.javascript.json",
    "stringify_plainly": "betterauth_py.javascript.plain_json",
    "to_milliseconds": "betterauth_py.javascript.dates",
    "utf16_length": "betterauth_py.javascript.values",
    "without_hidden_fields": "betterauth_py.core.output",
}


def __getattr__(name: str) -> Any:
    """Load a public name from its home."""
    return load_public_name(__name__, _HOMES, name, extra="server")


def __dir__() -> list[str]:
    """List the public names."""
    return __all__
