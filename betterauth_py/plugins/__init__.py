"""What the author of a plugin may use: every name is loaded at its first use. See `docs/plugins.md`.

The plugins that come with the server are folders here, with the same modules in each.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from betterauth_py.errors import MissingExtraError

if TYPE_CHECKING:
    from betterauth_py.access import AccessControl, Role, read_access_control
    from betterauth_py.core.auth_context import AuthContext
    from betterauth_py.core.call_state import StateKey
    from betterauth_py.core.context import EndpointContext
    from betterauth_py.core.contributions import Contributions, CookieCacheSigner, PasswordCheck
    from betterauth_py.core.endpoint import Endpoint, Reply, endpoint
    from betterauth_py.core.extensions import Extension, ExtensionPoint
    from betterauth_py.core.guard import Guard, all_of, any_of
    from betterauth_py.core.messages import Request, Response, json_response, page_response, text_response
    from betterauth_py.core.plugin import Hook, PathRule, Plugin
    from betterauth_py.core.plugin_factory import PluginFactory, plugin_factory
    from betterauth_py.core.session_cookies import set_session_cookie
    from betterauth_py.endpoints import core_endpoint
    from betterauth_py.errors import ConfigurationError
    from betterauth_py.flows.mails import mail_sender, send_mail
    from betterauth_py.flows.security import Security
    from betterauth_py.flows.session import SessionClient, client_of, create_session, find_session, signed_in
    from betterauth_py.flows.users import UserNotAdmittedError, UserRefusedError, create_user, new_user
    from betterauth_py.mail.kinds import MailKind, sample_of
    from betterauth_py.mail.names import harmless_name
    from betterauth_py.models.fields import Field, Model
    from betterauth_py.options.hooks import DatabaseHooksOptions, RowHooks, TableHooks
    from betterauth_py.options.rate_limit import RateLimitRule
    from betterauth_py.options.types import FieldReference
    from betterauth_py.store.conditions import AnyOf, Where
    from betterauth_py.store.errors import NotStoredError
    from betterauth_py.wire import validation
    from betterauth_py.wire.errors import APIError, ErrorCode, ErrorCodes, declare

__all__ = [
    "APIError",
    "AccessControl",
    "AnyOf",
    "AuthContext",
    "ConfigurationError",
    "Contributions",
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
    "Guard",
    "Hook",
    "MailKind",
    "Model",
    "NotStoredError",
    "PasswordCheck",
    "PathRule",
    "Plugin",
    "PluginFactory",
    "RateLimitRule",
    "Reply",
    "Request",
    "Response",
    "Role",
    "RowHooks",
    "Security",
    "SessionClient",
    "StateKey",
    "TableHooks",
    "UserNotAdmittedError",
    "UserRefusedError",
    "Where",
    "all_of",
    "any_of",
    "client_of",
    "core_endpoint",
    "create_session",
    "create_user",
    "declare",
    "endpoint",
    "find_session",
    "harmless_name",
    "json_response",
    "mail_sender",
    "new_user",
    "page_response",
    "plugin_factory",
    "read_access_control",
    "sample_of",
    "send_mail",
    "set_session_cookie",
    "signed_in",
    "text_response",
    "validation",
]

_HOMES = {
    "APIError": "wire.errors",
    "AccessControl": "access",
    "AnyOf": "store.conditions",
    "AuthContext": "core.auth_context",
    "ConfigurationError": "errors",
    "Contributions": "core.contributions",
    "CookieCacheSigner": "core.contributions",
    "DatabaseHooksOptions": "options.hooks",
    "Endpoint": "core.endpoint",
    "EndpointContext": "core.context",
    "ErrorCode": "wire.errors",
    "ErrorCodes": "wire.errors",
    "Extension": "core.extensions",
    "ExtensionPoint": "core.extensions",
    "Field": "models.fields",
    "FieldReference": "options.types",
    "Guard": "core.guard",
    "Hook": "core.plugin",
    "MailKind": "mail.kinds",
    "Model": "models.fields",
    "NotStoredError": "store.errors",
    "PasswordCheck": "core.contributions",
    "PathRule": "core.plugin",
    "Plugin": "core.plugin",
    "PluginFactory": "core.plugin_factory",
    "RateLimitRule": "options.rate_limit",
    "Reply": "core.endpoint",
    "Request": "core.messages",
    "Response": "core.messages",
    "Role": "access",
    "RowHooks": "options.hooks",
    "Security": "flows.security",
    "SessionClient": "flows.session",
    "StateKey": "core.call_state",
    "TableHooks": "options.hooks",
    "UserNotAdmittedError": "flows.users",
    "UserRefusedError": "flows.users",
    "Where": "store.conditions",
    "all_of": "core.guard",
    "any_of": "core.guard",
    "client_of": "flows.session",
    "core_endpoint": "endpoints",
    "create_session": "flows.session",
    "create_user": "flows.users",
    "declare": "wire.errors",
    "endpoint": "core.endpoint",
    "find_session": "flows.session",
    "harmless_name": "mail.names",
    "json_response": "core.messages",
    "mail_sender": "flows.mails",
    "new_user": "flows.users",
    "page_response": "core.messages",
    "plugin_factory": "core.plugin_factory",
    "read_access_control": "access",
    "sample_of": "mail.kinds",
    "send_mail": "flows.mails",
    "set_session_cookie": "core.session_cookies",
    "signed_in": "flows.session",
    "text_response": "core.messages",
    "validation": "wire.validation",
}


def __getattr__(name: str) -> Any:
    """Load a public name from its home."""
    if name not in _HOMES:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    try:
        home = import_module(f"betterauth_py.{_HOMES[name]}")
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("betterauth_py"):
            raise
        raise MissingExtraError("server", error.name) from None
    return home if name == "validation" else getattr(home, name)


def __dir__() -> list[str]:
    """List the public names."""
    return __all__
