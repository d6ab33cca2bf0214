"""Headers that tell browsers to be careful with the answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from betterauth_py.options.types import Seconds


@dataclass(frozen=True, kw_only=True)
class SecurityHeadersOptions:
    """Headers that tell browsers to be careful with every answer (OWASP: HTTP Headers Cheat Sheet).

    `X-Content-Type-Options: nosniff` is always among them.
    """

    enabled: bool = True
    """Whether they are sent. Turn them off where a proxy sets its own."""
    referrer_policy: Literal["same-origin", "strict-origin", "strict-origin-when-cross-origin"] = "same-origin"
    """`Referrer-Policy`. `no-referrer` is not among the choices: with it browsers send forms with `Origin: null`, which
    the origin check refuses."""
    frame_ancestors: list[str] = field(default_factory=list)
    """Origins whose pages may show this server's pages in a frame. Empty: none (`frame-ancestors 'none'`)."""
    strict_transport_security: Seconds = 31_536_000
    """Seconds for which browsers use https only for this host, without its subdomains. Sent where `base_url` is https;
    0 leaves the header out. Turning it off later takes as long as browsers remember it."""
