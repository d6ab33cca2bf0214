"""Finds the endpoint of a path, as better-call and rou3 do: exactly, on the percent-encoded path."""

from __future__ import annotations

from collections.abc import Iterable
from re import compile as compile_pattern
from typing import Any, Final

from betterauth_py.core.endpoint import Endpoint
from betterauth_py.core.paths import MOST_SEGMENTS, Bucket

AnyEndpoint = Endpoint[Any, Any]
_DOT_SEGMENT: Final = compile_pattern(r"/(?:\.|%2[eE]){1,2}(?=/|$)")


_LONGEST_KEY: Final = 100


class Router:
    """The endpoints that have a URL."""

    def __init__(self, endpoints: Iterable[AnyEndpoint], *, skip_trailing_slashes: bool) -> None:
        """Index `endpoints`; a later one replaces an earlier one with the same method and path."""
        self._skip_trailing_slashes = skip_trailing_slashes
        self._static: dict[tuple[str, str], AnyEndpoint] = {}
        self._known: set[str] = set()
        self._patterns: dict[str, list[tuple[list[str], AnyEndpoint]]] = {}
        for endpoint in endpoints:
            if endpoint.path is None or not endpoint.security.is_served:
                continue
            for method in endpoint.methods:
                if ":" in endpoint.path:
                    self._patterns.setdefault(method, []).append((endpoint.path.split("/"), endpoint))
                else:
                    self._static[method, endpoint.path] = endpoint
                    self._known.add(endpoint.path)

    def bucket_of(self, path: str) -> Bucket:
        """Return the key under which requests to `path` are counted: the endpoint's declared path, or a bounded text.

        Requests to all values of a parameter (`/reset-password/:token`) count together, and so do those to paths longer
        than any endpoint's. What is logged is never what a client wrote: it may be a mistyped link with a token.
        """
        if path in self._known:
            return Bucket(path, path)
        segments = path.split("/", MOST_SEGMENTS)
        for patterns in self._patterns.values():
            for pattern, endpoint in patterns:
                if _matched(pattern, segments) is not None and endpoint.path is not None:
                    return Bucket(endpoint.path, endpoint.path)
        return Bucket(path if len(path) <= _LONGEST_KEY else "(long path)", "an unknown path")

    def find(self, method: str, path: str) -> tuple[AnyEndpoint, dict[str, str]] | None:
        """Return the endpoint and its path parameters, or None."""
        endpoint = self._static.get((method, path))
        if endpoint is not None:
            return endpoint, {}
        if path.endswith("/"):
            if not self._skip_trailing_slashes or path.endswith("//"):
                return None
            return self.find(method, path[:-1]) if len(path) > 1 else None
        return self._find_pattern(method, path)

    def methods_of(self, path: str) -> list[str]:
        """Return the methods of the path."""
        methods = dict.fromkeys([*(method for method, _ in self._static), *self._patterns])
        return [method for method in methods if self.find(method, path) is not None]

    def _find_pattern(self, method: str, path: str) -> tuple[AnyEndpoint, dict[str, str]] | None:
        segments = path.split("/", MOST_SEGMENTS)
        for pattern, endpoint in self._patterns.get(method, ()):
            params = _matched(pattern, segments)
            if params is not None:
                return endpoint, params
        return None


def _matched(pattern: list[str], segments: list[str]) -> dict[str, str] | None:
    """Return the path parameters, or None if the segments do not match."""
    if len(pattern) != len(segments):
        return None
    params: dict[str, str] = {}
    for wanted, given in zip(pattern, segments, strict=True):
        if wanted.startswith(":") and given:
            params[wanted[1:]] = given
        elif wanted != given:
            return None
    return params


def resolve_dot_segments(path: str) -> str:
    """Return the path normalized as by a WHATWG URL parser: backslashes replaced, dot segments resolved."""
    if "\\" in path:
        path = path.replace("\\", "/")
    if "/." not in path and "/%2" not in path:
        return path
    if not _DOT_SEGMENT.search(path):
        return path
    resolved: list[str] = []
    segments = path.split("/")[1:]
    for position, segment in enumerate(segments):
        plain = segment.replace("%2e", ".").replace("%2E", ".")
        is_last = position == len(segments) - 1
        if plain == "..":
            if resolved:
                resolved.pop()
            if is_last:
                resolved.append("")
        elif plain == ".":
            if is_last:
                resolved.append("")
        else:
            resolved.append(segment)
    return "/" + "/".join(resolved)
