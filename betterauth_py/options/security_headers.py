"""Security headers of every answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from betterauth_py.options.types import Seconds


@dataclass(frozen=True, kw_only=True)
class SecurityHeadersOptions:
    """Security headers of every answer (OWASP: HTTP Headers Cheat Sheet).

    `X-Content-Type-Options: nosniff` is always sent with them.
    """

    enabled: bool = True
    """Whether they are sent. Turn them off if a proxy sets its own."""
    referrer_policy: Literal["same-origin", "strict-origin", "strict-origin-when-cross-origin"] = "same-origin"
    """`Referrer-Policy`. `no-referrer` is not available: with it browsers send forms with `Origin: null`, which the
    origin check refuses."""
    frame_ancestors: list[str] = field(default_factory=list)
    """Origins whose pages may embed this server's pages in a frame. Empty: none (`frame-ancestors 'none'`)."""
    strict_transport_security: Seconds = 31_536_000
    """Seconds for which browsers use only https for this host, without its subdomains. Sent if `base_url` is https; 0
    omits the header. After you turn it off, browsers remember it until it expires."""
