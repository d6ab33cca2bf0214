"""The options of the passkey plugin: `passkey({...})` of @better-auth/passkey with its names in snake_case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from betterauth_py.plugins import ConfigurationError, EndpointContext, MaybeAwaitable, TableOptions
from betterauth_py.plugins.passkey.verified import VerifiedAuthentication, VerifiedRegistration
from betterauth_py.plugins.tools import get_origin, parse_url

PATH = "plugins.passkey"
Context = EndpointContext[Any, Any]
Extensions = dict[str, Any] | Callable[[Context], MaybeAwaitable[Mapping[str, Any] | None]]


@dataclass(frozen=True, kw_only=True)
class RegistrationUser:
    """The user of a new passkey."""

    id: str
    """The id of the user."""
    name: str
    """The name that the authenticator shows, usually the e-mail address."""
    display_name: str | None = None
    """The user's own name."""


ResolveUser = Callable[[str | None, Context], MaybeAwaitable[RegistrationUser | Mapping[str, Any] | None]]
AfterRegistration = Callable[
    [VerifiedRegistration, RegistrationUser, Context], MaybeAwaitable[Mapping[str, Any] | None]
]


@dataclass(frozen=True, kw_only=True)
class AuthenticatorSelectionOptions:
    """Which authenticators may make a passkey (WebAuthn Level 3, 5.4.4)."""

    authenticator_attachment: Literal["platform", "cross-platform"] | None = None
    """`platform` is the device itself, `cross-platform` a security key or a phone. Unset: either."""
    resident_key: Literal["discouraged", "preferred", "required"] = "preferred"
    """Whether the authenticator keeps the passkey, so that users sign in without naming themselves."""
    require_resident_key: bool | None = None
    """Ignored: it follows from `resident_key`, as in better-auth."""
    user_verification: Literal["discouraged", "preferred", "required"] = "preferred"
    """Whether the authenticator asks for a PIN, a finger or a face. With `required`, passkeys whose authenticator did
    not are refused, when they are registered and at each sign-in; better-auth accepts them."""


@dataclass(frozen=True, kw_only=True)
class AdvancedOptions:
    """Rarely needed."""

    web_authn_challenge_cookie: str = "better-auth-passkey"
    """The name of the cookie that binds a challenge to the browser; the cookie prefix is put before it."""


@dataclass(frozen=True, kw_only=True)
class RegistrationOptions:
    """Registering passkeys."""

    require_session: bool = True
    """Whether users must have signed in recently (`session.fresh_age`) to register a passkey."""
    resolve_user: ResolveUser | None = None
    """Returns the user of a new passkey when `require_session` is off and nobody is signed in: a `RegistrationUser`, or
    its values by name. Receives the `context` that the client has sent, which anybody can choose: let it be a secret
    that proves who asks, such as a single-use invitation."""
    after_verification: AfterRegistration | None = None
    """Called with a verified registration before it is stored. May return `user_id`, which must be the signed-in user
    if there is one, and `name`, for passkeys that the client has not named. Refuses by raising an `APIError`."""
    extensions: Extensions | None = None
    """WebAuthn extensions to ask for, or a function that returns them."""


@dataclass(frozen=True, kw_only=True)
class AuthenticationOptions:
    """Signing in with passkeys."""

    after_verification: Callable[[VerifiedAuthentication, Context], MaybeAwaitable[None]] | None = None
    """Called with a verified sign-in before the session is created. Refuses by raising an `APIError`."""
    extensions: Extensions | None = None
    """WebAuthn extensions to ask for, or a function that returns them."""


@dataclass(frozen=True, kw_only=True)
class SchemaOptions:
    """Names in the database."""

    passkey: TableOptions = field(default_factory=TableOptions)
    """The passkeys."""


@dataclass(frozen=True, kw_only=True)
class PasskeyOptions:
    """Signing in with passkeys, from the `passkey` plugin; see [plugins/passkey.md](plugins/passkey.md)."""

    rp_id: str | None = None
    """The domain that passkeys are for (WebAuthn's RP ID): that of the pages, or a parent of it. It cannot change
    later: passkeys of another domain do not work. Unset: the host of `base_url`."""
    rp_name: str | None = None
    """The name of the application that authenticators may show. Unset: `app_name`."""
    origin: str | list[str] | None = None
    """The origins of the pages that use passkeys, such as `https://example.com`, without a slash at the end. Unset: the
    `Origin` header of the request, which must be a trusted origin."""
    authenticator_selection: AuthenticatorSelectionOptions = field(default_factory=AuthenticatorSelectionOptions)
    """Which authenticators may make a passkey."""
    advanced: AdvancedOptions = field(default_factory=AdvancedOptions)
    """Rarely needed."""
    registration: RegistrationOptions = field(default_factory=RegistrationOptions)
    """Registering passkeys."""
    authentication: AuthenticationOptions = field(default_factory=AuthenticationOptions)
    """Signing in with passkeys."""
    schema: SchemaOptions = field(default_factory=SchemaOptions)
    """Names in the database."""

    @property
    def requires_user_verification(self) -> bool:
        """Whether the authenticator must have verified the user."""
        return self.authenticator_selection.user_verification == "required"


def check_options(options: PasskeyOptions) -> None:
    """Refuse what cannot work.

    Raises:
        ConfigurationError: naming the option, the problem and the fix.
    """
    url = parse_url(f"https://{options.rp_id}") if options.rp_id is not None else None
    if options.rp_id is not None and (url is None or url.hostname != options.rp_id):
        raise ConfigurationError(
            f"Option `{PATH}.rp_id`: {options.rp_id!r} is not a domain. Write it in lower case, without a scheme, a "
            "port or a path: 'example.com'."
        )
    for origin in [options.origin] if isinstance(options.origin, str) else options.origin or []:
        # Apps for Android have origins such as `android:apk-key-hash:...`.
        if origin.startswith(("http://", "https://")) and get_origin(origin) != origin:
            raise ConfigurationError(
                f"Option `{PATH}.origin`: {origin!r} is not an origin, so no passkey would be accepted. Write the "
                "scheme, the host and the port, if any, without a slash at the end: 'https://example.com'."
            )
    if options.origin == []:
        raise ConfigurationError(f"Option `{PATH}.origin` is an empty list. Name an origin, or leave it out.")
    if not options.advanced.web_authn_challenge_cookie:
        raise ConfigurationError(f"Option `{PATH}.advanced.web_authn_challenge_cookie` is empty. Name the cookie.")
