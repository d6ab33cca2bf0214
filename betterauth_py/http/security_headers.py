"""The security headers of every response, encoded once."""

from __future__ import annotations

from betterauth_py.core.messages import RawHeaders, Response
from betterauth_py.options import DynamicBaseURL, Options
from betterauth_py.options.trusted_origins import normalize_origins

_POLICY = b"content-security-policy"
_NO_STORE = (b"cache-control", b"no-store")


class SecurityHeaders:
    """The headers added to responses."""

    def __init__(self, options: Options, base_origin: str | None) -> None:
        """Encode the headers of these options.

        Raises:
            ConfigurationError: if an origin that may show pages in frames is none.
        """
        given = options.advanced.security_headers
        origins = normalize_origins(given.frame_ancestors, "Option `advanced.security_headers.frame_ancestors`")
        self._frames = b"frame-ancestors " + (" ".join(origins) or "'none'").encode()
        added: RawHeaders = []
        if given.enabled:
            added = [(_POLICY, self._frames), (b"referrer-policy", given.referrer_policy.encode())]
            added.append((b"x-content-type-options", b"nosniff"))
            if given.strict_transport_security > 0 and _is_https(options, base_origin):
                age = b"max-age=%d" % given.strict_transport_security
                added.append((b"strict-transport-security", age))
        self._added = added
        self._names = frozenset(name for name, _ in added)

    def raw(self, response: Response) -> RawHeaders:
        """Return all headers of a response in ASGI's form; it keeps its own values of these headers."""
        raw = response.raw_headers()
        names = dict(raw)
        if response.status >= 400 and self._added and b"cache-control" not in names:
            # Caches may store a 404 for any time (RFC 9111, 4.2.2), but a refused request may succeed the next time.
            raw.append(_NO_STORE)
        if self._names.isdisjoint(names):
            return raw + self._added
        return self._completed(raw, names)

    def _completed(self, raw: RawHeaders, names: dict[bytes, bytes]) -> RawHeaders:
        if b"frame-ancestors" not in names.get(_POLICY, b"frame-ancestors"):
            raw = [(name, value + b"; " + self._frames if name == _POLICY else value) for name, value in raw]
        return raw + [header for header in self._added if header[0] not in names]


def _is_https(options: Options, base_origin: str | None) -> bool:
    if isinstance(options.base_url, DynamicBaseURL):
        return options.base_url.protocol == "https"
    return (base_origin or "").startswith("https://")
