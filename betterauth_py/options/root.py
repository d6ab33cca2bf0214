"""The root of the option tree."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from betterauth_py.clock import Clock, SystemClock
from betterauth_py.options.advanced import AdvancedOptions
from betterauth_py.options.base_url import DynamicBaseURL
from betterauth_py.options.database import DatabaseOptions
from betterauth_py.options.email_and_password import EmailAndPasswordOptions, EmailVerificationOptions
from betterauth_py.options.hooks import DatabaseHooksOptions, HooksOptions, OnAPIErrorOptions
from betterauth_py.options.logging import LoggerOptions
from betterauth_py.options.mail import MailOptions
from betterauth_py.options.plugin import NamedPlugin
from betterauth_py.options.rate_limit import RateLimitOptions
from betterauth_py.options.secondary_storage import RedisOptions, SecondaryStorage
from betterauth_py.options.session import SessionOptions
from betterauth_py.options.sms import SmsOptions
from betterauth_py.options.tables import AccountOptions, UserOptions, VerificationOptions
from betterauth_py.options.types import MaybeAwaitable

Environment = Literal["development", "production", "test"]


@dataclass(frozen=True, kw_only=True)
class Secret:
    """One version of the secret."""

    version: int
    """A number, unique among the versions."""
    value: str = field(repr=False)
    """The secret itself."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """All options."""

    app_name: str = "Better Auth"
    """The name shown to users."""
    base_url: str | DynamicBaseURL | None = None
    """Where clients reach this server, such as `https://auth.example.com`, or a table of allowed hosts. Environment:
    `BETTER_AUTH_URL`. Unset: in development `betterauth serve` uses `http://localhost:<port>`, and an embedded app the
    host of each request; in production the server does not start."""
    base_path: str = "/api/auth"
    """The path below which all endpoints are served."""
    app_url: str | None = None
    """Where your application is, such as `https://app.example.com`. Relative redirects of mailed links
    (`callbackURL=/dashboard`) and "Go home" on this server's pages lead there, and it is a trusted origin. Environment:
    `BETTER_AUTH_APP_URL`. Unset: they stay on this server."""
    landing_page: bool = True
    """Whether `/` shows a page with the application's name and a link to it; otherwise it answers 404."""
    environment: Environment | None = None
    """`production` requires a strong secret and turns rate limits on; `development` assumes that clients are on this
    machine. Environment: `BETTER_AUTH_ENV`, otherwise `NODE_ENV`. Unset: production if `base_url` is https, otherwise
    development, which is logged at the start, and in which `betterauth serve` refuses to listen on other addresses
    (`--host`)."""
    secret: str | None = field(default=None, repr=False)
    """The key that signs cookies: at least 32 random characters (`betterauth secret` generates one). Environment:
    `BETTER_AUTH_SECRET`, otherwise `AUTH_SECRET`."""
    secrets: list[Secret] = field(default_factory=list)
    """Versions of the secret, the current one first; older ones still decrypt. Environment: `BETTER_AUTH_SECRETS`
    (`2:new-secret,1:old-secret`)."""
    trusted_origins: list[str] | Callable[[Any], MaybeAwaitable[list[str]]] = field(default_factory=list)
    """Origins of your front ends: exact (`https://app.example.com`), with wildcards (`https://*.example.com`), of an
    app (`myapp://`), or a function that takes the request (None outside of one) and returns such a list. Environment:
    `BETTER_AUTH_TRUSTED_ORIGINS`, separated by commas, adds to it."""
    database: DatabaseOptions = field(default_factory=DatabaseOptions)
    """The database."""
    secondary_storage: SecondaryStorage | RedisOptions | None = field(default=None, repr=False)
    """A second store, for sessions, verification values and rate limits: a Redis server (a table with its `url`), or an
    object with the methods of `SecondaryStorage`; in TOML, the import string of one. Environment:
    `BETTER_AUTH_REDIS_URL`. See `docs/storage.md`."""
    email_and_password: EmailAndPasswordOptions = field(default_factory=EmailAndPasswordOptions)
    """Signing up and in with an e-mail address and a password."""
    email_verification: EmailVerificationOptions = field(default_factory=EmailVerificationOptions)
    """Verifying that an address belongs to its user."""
    mail: MailOptions = field(default_factory=MailOptions)
    """The mails that the server itself sends."""
    sms: SmsOptions = field(default_factory=SmsOptions)
    """The text messages that the server itself sends."""
    social_providers: dict[str, Any] = field(default_factory=dict, repr=False)
    """The providers that users can sign in with, by id: `[social_providers.github]` with `client_id` and
    `client_secret`. Environment: `GITHUB_CLIENT_ID` and `GITHUB_CLIENT_SECRET`, and so on. See `docs/oauth.md`."""
    session: SessionOptions = field(default_factory=SessionOptions)
    """How long sessions live, and where they are cached."""
    user: UserOptions = field(default_factory=UserOptions)
    """The user table."""
    account: AccountOptions = field(default_factory=AccountOptions)
    """The account table."""
    verification: VerificationOptions = field(default_factory=VerificationOptions)
    """The verification table."""
    rate_limit: RateLimitOptions = field(default_factory=RateLimitOptions)
    """Rate limiting."""
    advanced: AdvancedOptions = field(default_factory=AdvancedOptions)
    """Cookies, client addresses and checks; most deployments keep the defaults."""
    disabled_paths: list[str] = field(default_factory=list)
    """Paths below `base_path` that answer 404."""
    api_reference: bool | None = None
    """Whether the pages `/reference` and `/openapi.json` are served. Unset: not in production."""
    hooks: HooksOptions = field(default_factory=HooksOptions)
    """Functions around every endpoint."""
    database_hooks: DatabaseHooksOptions = field(default_factory=DatabaseHooksOptions)
    """Functions around the changes of the core tables."""
    on_api_error: OnAPIErrorOptions = field(default_factory=OnAPIErrorOptions)
    """What happens when an endpoint fails."""
    plugins: list[NamedPlugin] = field(default_factory=list)
    """Plugins. In TOML, a table for each built-in plugin (`[plugins.jwt]`) and import strings of others
    (`notes = "myapp.auth:notes"` under `[plugins]`), or a list of ids and import strings. Environment:
    `BETTER_AUTH_PLUGINS`, separated by commas, adds to the file's. See `docs/plugins.md`."""
    logger: LoggerOptions = field(default_factory=LoggerOptions)
    """What is logged, and how."""
    clock: Clock = field(default_factory=SystemClock, repr=False)
    """The source of time."""
    http_client: Any = field(default=None, repr=False)
    """The `httpx.AsyncClient` for all outgoing requests. Unset: the auth creates one on first use, for responses of
    up to 4 MiB."""
