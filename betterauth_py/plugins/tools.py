"""What plugins are built with besides `betterauth_py.plugins`; every name is loaded at its first use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from betterauth_py.plugins.tool_homes import HOMES as _HOMES
from betterauth_py.public_names import load_public_name

if TYPE_CHECKING:
    from betterauth_py.access import RoleTable
    from betterauth_py.awaiting import resolve
    from betterauth_py.core.auth_context import logger
    from betterauth_py.core.origin import at_application
    from betterauth_py.core.output import session_reply, without_hidden_fields
    from betterauth_py.core.session_cookies import delete_session_cookie, set_cookie_cache
    from betterauth_py.crypto.jwks import ALGORITHMS, ALL_ALGORITHMS, Key, read_key
    from betterauth_py.crypto.jwt import are_current
    from betterauth_py.crypto.purpose import secrets_for
    from betterauth_py.crypto.random import generate_digits, generate_id, generate_letters
    from betterauth_py.crypto.secrets import SecretConfig, versioned
    from betterauth_py.crypto.signature_faults import is_ecdsa_signature, is_wrong_signature
    from betterauth_py.crypto.signing import (
        decode_base64,
        encode_base64url,
        hash_base64url,
        sign_base64,
        sign_base64url,
        verify_base64url,
    )
    from betterauth_py.crypto.signing_keys import SigningKey, generate_key_pair
    from betterauth_py.crypto.symmetric import UndecryptableError, decrypt, encrypt
    from betterauth_py.current import current_endpoint_context
    from betterauth_py.endpoints import CORE_ENDPOINTS
    from betterauth_py.errors import BetterAuthError, MissingExtraError
    from betterauth_py.flows.account_limits import count_password_try, forget_wrong_passwords
    from betterauth_py.flows.callbacks import call_mail_function, may_send, send_later
    from betterauth_py.flows.code_storage import CodeStorage, StoreOTPOptions, check_store
    from betterauth_py.flows.codes import (
        CodeRefusal,
        CodeRefusedError,
        check_code,
        find_code,
        find_reusable_code,
        prolong_code,
        store_code,
        store_code_discreetly,
        use_code,
    )
    from betterauth_py.flows.email_change import AddressRefusal
    from betterauth_py.flows.input import additional_defaults, refuse_long_name
    from betterauth_py.flows.oauth.errors import redirecting_failures
    from betterauth_py.flows.oauth.finishing import finish_oauth
    from betterauth_py.flows.oauth.identity import refuses_sign_up
    from betterauth_py.flows.password_reset import ResetRefusal, reset_password_of
    from betterauth_py.flows.passwords import refuse_long_password, refuse_short_password, store_password
    from betterauth_py.flows.pre_hijacking import is_from_before_takeover, note_takeover
    from betterauth_py.flows.proven_address import (
        move_to_proven_address,
        reset_password_by_proof,
        verify_proven_address,
    )
    from betterauth_py.flows.proven_sign_in import ProofRefusal, ProofRefusedError, ProvenSignIn, sign_in_by_proof
    from betterauth_py.flows.second_factor import SECOND_FACTOR_PROVEN
    from betterauth_py.flows.security import SESSION_COOKIE
    from betterauth_py.flows.security_log import record
    from betterauth_py.flows.session import (
        SessionEndedError,
        end_session_of_call,
        require_living_session,
        stored_token,
        while_signed_in,
    )
    from betterauth_py.flows.sign_in import Claim, Refusal, sign_in_with_password
    from betterauth_py.flows.signed_in import SIGN_IN_SCHEMA, TOKEN_REPLY, answer_sign_in, answer_with_token
    from betterauth_py.flows.single_use import store_single_use_value, store_single_use_values
    from betterauth_py.flows.users import create_proven_user, credential_account
    from betterauth_py.javascript.dates import revive, to_milliseconds
    from betterauth_py.javascript.json import stringify
    from betterauth_py.javascript.plain_json import InvalidJSONError, parse, stringify_plainly
    from betterauth_py.javascript.values import encode_uri_component, trim, utf16_length, well_formed
    from betterauth_py.models.fields import snake_case
    from betterauth_py.oauth.errors import OAuthError
    from betterauth_py.oauth.exchange import check_authentication
    from betterauth_py.oauth.http import ProviderClient
    from betterauth_py.oauth.id_token import read_claims
    from betterauth_py.oauth.options import ProviderOptions
    from betterauth_py.oauth.profile import all_set, boolean_of, known_of, placeholder_email, request_profile, value_at
    from betterauth_py.oauth.provider import (
        BASIC,
        ClientAuthentication,
        CodeExchange,
        IdTokenVerification,
        LogoutRequest,
        Pkce,
        ProfileMap,
        Provider,
        Source,
        UserInfoRequest,
    )
    from betterauth_py.oauth.providers import google
    from betterauth_py.oauth.tokens import JsonObject, text_of
    from betterauth_py.openapi import operations
    from betterauth_py.openapi.rows import describe_type
    from betterauth_py.options.access_control import load_access_control
    from betterauth_py.options.email_domains import check_email_domain
    from betterauth_py.options.load import load_value
    from betterauth_py.options.root import Secret
    from betterauth_py.options.time_spans import seconds_of
    from betterauth_py.pages import api_reference
    from betterauth_py.security_events import SecurityEvent
    from betterauth_py.store.errors import NotHeldError
    from betterauth_py.store.faults import is_fault
    from betterauth_py.store.holdings import Holdings
    from betterauth_py.store.pages import Pages
    from betterauth_py.store.shared_reads import SharedReads
    from betterauth_py.urls.parsing import get_origin, parse_url, resolve_url, with_query, with_query_parameter
    from betterauth_py.urls.queries import encode_query, take_query_parameter
    from betterauth_py.wire.coercion import to_number, to_text
    from betterauth_py.wire.cookies import decode_leniently, is_cookie_name
    from betterauth_py.wire.headers import ResponseHeaders

__all__ = [
    "ALGORITHMS",
    "ALL_ALGORITHMS",
    "BASIC",
    "CORE_ENDPOINTS",
    "SECOND_FACTOR_PROVEN",
    "SESSION_COOKIE",
    "SIGN_IN_SCHEMA",
    "TOKEN_REPLY",
    "AddressRefusal",
    "BetterAuthError",
    "Claim",
    "ClientAuthentication",
    "CodeExchange",
    "CodeRefusal",
    "CodeRefusedError",
    "CodeStorage",
    "Holdings",
    "IdTokenVerification",
    "InvalidJSONError",
    "JsonObject",
    "Key",
    "LogoutRequest",
    "MissingExtraError",
    "NotHeldError",
    "OAuthError",
    "Pages",
    "Pkce",
    "ProfileMap",
    "ProofRefusal",
    "ProofRefusedError",
    "ProvenSignIn",
    "Provider",
    "ProviderClient",
    "ProviderOptions",
    "Refusal",
    "ResetRefusal",
    "ResponseHeaders",
    "RoleTable",
    "Secret",
    "SecretConfig",
    "SecurityEvent",
    "SessionEndedError",
    "SharedReads",
    "SigningKey",
    "Source",
    "StoreOTPOptions",
    "UndecryptableError",
    "UserInfoRequest",
    "additional_defaults",
    "all_set",
    "answer_sign_in",
    "answer_with_token",
    "api_reference",
    "are_current",
    "at_application",
    "boolean_of",
    "call_mail_function",
    "check_authentication",
    "check_code",
    "check_email_domain",
    "check_store",
    "count_password_try",
    "create_proven_user",
    "credential_account",
    "current_endpoint_context",
    "decode_base64",
    "decode_leniently",
    "decrypt",
    "delete_session_cookie",
    "describe_type",
    "encode_base64url",
    "encode_query",
    "encode_uri_component",
    "encrypt",
    "end_session_of_call",
    "find_code",
    "find_reusable_code",
    "finish_oauth",
    "forget_wrong_passwords",
    "generate_digits",
    "generate_id",
    "generate_key_pair",
    "generate_letters",
    "get_origin",
    "google",
    "hash_base64url",
    "is_cookie_name",
    "is_ecdsa_signature",
    "is_fault",
    "is_from_before_takeover",
    "is_wrong_signature",
    "known_of",
    "load_access_control",
    "load_value",
    "logger",
    "may_send",
    "move_to_proven_address",
    "note_takeover",
    "operations",
    "parse",
    "parse_url",
    "placeholder_email",
    "prolong_code",
    "read_claims",
    "read_key",
    "record",
    "redirecting_failures",
    "refuse_long_name",
    "refuse_long_password",
    "refuse_short_password",
    "refuses_sign_up",
    "request_profile",
    "require_living_session",
    "reset_password_by_proof",
    "reset_password_of",
    "resolve",
    "resolve_url",
    "revive",
    "seconds_of",
    "secrets_for",
    "send_later",
    "session_reply",
    "set_cookie_cache",
    "sign_base64",
    "sign_base64url",
    "sign_in_by_proof",
    "sign_in_with_password",
    "snake_case",
    "store_code",
    "store_code_discreetly",
    "store_password",
    "store_single_use_value",
    "store_single_use_values",
    "stored_token",
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
    "verify_proven_address",
    "versioned",
    "well_formed",
    "while_signed_in",
    "with_query",
    "with_query_parameter",
    "without_hidden_fields",
]


def __getattr__(name: str) -> Any:
    """Load a public name from its home."""
    return load_public_name(__name__, _HOMES, name, extra="server")


def __dir__() -> list[str]:
    """List the public names."""
    return __all__
