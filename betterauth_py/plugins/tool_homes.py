"""Which modules have the names of `betterauth_py.plugins.tools`."""

from __future__ import annotations

from typing import Final

_MODULES: Final = {
    "betterauth_py.access": "RoleTable",
    "betterauth_py.awaiting": "resolve",
    "betterauth_py.core.auth_context": "logger",
    "betterauth_py.core.origin": "at_application",
    "betterauth_py.core.output": "session_reply without_hidden_fields",
    "betterauth_py.core.session_cookies": "delete_session_cookie set_cookie_cache",
    "betterauth_py.crypto.jwks": "ALGORITHMS ALL_ALGORITHMS Key read_key",
    "betterauth_py.crypto.jwt": "are_current",
    "betterauth_py.crypto.purpose": "secrets_for",
    "betterauth_py.crypto.random": "generate_digits generate_id generate_letters",
    "betterauth_py.crypto.secrets": "SecretConfig versioned",
    "betterauth_py.crypto.signature_faults": "is_ecdsa_signature is_wrong_signature",
    "betterauth_py.crypto.signing": (
        "decode_base64 encode_base64url hash_base64url sign_base64 sign_base64url verify_base64url"
    ),
    "betterauth_py.crypto.signing_keys": "SigningKey generate_key_pair",
    "betterauth_py.crypto.symmetric": "UndecryptableError decrypt encrypt",
    "betterauth_py.current": "current_endpoint_context",
    "betterauth_py.endpoints": "CORE_ENDPOINTS",
    "betterauth_py.errors": "BetterAuthError MissingExtraError",
    "betterauth_py.flows.account_limits": "count_password_try forget_wrong_passwords",
    "betterauth_py.flows.callbacks": "call_mail_function may_send send_later",
    "betterauth_py.flows.code_storage": "CodeStorage StoreOTPOptions check_store",
    "betterauth_py.flows.codes": (
        "CodeRefusal CodeRefusedError check_code find_code find_reusable_code prolong_code store_code "
        "store_code_discreetly use_code"
    ),
    "betterauth_py.flows.email_change": "AddressRefusal",
    "betterauth_py.flows.input": "additional_defaults refuse_long_name",
    "betterauth_py.flows.oauth.errors": "redirecting_failures",
    "betterauth_py.flows.oauth.finishing": "finish_oauth",
    "betterauth_py.flows.oauth.identity": "refuses_sign_up",
    "betterauth_py.flows.password_reset": "ResetRefusal reset_password_of",
    "betterauth_py.flows.passwords": "refuse_long_password refuse_short_password store_password",
    "betterauth_py.flows.pre_hijacking": "is_from_before_takeover note_takeover",
    "betterauth_py.flows.proven_address": "move_to_proven_address reset_password_by_proof verify_proven_address",
    "betterauth_py.flows.proven_sign_in": "ProofRefusal ProofRefusedError ProvenSignIn sign_in_by_proof",
    "betterauth_py.flows.second_factor": "SECOND_FACTOR_PROVEN",
    "betterauth_py.flows.security_log": "record",
    "betterauth_py.flows.security": "SESSION_COOKIE",
    "betterauth_py.flows.session": (
        "SessionEndedError end_session_of_call require_living_session stored_token while_signed_in"
    ),
    "betterauth_py.flows.sign_in": "Claim Refusal sign_in_with_password",
    "betterauth_py.flows.signed_in": "SIGN_IN_SCHEMA TOKEN_REPLY answer_sign_in answer_with_token",
    "betterauth_py.flows.single_use": "store_single_use_value store_single_use_values",
    "betterauth_py.flows.users": "create_proven_user credential_account",
    "betterauth_py.javascript.dates": "revive to_milliseconds",
    "betterauth_py.javascript.json": "stringify",
    "betterauth_py.javascript.plain_json": "InvalidJSONError parse stringify_plainly",
    "betterauth_py.javascript.values": "encode_uri_component trim utf16_length well_formed",
    "betterauth_py.models.fields": "snake_case",
    "betterauth_py.oauth.errors": "OAuthError",
    "betterauth_py.oauth.exchange": "check_authentication",
    "betterauth_py.oauth.http": "ProviderClient",
    "betterauth_py.oauth.id_token": "read_claims",
    "betterauth_py.oauth.options": "ProviderOptions",
    "betterauth_py.oauth.profile": "all_set boolean_of known_of placeholder_email request_profile value_at",
    "betterauth_py.oauth.provider": (
        "BASIC ClientAuthentication CodeExchange IdTokenVerification LogoutRequest Pkce ProfileMap Provider Source "
        "UserInfoRequest"
    ),
    "betterauth_py.oauth.providers.google": "google",
    "betterauth_py.oauth.tokens": "JsonObject text_of",
    "betterauth_py.openapi.operations": "operations",
    "betterauth_py.openapi.rows": "describe_type",
    "betterauth_py.options.access_control": "load_access_control",
    "betterauth_py.options.email_domains": "check_email_domain",
    "betterauth_py.options.load": "load_value",
    "betterauth_py.options.root": "Secret",
    "betterauth_py.options.time_spans": "seconds_of",
    "betterauth_py.pages.api_reference": "api_reference",
    "betterauth_py.security_events": "SecurityEvent",
    "betterauth_py.store.pages": "Pages",
    "betterauth_py.store.shared_reads": "SharedReads",
    "betterauth_py.store.errors": "NotHeldError",
    "betterauth_py.store.faults": "is_fault",
    "betterauth_py.store.holdings": "Holdings",
    "betterauth_py.urls.parsing": "get_origin parse_url resolve_url with_query with_query_parameter",
    "betterauth_py.urls.queries": "encode_query take_query_parameter",
    "betterauth_py.wire.coercion": "to_number to_text",
    "betterauth_py.wire.cookies": "decode_leniently is_cookie_name",
    "betterauth_py.wire.headers": "ResponseHeaders",
}
HOMES: Final = {name: module for module, names in _MODULES.items() for name in names.split()}
