"""Collects the endpoints of an auth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from betterauth_py.core.endpoint import Endpoint
from betterauth_py.core.plugin import Plugin
from betterauth_py.endpoints import CORE_ENDPOINTS
from betterauth_py.errors import ConfigurationError


def collect_endpoints(plugins: Sequence[Plugin]) -> tuple[Endpoint[Any, Any], ...]:
    """Return the core's endpoints and the plugins'; a later one of the same operation takes the place of an earlier."""
    endpoints: dict[str, Endpoint[Any, Any]] = {endpoint.operation: endpoint for endpoint in CORE_ENDPOINTS}
    owners: Mapping[tuple[str, str], str] = {}
    for plugin in plugins:
        for endpoint in plugin.endpoints:
            endpoints[endpoint.operation] = endpoint
            for method in endpoint.methods:
                owners = _claim(owners, (method, endpoint.path or endpoint.operation), plugin.id)
    return tuple(endpoints.values())


def _claim(owners: Mapping[tuple[str, str], str], route: tuple[str, str], plugin: str) -> Mapping[tuple[str, str], str]:
    owner = owners.get(route)
    if owner is not None and owner != plugin:
        raise ConfigurationError(f"The plugins {owner} and {plugin} both serve {route[0]} {route[1]}. Use one of them.")
    return {**owners, route: plugin}
