"""Splits the base URL into what links, cookies and routes need."""

from __future__ import annotations

from betterauth_py.errors import ConfigurationError
from betterauth_py.wire.urls import parse_url


def split_base_url(base_url: str | None, base_path: str) -> tuple[str | None, str]:
    """Return the origin and the path all endpoints are under; a path in `base_url` wins over `base_path`.

    Raises:
        ConfigurationError: if `base_url` is not an absolute http(s) URL.
    """
    path = "/" + base_path.strip("/") if base_path.strip("/") else ""
    if base_url is None:
        return None, path
    url = parse_url(base_url)
    if url is None or url.protocol not in {"http:", "https:"}:
        raise ConfigurationError(
            f"Option `base_url` (BETTER_AUTH_URL): {base_url!r} is not an http:// or https:// URL. "
            "Write for example https://auth.example.com."
        )
    own_path = str(url.pathname).rstrip("/")
    return str(url.origin), own_path or path
