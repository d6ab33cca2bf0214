"""Collects the endpoints of an auth."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from difflib import get_close_matches
from typing import Any

from betterauth_py.core.endpoint import Endpoint
from betterauth_py.core.plugin import Hook, Plugin
from betterauth_py.endpoints import CORE_ENDPOINTS
from betterauth_py.errors import ConfigurationError

AnyEndpoint = Endpoint[Any, Any]
_CORE = "the core"


def collect_endpoints(plugins: Sequence[Plugin]) -> tuple[AnyEndpoint, ...]:
    """Return the core's endpoints, except those that a plugin says it replaces, and the plugins'.

    Raises:
        ConfigurationError: if two of them have one operation or one route, or a hook is for a path of none.
    """
    endpoints: dict[str, AnyEndpoint] = {}
    routes: dict[tuple[str, str], str] = {}
    owners: dict[str, str] = {}
    for plugin in plugins:
        for one in plugin.endpoints:
            if not isinstance(one, Endpoint):
                raise ConfigurationError(
                    f"The plugin {plugin.id} has {getattr(one, '__name__', one)!r} among its endpoints. "
                    "Decorate it with `@endpoint(...)`."
                )
    replaced = {one.replaces: plugin.id for plugin in plugins for one in plugin.endpoints if one.replaces}
    given = [(_CORE, endpoint) for endpoint in CORE_ENDPOINTS]
    unknown = [operation for operation in replaced if operation not in {one.operation for _, one in given}]
    if unknown:
        raise ConfigurationError(
            f"The plugin {replaced[unknown[0]]} replaces the operation {unknown[0]}, which the core does not have."
        )
    given = [(owner, endpoint) for owner, endpoint in given if endpoint.operation not in replaced]
    for owner, endpoint in [*given, *((plugin.id, one) for plugin in plugins for one in plugin.endpoints)]:
        if endpoint.operation in endpoints:
            raise _shared(owners[endpoint.operation], owner, f"the operation {endpoint.operation}", endpoint.operation)
        endpoints[endpoint.operation], owners[endpoint.operation] = endpoint, owner
        for route in _routes(endpoint):
            other = routes.setdefault(route, endpoint.operation)
            if other != endpoint.operation:
                raise _shared(owners[other], owner, f"{route[0]} {endpoint.path}", other)
    refuse_unknown_paths(plugins, {endpoint.path for endpoint in endpoints.values() if endpoint.path is not None})
    return tuple(endpoints.values())


def refuse_unknown_paths(plugins: Sequence[Plugin], known: Collection[str]) -> None:
    """Refuse hooks for `paths` or `prefixes` that no endpoint has: they would never run.

    Raises:
        ConfigurationError: naming the plugin, the path and the nearest one that there is.
    """
    for plugin in plugins:
        for hook in (*plugin.before, *plugin.after):
            if not isinstance(hook, Hook):
                raise ConfigurationError(
                    f"The plugin {plugin.id} has {getattr(hook, '__name__', hook)!r} among its hooks. "
                    "Write `Hook(handler=..., paths=[...])`."
                )
            given: tuple[Any, ...] = (hook.paths, hook.prefixes)
            if any(isinstance(one, str) for one in given):
                raise ConfigurationError(
                    f"A hook of the plugin {plugin.id} has a string as its paths. Give a list of strings."
                )
            unknown = [path for path in hook.paths if path not in known]
            unknown += [one for one in hook.prefixes if not any(path.startswith(one) for path in known)]
            if unknown and not hook.optional:
                close = get_close_matches(unknown[0], sorted(known), n=1)
                hint = f"Did you mean {close[0]}? " if close else ""
                raise ConfigurationError(
                    f"A hook of the plugin {plugin.id} is for {unknown[0]}, where no endpoint is. {hint}If it is for "
                    "another plugin, which may be off, give the hook `optional=True`."
                )


def _routes(endpoint: AnyEndpoint) -> Iterator[tuple[str, str]]:
    """Yield method and path of what `endpoint` serves; the names of parameters make no difference."""
    if endpoint.path is not None:
        path = "/".join(":" if segment.startswith(":") else segment for segment in endpoint.path.split("/"))
        yield from ((method, f"{path} at the root" if endpoint.at_root else path) for method in endpoint.methods)


def _shared(owner: str, plugin: str, what: str, operation: str) -> ConfigurationError:
    if owner == plugin:
        return ConfigurationError(f"The plugin {plugin} has two endpoints for {what}. Rename one of them.")
    if owner == _CORE:
        return ConfigurationError(
            f"The plugin {plugin} and the core both serve {what}. Rename the plugin's, or let its endpoint declare "
            f'`replaces="{operation}"`.'
        )
    return ConfigurationError(f"The plugins {owner} and {plugin} both serve {what}. Turn on only one of them.")
