"""The siwe plugin: signing in with an Ethereum wallet (EIP-4361)."""

from __future__ import annotations

from betterauth_py.plugins import Plugin, plugin_factory
from betterauth_py.plugins.siwe.endpoints import endpoints_for
from betterauth_py.plugins.siwe.options import SiweOptions, SiweTables, check_options
from betterauth_py.plugins.siwe.signatures import verifier_of
from betterauth_py.plugins.siwe.tables import WALLET_ADDRESS
from betterauth_py.plugins.siwe.wallets import unlinking

__all__ = ["SiweOptions", "SiweTables", "siwe"]


@plugin_factory(SiweOptions)
def siwe(options: SiweOptions) -> Plugin:
    """Return the siwe plugin, as better-auth's `siwe({...})`.

    Example:
        ```python
        auth = BetterAuth(plugins=[siwe(domain="example.com")])
        ```

    Raises:
        ConfigurationError: if an option is wrong.
    """
    check_options(options)

    return Plugin(
        id="siwe",
        endpoints=endpoints_for(options, verifier_of(options)),
        schema={"walletAddress": WALLET_ADDRESS},
        setup=unlinking,
    )
