"""The options: better-auth's tree with its names in snake_case."""

from betterauth_py.options.advanced import (
    AdvancedOptions,
    CookieAttributesOptions,
    CookieOptions,
    CrossSubDomainCookiesOptions,
    IpAddressOptions,
)
from betterauth_py.options.base_url import DynamicBaseURL
from betterauth_py.options.database import DatabaseAdvancedOptions, DatabaseOptions
from betterauth_py.options.email_and_password import (
    Argon2Options,
    EmailAndPasswordOptions,
    EmailVerificationOptions,
    PasswordOptions,
)
from betterauth_py.options.hooks import (
    DatabaseHooksOptions,
    ErrorPageOptions,
    HooksOptions,
    OnAPIErrorOptions,
    RowHooks,
    TableHooks,
)
from betterauth_py.options.logging import LoggerOptions
from betterauth_py.options.mail import MailOptions, MailTransport, SmtpOptions
from betterauth_py.options.rate_limit import (
    RateLimitDecision,
    RateLimitOptions,
    RateLimitRule,
    RateLimitStorage,
)
from betterauth_py.options.root import Options, Secret
from betterauth_py.options.secondary_storage import RedisOptions, SecondaryStorage, SwappingSecondaryStorage
from betterauth_py.options.security_headers import SecurityHeadersOptions
from betterauth_py.options.session import CookieCacheOptions, MemoryCacheOptions, SessionOptions
from betterauth_py.options.sms import SmsMessage, SmsOptions, SmsWebhookOptions
from betterauth_py.options.tables import (
    AccountLinkingOptions,
    AccountOptions,
    ChangeEmailOptions,
    DeleteUserOptions,
    IdentifierStorage,
    StoreIdentifierOptions,
    UserOptions,
    VerificationOptions,
)
from betterauth_py.options.types import AdditionalField, FieldReference, FieldTransform, FieldValidator

__all__ = [
    "AccountLinkingOptions",
    "AccountOptions",
    "AdditionalField",
    "AdvancedOptions",
    "Argon2Options",
    "ChangeEmailOptions",
    "CookieAttributesOptions",
    "CookieCacheOptions",
    "CookieOptions",
    "CrossSubDomainCookiesOptions",
    "DatabaseAdvancedOptions",
    "DatabaseHooksOptions",
    "DatabaseOptions",
    "DeleteUserOptions",
    "DynamicBaseURL",
    "EmailAndPasswordOptions",
    "EmailVerificationOptions",
    "ErrorPageOptions",
    "FieldReference",
    "FieldTransform",
    "FieldValidator",
    "HooksOptions",
    "IdentifierStorage",
    "IpAddressOptions",
    "LoggerOptions",
    "MailOptions",
    "MailTransport",
    "MemoryCacheOptions",
    "OnAPIErrorOptions",
    "Options",
    "PasswordOptions",
    "RateLimitDecision",
    "RateLimitOptions",
    "RateLimitRule",
    "RateLimitStorage",
    "RedisOptions",
    "RowHooks",
    "SecondaryStorage",
    "Secret",
    "SecurityHeadersOptions",
    "SessionOptions",
    "SmsMessage",
    "SmsOptions",
    "SmsWebhookOptions",
    "SmtpOptions",
    "StoreIdentifierOptions",
    "SwappingSecondaryStorage",
    "TableHooks",
    "UserOptions",
    "VerificationOptions",
]
