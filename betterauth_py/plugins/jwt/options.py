"""The options of the jwt plugin: better-auth's `jwt({...})` with its names in snake_case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from betterauth_py.plugins import ConfigurationError, MaybeAwaitable, Seconds, TableOptions
from betterauth_py.plugins.tools import seconds_of

PATH = "plugins.jwt"
_CURVES = {"EdDSA": "Ed25519", "ES256": "P-256", "ES512": "P-521"}
_SHORTEST_RSA_BITS = 2048
_LONGEST_RSA_BITS = 16_384
# A whole number is a moment; before this one (9 September 2001) it was meant as a duration.
_EARLIEST_MOMENT = 1_000_000_000


Algorithm = Literal["EdDSA", "ES256", "ES512", "RS256", "PS256"]


@dataclass(frozen=True, kw_only=True)
class KeyChoice:
    """Which key signs a token; without either, the newest one."""

    key_id: str | None = None
    """The id of the key."""
    algorithm: str | None = None
    """The algorithm of the key."""


@dataclass(frozen=True, kw_only=True)
class KeyPairConfig:
    """What kind of key signs tokens."""

    alg: Algorithm
    """The algorithm."""
    crv: Literal["Ed25519", "P-256", "P-521"] | None = None
    """The curve; each algorithm has one only."""
    modulus_length: int | None = None
    """Bits of an RSA key (`RS256`, `PS256`), 2048 or more. Unset: 2048."""

    @property
    def bits(self) -> int:
        """The number of bits of a new RSA key."""
        return self.modulus_length or _SHORTEST_RSA_BITS


@dataclass(frozen=True, kw_only=True)
class JwksOptions:
    """The keys."""

    remote_url: str | None = None
    """Where the keys are published instead; `/jwks` is then 404. Needs `key_pair_config`."""
    key_pair_config: KeyPairConfig | None = None
    """What kind of key signs. Unset: EdDSA with Ed25519. A key of another kind that is there already goes on signing
    until it is rotated, as in better-auth."""
    key_pair_configs: list[KeyPairConfig] = field(default_factory=list)
    """Kinds of keys besides, for tokens that another plugin wants signed with one of these algorithms. A key is made
    when it is first needed."""
    disable_private_key_encryption: bool = False
    """Whether private keys are stored as they are, not encrypted under the secret. Dangerous: who reads the table can
    sign as this server."""
    rotation_interval: Seconds | None = None
    """Seconds after which a key signs no more and a new one takes its place. Unset: never."""
    grace_period: Seconds = 2_592_000
    """Seconds for which a key that signs no more stays published. Keep it above the life of tokens."""
    jwks_path: str = "/jwks"
    """Where the keys are published, under `base_path`."""


@dataclass(frozen=True, kw_only=True)
class TokenOptions:
    """The tokens."""

    issuer: str | None = None
    """The claim `iss`. Unset: the origin of `base_url`."""
    audience: str | list[str] | None = None
    """The claim `aud`. Unset: the origin of `base_url`."""
    expiration_time: str | int | datetime = "15m"
    """When tokens end: a span from their issue such as `15m` or `1 hour`, or one moment for all of them, as a date or
    in seconds since the epoch."""
    define_payload: Callable[[dict[str, Any]], MaybeAwaitable[dict[str, Any]]] | None = None
    """Gets `{"session": ..., "user": ...}` and returns the claims. Unset: the whole user."""
    get_subject: Callable[[dict[str, Any]], MaybeAwaitable[str | None]] | None = None
    """Gets `{"session": ..., "user": ...}` and returns the claim `sub`. Unset: the user's id."""
    sign: Callable[[dict[str, Any], dict[str, Any], KeyChoice], MaybeAwaitable[str]] | None = None
    """Gets the claims, what the header must have besides `alg` and `kid`, and which key is wanted; returns the token:
    for keys that somebody else has. Needs `jwks.remote_url`."""


@dataclass(frozen=True, kw_only=True)
class SchemaOptions:
    """Names in the database."""

    jwks: TableOptions = field(default_factory=TableOptions)
    """The table of keys."""


@dataclass(frozen=True, kw_only=True)
class KeyAdapterOptions:
    """Keys kept elsewhere than in the database; rows are dicts with the fields of the table."""

    get_jwks: Callable[[Any], MaybeAwaitable[list[dict[str, Any]] | None]] | None = None
    """Gets the endpoint's context and returns all keys."""
    create_jwk: Callable[[dict[str, Any], Any], MaybeAwaitable[dict[str, Any]]] | None = None
    """Gets a new key, which has no `id` yet, and the endpoint's context; stores the key and returns it with its id."""


@dataclass(frozen=True, kw_only=True)
class JwtOptions:
    """Signed tokens for other services, from the `jwt` plugin; see [plugins/jwt.md](plugins/jwt.md)."""

    session_cookie_cache: bool = False
    """Whether these keys sign cached sessions, so that other services can read them with the published keys. Needs
    `session.cookie_cache.strategy = "jwt"`."""
    jwks: JwksOptions = field(default_factory=JwksOptions)
    """The keys."""
    jwt: TokenOptions = field(default_factory=TokenOptions)
    """The tokens."""
    disable_setting_jwt_header: bool = False
    """Whether `/get-session` answers without the header `set-auth-jwt`."""
    schema: SchemaOptions = field(default_factory=SchemaOptions)
    """Names in the database."""
    adapter: KeyAdapterOptions = field(default_factory=KeyAdapterOptions)
    """Keys kept elsewhere than in the database."""

    @property
    def key_kind(self) -> KeyPairConfig:
        """What kind of key signs."""
        return self.jwks.key_pair_config or KeyPairConfig(alg="EdDSA")

    @property
    def algorithm(self) -> Algorithm:
        """The algorithm of new keys."""
        return self.key_kind.alg


def check_options(options: JwtOptions) -> None:
    """Refuse what cannot work.

    Raises:
        ConfigurationError: naming the option, the problem and the fix.
    """
    problem = next(_problems(options), None)
    if problem is not None:
        option, what = problem
        raise ConfigurationError(f"Option `{PATH}.{option}` {what}")


def _problems(options: JwtOptions) -> Any:
    jwks, tokens, config = options.jwks, options.jwt, options.jwks.key_pair_config
    if tokens.sign is not None and not jwks.remote_url:
        yield "jwks.remote_url", "is missing. With `jwt.sign`, set it to where the keys are published."
    if jwks.remote_url and config is None:
        yield "jwks.key_pair_config", "is missing. With `jwks.remote_url`, name the algorithm of those keys."
    path = jwks.jwks_path
    if not path.startswith("/") or ".." in path or path.endswith("/"):
        yield (
            "jwks.jwks_path",
            "must start with '/', not end with it and not contain '..', as '/.well-known/jwks.json'.",
        )
    if config is not None:
        yield from _key_pair_problems(config, "jwks.key_pair_config")
    for index, further in enumerate(jwks.key_pair_configs):
        yield from _key_pair_problems(further, f"jwks.key_pair_configs[{index}]")
    if options.session_cookie_cache and tokens.sign is not None:
        yield "session_cookie_cache", "needs keys of this server. Leave it out, or leave out `jwt.sign`."
    if jwks.rotation_interval is not None and jwks.rotation_interval < 0:
        yield "jwks.rotation_interval", "is below 0. Give seconds, or leave it out to keep one key."
    if jwks.grace_period < 0:
        yield "jwks.grace_period", "is below 0. Give seconds."
    yield from _expiration_problems(tokens.expiration_time)
    if (options.adapter.get_jwks is None) is not (options.adapter.create_jwk is None):
        yield "adapter", "has one function only. Set both `get_jwks` and `create_jwk`, or none."


def _key_pair_problems(config: KeyPairConfig, option: str) -> Any:
    curve = _CURVES.get(config.alg)
    if config.crv not in {None, curve}:
        yield f"{option}.crv", f"does not fit {config.alg}. Leave it out."
    length = config.modulus_length
    if length is not None and curve is not None:
        yield f"{option}.modulus_length", f"does not fit {config.alg}. It is for RS256 and PS256."
    if length is not None and not _SHORTEST_RSA_BITS <= length <= _LONGEST_RSA_BITS:
        yield f"{option}.modulus_length", "must be from 2048 to 16384."


def _expiration_problems(expiration: str | int | datetime) -> Any:
    if isinstance(expiration, str):
        try:
            if seconds_of(expiration) > 0:
                return
        except ValueError as error:
            yield "jwt.expiration_time", f"cannot be read: {error}"
        yield "jwt.expiration_time", "must be a span into the future, such as '15m'."
    elif isinstance(expiration, int) and expiration < _EARLIEST_MOMENT:
        yield "jwt.expiration_time", f"is a moment in 1970-2001. For a span of seconds, write '{expiration}s'."
    elif isinstance(expiration, datetime) and expiration.tzinfo is None:
        yield "jwt.expiration_time", "has no time zone. Write a date with one, such as 2030-01-01T00:00:00Z."
