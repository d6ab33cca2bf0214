"""The options of the siwe plugin: better-auth's `siwe({...})` with its names in snake_case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from betterauth_py.plugins import ConfigurationError, MaybeAwaitable, TableOptions
from betterauth_py.plugins.tools import check_email_domain


@dataclass(frozen=True, kw_only=True)
class SiweTables:
    """The plugin's table."""

    wallet_address: TableOptions = field(default_factory=TableOptions)
    """The wallets of users, one row for each chain."""


@dataclass(frozen=True, kw_only=True)
class SiweOptions:
    """Sign-In with Ethereum, from the `siwe` plugin; see [plugins/siwe.md](plugins/siwe.md)."""

    domain: str
    """The host of your pages, with the port if it has one: `app.example.com`. Messages for other domains are refused.
    """
    email_domain_name: str | None = None
    """The domain of the made-up e-mail addresses of wallets: `0x...@<domain>`. Take one that nobody else can receive
    mail at. Unset: `0x...@siwe.placeholder.invalid`."""
    anonymous: bool = True
    """Whether wallets sign in without an e-mail address. If not, the client has to send an `email`; it becomes the new
    user's address, unverified, unless somebody has it."""
    get_nonce: Callable[[], MaybeAwaitable[str]] | None = None
    """Returns a fresh nonce, 8 to 250 ASCII letters and digits that nobody can guess. Unset: 32 random ones."""
    verify_message: Callable[[dict[str, Any]], MaybeAwaitable[bool]] | None = None
    """Returns whether a signature is that of the wallet. Gets `message`, `signature`, `address` (with checksum),
    `chain_id` and `cacao` (CAIP-74). Unset: signatures of keys (EIP-191) are verified here, which needs the extra
    `siwe`; contract wallets (ERC-1271) need a function of yours that asks the chain."""
    ens_lookup: Callable[[dict[str, str]], MaybeAwaitable[dict[str, str | None] | None]] | None = None
    """Gets `wallet_address`; returns the `name` and `avatar` of a new user, or None. Unset: the name is the address."""
    schema: SiweTables = field(default_factory=SiweTables)
    """Names of the table and its columns, and columns of your own."""


def check_options(options: SiweOptions) -> None:
    """Check what the types do not say.

    Raises:
        ConfigurationError: naming the option.
    """
    if not options.domain.strip():
        raise ConfigurationError(
            "Option `plugins.siwe.domain` is empty. Set it to the host of your pages, such as `app.example.com`."
        )
    check_email_domain(options.email_domain_name, "plugins.siwe.email_domain_name")
