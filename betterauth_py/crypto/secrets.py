"""The secret, its versions, and how good it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import log2
from typing import Final

from betterauth_py.errors import ConfigurationError

DEFAULT_SECRET: Final = "better-auth-secret-12345678901234567890"
_SHORTEST: Final = 32
_LEAST_ENTROPY_BITS: Final = 120
_HOW_TO_MAKE_ONE: Final = "Make one with `betterauth secret` and set BETTER_AUTH_SECRET to it."


@dataclass(frozen=True)
class SecretConfig:
    """The current secret, which signs and encrypts, and the older ones, which still decrypt."""

    current: str = field(repr=False)
    older: tuple[str, ...] = field(default=(), repr=False)
    versions: Mapping[int, str] = field(default_factory=dict, repr=False)
    """The versions by number; none where there is a single secret."""
    current_version: int | None = None
    """The number of the current version."""

    @property
    def all(self) -> tuple[str, ...]:
        """Every secret, the current one first."""
        return (self.current, *self.older)


def resolve_secrets(
    secret: str | None, versions: Sequence[tuple[int, str]], *, in_production: bool
) -> tuple[SecretConfig, list[str]]:
    """Return the secrets to use, and warnings about them.

    Raises:
        ConfigurationError: if there is none, or in production if it is short or the well-known default.
    """
    if versions:
        config = versioned(versions, "secrets")
        if secret and secret != DEFAULT_SECRET and secret not in config.all:
            config = replace(config, older=(*config.older, secret))
    elif secret:
        config = SecretConfig(secret)
    else:
        raise ConfigurationError(f"The secret is missing. {_HOW_TO_MAKE_ONE}")
    return config, _judge(config.current, in_production=in_production)


def versioned(versions: Sequence[tuple[int, str]], option: str) -> SecretConfig:
    """Return the secrets of one version or several, of which the first is the current one.

    Raises:
        ConfigurationError: naming `option`, if a number is there twice or negative, or a secret is empty.
    """
    numbers = [number for number, _ in versions]
    twice = next((number for number in numbers if numbers.count(number) > 1), None)
    if twice is not None:
        raise ConfigurationError(f"Option `{option}`: version {twice} is there twice. Give each its own number.")
    if any(number < 0 for number in numbers):
        raise ConfigurationError(f"Option `{option}`: a version is negative. Versions count from 0.")
    values = [value for _, value in versions]
    if not all(values):
        raise ConfigurationError(f"Option `{option}`: a version is empty. Make one with `betterauth secret`.")
    return SecretConfig(values[0], tuple(values[1:]), dict(versions), numbers[0])


def _judge(secret: str, *, in_production: bool) -> list[str]:
    complaints = []
    if secret == DEFAULT_SECRET:
        complaints.append("BETTER_AUTH_SECRET is the default that everybody knows.")
    elif len(secret) < _SHORTEST:
        complaints.append(f"BETTER_AUTH_SECRET has {len(secret)} characters; it needs at least {_SHORTEST}.")
    if complaints and in_production:
        raise ConfigurationError(f"{complaints[0]} {_HOW_TO_MAKE_ONE}")
    if not complaints and len(secret) * log2(len(set(secret)) or 1) < _LEAST_ENTROPY_BITS:
        complaints.append("BETTER_AUTH_SECRET looks guessable: few different characters.")
    return [f"{complaint} {_HOW_TO_MAKE_ONE}" for complaint in complaints]
