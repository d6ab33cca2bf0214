"""What the author of a plugin may use: every name is loaded at its first use. See `docs/plugins.md`.

The plugins that come with the server are folders here, with the same modules in each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from betterauth_py.public_names import load_public_name

if TYPE_CHECKING:
    from betterauth_py.access import AccessControl, Role, read_access_control
    from betterauth_py.core.auth_context import AuthContext
    from betterauth_py.core.call_state import StateKey
    from betterauth_py.core.caller import Caller, NoRequest
    from betterauth_py.core.context import EndpointContext
    from betterauth_py.core.contributions import Contributions, CookieCacheSigner, PasswordCheck
    from betterauth_py.core.endpoint import Endpoint, Reply, endpoint
    from betterauth_py.core.extensions import Extension, ExtensionPoint
    from betterauth_py.core.guard import Guard, all_of, any_of
    from betterauth_py.core.messages import Request, Response, json_response, page_response, text_response
    from betterauth_py.core.plugin import Hook, PathRule, Plugin
    from betterauth_py.core.plugin_factory import PluginFactory, plugin_factory
    from betterauth_py.core.refusals import RefusedError, answering
    from betterauth_py.core.session_cookies import set_session_cookie
    from betterauth_py.endpoints import core_endpoint
    from betterauth_py.errors import ConfigurationError
    from betterauth_py.flows.input import read_additional_fields
    from betterauth_py.flows.mails import mail_sender, send_mail
    from betterauth_py.flows.oauth.begin import authorization_url
    from betterauth_py.flows.oauth.errors import OAuthErrorCode, OAuthFailedError, error_redirect
    from betterauth_py.flows.oauth.id_tokens import identity_of_id_token
    from betterauth_py.flows.oauth.identity import (
        AccountKey,
        Callback,
        Identity,
        exchange_callback,
        find_provider,
        read_profile,
    )
    from betterauth_py.flows.oauth.linking import link_oauth_account
    from betterauth_py.flows.oauth.sign_in import OAuthSignIn, sign_in_oauth_user
    from betterauth_py.flows.oauth.state import LinkIntent, add_server_context, begin_oauth, complete_oauth, oauth_state
    from betterauth_py.flows.passwords import PasswordRefusal, require_password, set_password_of
    from betterauth_py.flows.security import Security
    from betterauth_py.flows.session import SessionClient, client_of, create_session, find_session, signed_in
    from betterauth_py.flows.sms import call_sender, may_text, send_sms
    from betterauth_py.flows.users import UserNotAdmittedError, UserRefusedError, create_user, new_user
    from betterauth_py.javascript.values import UNDEFINED
    from betterauth_py.mail.kinds import MailKind, sample_of
    from betterauth_py.mail.names import harmless_name
    from betterauth_py.models.fields import Field, Model
    from betterauth_py.oauth.social_provider import SocialProvider
    from betterauth_py.oauth.tokens import OAuthUser, Tokens
    from betterauth_py.options.hooks import DatabaseHooksOptions, RowHooks, TableHooks
    from betterauth_py.options.plugin_tables import ColumnsOptions, TableOptions
    from betterauth_py.options.rate_limit import RateLimitRule
    from betterauth_py.options.types import FieldReference, FieldTransform, MaybeAwaitable, Seconds
    from betterauth_py.sms.kinds import SmsKind
    from betterauth_py.store.conditions import AnyOf, Where
    from betterauth_py.store.errors import NotStoredError
    from betterauth_py.store.hooks import Row
    from betterauth_py.urls.wildcards import wildcard
    from betterauth_py.wire import validation
    from betterauth_py.wire.cookies import Cookie, CookieAttributes
    from betterauth_py.wire.errors import APIError, BaseErrorCodes, ErrorCode, ErrorCodes, declare

__all__ = [
    "UNDEFINED",
    "APIError",
    "AccessControl",
    "AccountKey",
    "AnyOf",
    "AuthContext",
    "BaseErrorCodes",
    "Callback",
    "Caller",
    "ColumnsOptions",
    "ConfigurationError",
    "Contributions",
    "Cookie",
    "CookieAttributes",
    "CookieCacheSigner",
    "DatabaseHooksOptions",
    "Endpoint",
    "EndpointContext",
    "ErrorCode",
    "ErrorCodes",
    "Extension",
    "ExtensionPoint",
    "Field",
    "FieldReference",
    "FieldTransform",
    "Guard",
    "Hook",
    "Identity",
    "LinkIntent",
    "MailKind",
    "MaybeAwaitable",
    "Model",
    "NoRequest",
    "NotStoredError",
    "OAuthErrorCode",
    "OAuthFailedError",
    "OAuthSignIn",
    "OAuthUser",
    "PasswordCheck",
    "PasswordRefusal",
    "PathRule",
    "Plugin",
    "PluginFactory",
    "RateLimitRule",
    "RefusedError",
    "Reply",
    "Request",
    "Response",
    "Role",
    "Row",
    "RowHooks",
    "Seconds",
    "Security",
    "SessionClient",
    "SmsKind",
    "SocialProvider",
    "StateKey",
    "TableHooks",
    "TableOptions",
    "Tokens",
    "UserNotAdmittedError",
    "UserRefusedError",
    "Where",
    "add_server_context",
    "all_of",
    "answering",
    "any_of",
    "authorization_url",
    "begin_oauth",
    "call_sender",
    "client_of",
    "complete_oauth",
    "core_endpoint",
    "create_session",
    "create_user",
    "declare",
    "endpoint",
    "error_redirect",
    "exchange_callback",
    "find_provider",
    "find_session",
    "harmless_name",
    "identity_of_id_token",
    "json_response",
    "link_oauth_account",
    "mail_sender",
    "may_text",
    "new_user",
    "oauth_state",
    "page_response",
    "plugin_factory",
    "read_access_control",
    "read_additional_fields",
    "read_profile",
    "require_password",
    "sample_of",
    "send_mail",
    "send_sms",
    "set_password_of",
    "set_session_cookie",
    "sign_in_oauth_user",
    "signed_in",
    "text_response",
    "validation",
    "wildcard",
]

_HOMES = {
    "call_sender": "betterauth_py.flows.sms",
    "may_text": "betterauth_py.flows.sms",
    "send_sms": "betterauth_py.flows.sms",
    "SmsKind": "betterauth_py.sms.kinds",
    "UNDEFINED": "betterauth_py.javascript.values",
    "APIError": "betterauth_py.wire.errors",
    "AccessControl": "betterauth_py.access",
    "AccountKey": "betterauth_py.flows.oauth.identity",
    "AnyOf": "betterauth_py.store.conditions",
    "AuthContext": "betterauth_py.core.auth_context",
    "BaseErrorCodes": "betterauth_py.wire.errors",
    "Callback": "betterauth_py.flows.oauth.identity",
    "Caller": "betterauth_py.core.caller",
    "ColumnsOptions": "betterauth_py.options.plugin_tables",
    "ConfigurationError": "betterauth_py.errors",
    "Contributions": "betterauth_py.core.contributions",
    "Cookie": "betterauth_py.wire.cookies",
    "CookieAttributes": "betterauth_py.wire.cookies",
    "CookieCacheSigner": "betterauth_py.core.contributions",
    "DatabaseHooksOptions": "betterauth_py.options.hooks",
    "Endpoint": "betterauth_py.core.endpoint",
    "EndpointContext": "betterauth_py.core.context",
    "ErrorCode": "betterauth_py.wire.errors",
    "ErrorCodes": "betterauth_py.wire.errors",
    "Extension": "betterauth_py.core.extensions",
    "ExtensionPoint": "betterauth_py.core.extensions",
    "Field": "betterauth_py.models.fields",
    "FieldReference": "betterauth_py.options.types",
    "FieldTransform": "betterauth_py.options.types",
    "Guard": "betterauth_py.core.guard",
    "Hook": "betterauth_py.core.plugin",
    "Identity": "betterauth_py.flows.oauth.identity",
    "LinkIntent": "betterauth_py.flows.oauth.state",
    "MailKind": "betterauth_py.mail.kinds",
    "MaybeAwaitable": "betterauth_py.options.types",
    "Model": "betterauth_py.models.fields",
    "NoRequest": "betterauth_py.core.caller",
    "NotStoredError": "betterauth_py.store.errors",
    "OAuthErrorCode": "betterauth_py.flows.oauth.errors",
    "OAuthFailedError": "betterauth_py.flows.oauth.errors",
    "OAuthSignIn": "betterauth_py.flows.oauth.sign_in",
    "OAuthUser": "betterauth_py.oauth.tokens",
    "PasswordCheck": "betterauth_py.core.contributions",
    "PasswordRefusal": "betterauth_py.flows.passwords",
    "PathRule": "betterauth_py.core.plugin",
    "Plugin": "betterauth_py.core.plugin",
    "PluginFactory": "betterauth_py.core.plugin_factory",
    "RateLimitRule": "betterauth_py.options.rate_limit",
    "RefusedError": "betterauth_py.core.refusals",
    "Reply": "betterauth_py.core.endpoint",
    "Request": "betterauth_py.core.messages",
    "Response": "betterauth_py.core.messages",
    "Role": "betterauth_py.access",
    "Row": "betterauth_py.store.hooks",
    "RowHooks": "betterauth_py.options.hooks",
    "Seconds": "betterauth_py.options.types",
    "Security": "betterauth_py.flows.security",
    "SessionClient": "betterauth_py.flows.session",
    "SocialProvider": "betterauth_py.oauth.social_provider",
    "StateKey": "betterauth_py.core.call_state",
    "TableHooks": "betterauth_py.options.hooks",
    "TableOptions": "betterauth_py.options.plugin_tables",
    "Tokens": "betterauth_py.oauth.tokens",
    "UserNotAdmittedError": "betterauth_py.flows.users",
    "UserRefusedError": "betterauth_py.flows.users",
    "Where": "betterauth_py.store.conditions",
    "add_server_context": "betterauth_py.flows.oauth.state",
    "all_of": "betterauth_py.core.guard",
    "answering": "betterauth_py.core.refusals",
    "any_of": "betterauth_py.core.guard",
    "authorization_url": "betterauth_py.flows.oauth.begin",
    "begin_oauth": "betterauth_py.flows.oauth.state",
    "client_of": "betterauth_py.flows.session",
    "complete_oauth": "betterauth_py.flows.oauth.state",
    "core_endpoint": "betterauth_py.endpoints",
    "create_session": "betterauth_py.flows.session",
    "create_user": "betterauth_py.flows.users",
    "declare": "betterauth_py.wire.errors",
    "require_password": "betterauth_py.flows.passwords",
    "endpoint": "betterauth_py.core.endpoint",
    "error_redirect": "betterauth_py.flows.oauth.errors",
    "exchange_callback": "betterauth_py.flows.oauth.identity",
    "find_provider": "betterauth_py.flows.oauth.identity",
    "find_session": "betterauth_py.flows.session",
    "harmless_name": "betterauth_py.mail.names",
    "identity_of_id_token": "betterauth_py.flows.oauth.id_tokens",
    "json_response": "betterauth_py.core.messages",
    "link_oauth_account": "betterauth_py.flows.oauth.linking",
    "mail_sender": "betterauth_py.flows.mails",
    "new_user": "betterauth_py.flows.users",
    "oauth_state": "betterauth_py.flows.oauth.state",
    "page_response": "betterauth_py.core.messages",
    "plugin_factory": "betterauth_py.core.plugin_factory",
    "read_access_control": "betterauth_py.access",
    "read_additional_fields": "betterauth_py.flows.input",
    "read_profile": "betterauth_py.flows.oauth.identity",
    "sample_of": "betterauth_py.mail.kinds",
    "send_mail": "betterauth_py.flows.mails",
    "set_password_of": "betterauth_py.flows.passwords",
    "set_session_cookie": "betterauth_py.core.session_cookies",
    "sign_in_oauth_user": "betterauth_py.flows.oauth.sign_in",
    "signed_in": "betterauth_py.flows.session",
    "text_response": "betterauth_py.core.messages",
    "validation": "betterauth_py.wire.validation",
    "wildcard": "betterauth_py.urls.wildcards",
}


def __getattr__(name: str) -> Any:
    """Load a public name from its home."""
    return load_public_name(__name__, _HOMES, name, extra="server")


def __dir__() -> list[str]:
    """List the public names."""
    return __all__
