"""The client's address, from forwarded headers only: better-auth 1.7.25 never looks at the socket."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from betterauth_py.errors import ConfigurationError
from betterauth_py.options import IpAddressOptions
from betterauth_py.wire.headers import RequestHeaders

LOCALHOST = "127.0.0.1"
Network = IPv4Network | IPv6Network


class ClientIpResolver:
    """Finds the client's address in the headers that the options trust."""

    def __init__(self, options: IpAddressOptions, *, in_production: bool) -> None:
        """Read the options.

        Raises:
            ConfigurationError: if a trusted proxy is no address or CIDR range.
        """
        self.tracks = not options.disable_ip_tracking
        self._headers = [name.lower() for name in options.ip_address_headers]
        self._subnet = options.ipv6_subnet
        self._proxies = [_parse_proxy(entry) for entry in options.trusted_proxies]
        self._default = None if in_production else LOCALHOST

    def resolve(self, headers: RequestHeaders) -> str | None:
        """Return the normalized address; None if none can be trusted (in development: this machine's)."""
        if not self.tracks:
            return None
        for name in self._headers:
            value = headers.value(name)
            if value is not None:
                address = self._from_header(value)
                if address is not None:
                    return address
        return self._default

    def _from_header(self, value: str) -> str | None:
        hops = [hop.strip() for hop in value.split(",") if hop.strip()]
        if not self._proxies:
            # The left of a longer chain is whatever the client wrote there.
            address = _parse_address(hops[0]) if len(hops) == 1 else None
            return None if address is None else self._normalized(address)
        for hop in reversed(hops):
            address = _parse_address(hop)
            if address is None:
                return None
            if not _is_in(address, self._proxies):
                return self._normalized(address)
        return None

    def _normalized(self, address: IPv4Address | IPv6Address) -> str:
        if isinstance(address, IPv4Address):
            return str(address)
        mask = (1 << 128) - (1 << (128 - max(0, min(self._subnet, 128))))
        return IPv6Address(int(address) & mask).exploded


def _parse_address(text: str) -> IPv4Address | IPv6Address | None:
    if "%" in text:
        return None
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def _parse_proxy(entry: str) -> Network:
    address, slash, prefix = entry.rpartition("/")
    try:
        parsed = _parse_address(address if slash else entry)
        if parsed is None or not (prefix.isdecimal() or not slash):
            raise ValueError(entry)
        return ip_network(f"{parsed}/{prefix}" if slash else str(parsed), strict=False)
    except ValueError:
        raise ConfigurationError(
            f"Option `advanced.ip_address.trusted_proxies`: {entry!r} is neither an address nor a CIDR range. "
            "Write for example 10.0.0.0/8."
        ) from None


def _is_in(address: IPv4Address | IPv6Address, networks: Sequence[Network]) -> bool:
    return any(address.version == network.version and address in network for network in networks)
