"""Who is at the other end of a connection, and which host it may ask for."""

from __future__ import annotations

from functools import lru_cache
from re import compile as compile_pattern
from typing import Any, Final

from betterauth_py.core.client_ip import GONE
from betterauth_py.urls.parsing import parse_url

# RFC 3986, 3.2.2 and 3.2.3: what a host and port are written with.
_HOST: Final = compile_pattern(r"[0-9A-Za-z!$&'()*+,;=\-._~:\[\]@%]*")


# Few: a host may be as long as all headers together.
@lru_cache(maxsize=128)
def is_host(host: str) -> bool:
    """Tell whether a URL can be made of a `Host`; none at all stands for this server."""
    # A port of five digits, or an address of four numbers, may be none.
    return not host or (_HOST.fullmatch(host) is not None and parse_url(f"http://{host}") is not None)


def peer_without_address(scope: Any) -> tuple[str, int] | None:
    """Return what stands for the other end of a connection whose address the ASGI server does not know.

    That is None for a Unix socket, whose other end is on this machine and trusted. Uvicorn asks for the address late:
    whoever resets a TCP connection in time has none either.
    """
    return (GONE, 0) if isinstance((scope.get("server") or (None, None))[1], int) else None
