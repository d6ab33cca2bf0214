"""The client's address: from forwarded headers as better-auth 1.7.25 reads them, or from the connection.

better-auth never sees the connection, so it believes whoever sends `X-Forwarded-For`. A stand-alone server sees it
(`use_connection`): it believes forwarded headers from trusted proxies only, and takes the connection's address
otherwise.
"""

from __future__ import annotations

import logging
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from re import compile as compile_pattern
from typing import Final

from betterauth_py.errors import ConfigurationError
from betterauth_py.log_throttle import LogThrottle
from betterauth_py.options import IpAddressOptions
from betterauth_py.wire.headers import RequestHeaders

LOCALHOST = "127.0.0.1"
GONE: Final = "gone"
"""Stands for the address of a connection over TCP whose other end is gone: nobody, not even a proxy."""
Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

logger = logging.getLogger("betterauth")

_LOOPBACK: Final = ("127.0.0.0/8", "::1")
# RFC 1918, RFC 4193, RFC 3927 and RFC 4291, 2.5.6: what is never routed on the internet.
_PRIVATE: Final = (
    *_LOOPBACK,
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "169.254.0.0/16",
    "fc00::/7",
    "fe80::/10",
)
WORDS: Final = {"loopback": _LOOPBACK, "private": _PRIVATE}
_OTHER_HEADERS: Final = ("x-forwarded-for", "x-real-ip", "cf-connecting-ip", "true-client-ip", "forwarded")
# More hops than any chain of proxies has: parsing one takes microseconds, and a client can send thousands.
_MOST_HOPS: Final = 32
_LONGEST_HOP: Final = 64
_MOST_WARNINGS: Final = 10
# RFC 9110, 5.6.2: a token.
_HEADER_NAME: Final = compile_pattern(r"[!#-'*+\-.0-9A-Z^_`a-z|~]+")
# `203.0.113.7:8080`, `[2001:db8::1]:8080`, `[2001:db8::1]`: with the port, as some load balancers write it.
_WITH_PORT: Final = compile_pattern(r"\[([^\]]*)\](?::\d{1,5})?|(\d+\.\d+\.\d+\.\d+):\d{1,5}")


class ClientIpResolver:
    """Finds the client's address in the headers and connections that the options trust."""

    def __init__(self, options: IpAddressOptions, *, in_production: bool) -> None:
        """Read the options.

        Raises:
            ConfigurationError: if a trusted proxy is no address, CIDR range or known word, or a header cannot be one.
        """
        self.tracks = not options.disable_ip_tracking
        self._headers = [_header_name(name) for name in options.ip_address_headers]
        self._subnet = options.ipv6_subnet
        self._uses_connection = options.use_connection
        given = options.trusted_proxies
        if given is None:
            given = ["loopback"] if options.use_connection else []
        self._proxies = [network for entry in given for network in _parse_proxy(entry)]
        self._in_production = in_production
        self._warned = LogThrottle(seconds=None, most=_MOST_WARNINGS)
        self._is_trusted = lru_cache(maxsize=1024)(self._is_in_proxies)

    def resolve(self, headers: RequestHeaders, peer: str | None = None) -> str | None:
        """Return the normalized address; None if none can be trusted (in development: this machine's).

        Args:
            headers: the request's.
            peer: the address of the connection; None for a call in this process or over a Unix socket, whose other end
                is on this machine and trusted.
        """
        if not self.tracks:
            return None
        address = self._from_connection(headers, peer) if self._uses_connection else self._from_headers(headers)
        if address is not None:
            return self._normalized(address)
        if not self._in_production:
            return LOCALHOST
        self._warn_once(
            "none",
            "The client's address is unknown: no usable %s. All such clients share one rate limit for each path. "
            "Have your proxy set that header, then set advanced.ip_address.ip_address_headers or "
            "advanced.ip_address.trusted_proxies.",
            " or ".join(self._headers) or "header is configured",
        )
        return None

    def trusts_forwarding_by(self, peer: str | None) -> bool:
        """Return whether forwarded headers of a connection from `peer` are used: a trusted proxy's, or unknown."""
        if not self._uses_connection or not peer:
            return True
        address = _peer_address(peer)
        return address is not None and self._is_trusted(address)

    def _from_headers(self, headers: RequestHeaders) -> Address | None:
        """Read the headers of any sender, as better-auth 1.7.25 does."""
        for name in self._headers:
            value = headers.value(name)
            if value is None:
                continue
            # Without proxies, a client can write the left part of a longer chain: a comma makes it no address.
            address = self._walk(_last_hops(value)) if self._proxies else parse_address(value.strip(", \t"))
            if address is not None:
                return address
        return None

    def _walk(self, hops: list[str]) -> Address | None:
        for hop in reversed(hops):
            address = parse_address(hop)
            if address is None or not self._is_trusted(address):
                return address
        return None

    def _from_connection(self, headers: RequestHeaders, peer: str | None) -> Address | None:
        """Follow the chain of trusted proxies back from the connection, as far as it is trusted."""
        known = _peer_address(peer) if peer else None
        if known is None and peer == GONE:
            return None
        if known is not None and not self._is_trusted(known):
            self._warn_of_untrusted_proxy(headers, known)
            return known
        for name in self._headers:
            value = headers.value(name)
            hops = _last_hops(value) if value is not None else []
            for hop in reversed(hops):
                address = parse_address(_without_port(hop))
                if address is None:
                    break
                known = address
                if not self._is_trusted(address):
                    return address
            if hops:
                return known
        if known is not None:
            self._warn_of_silent_proxy(headers, known)
        return known

    def _is_in_proxies(self, address: Address) -> bool:
        return any(address.version == network.version and address in network for network in self._proxies)

    def _normalized(self, address: Address) -> str:
        if isinstance(address, IPv4Address):
            return str(address)
        mask = (1 << 128) - (1 << (128 - max(0, min(self._subnet, 128))))
        return IPv6Address(int(address) & mask).exploded

    def _warn_of_untrusted_proxy(self, headers: RequestHeaders, peer: Address) -> None:
        # Only a private address can be a proxy missing from the options: warning of every sender of such a header would
        # let clients flood the log.
        name = next((name for name in self._headers if name in headers), None)
        if name is not None and peer.is_private:
            self._warn_once(
                f"untrusted {peer}",
                "Ignored %s from %s, which is no trusted proxy. If it is yours, add it to "
                'advanced.ip_address.trusted_proxies ("private" stands for all private networks); until then all its '
                "clients share one rate limit.",
                name,
                peer,
            )

    def _warn_of_silent_proxy(self, headers: RequestHeaders, peer: Address) -> None:
        other = next((name for name in _OTHER_HEADERS if name in headers), None)
        if other is not None:
            self._warn_once(
                f"silent {peer}",
                "The trusted proxy %s sends %s, but no %s: all its clients share one rate limit. Set "
                "advanced.ip_address.ip_address_headers to the header that it sets and lets nobody else set.",
                peer,
                other,
                " or ".join(self._headers),
            )

    def _warn_once(self, about: str, message: str, *arguments: object) -> None:
        if self._warned.allows(about):
            logger.warning(message, *arguments)


def _peer_address(peer: str) -> Address | None:
    # A link-local one comes with its interface.
    return parse_address(peer.partition("%")[0])


def _last_hops(value: str) -> list[str]:
    return [stripped for hop in value.rsplit(",", _MOST_HOPS)[-_MOST_HOPS:] if (stripped := hop.strip())]


def _without_port(hop: str) -> str:
    found = _WITH_PORT.fullmatch(hop) if len(hop) <= _LONGEST_HOP else None
    return hop if found is None else found[1] or found[2] or ""


def parse_address(text: str) -> Address | None:
    """Return the parsed address, IPv4-mapped IPv6 as IPv4; None if it is not an address."""
    return _parse_short(text) if len(text) <= _LONGEST_HOP else None


@lru_cache(maxsize=4096)
def _parse_short(text: str) -> Address | None:
    if "%" in text:
        return None
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def _header_name(name: str) -> str:
    if not _HEADER_NAME.fullmatch(name):
        raise ConfigurationError(
            f"Option `advanced.ip_address.ip_address_headers`: no header can be called {name!r}. Write for example "
            "x-forwarded-for."
        )
    return name.lower()


def _parse_proxy(entry: str) -> list[Network]:
    return [_parse_network(text, entry) for text in WORDS.get(entry.strip().lower(), (entry.strip(),))]


def _parse_network(text: str, entry: str) -> Network:
    address, slash, prefix = text.rpartition("/")
    try:
        parsed = parse_address(address if slash else text)
        if parsed is None or not (prefix.isdecimal() or not slash):
            raise ValueError(text)
        return ip_network(f"{parsed}/{prefix}" if slash else str(parsed), strict=False)
    except ValueError:
        raise ConfigurationError(
            f"Option `advanced.ip_address.trusted_proxies`: {entry!r} is neither an address, nor a CIDR range, nor one "
            "of the words loopback and private. Write for example 10.0.0.0/8."
        ) from None
