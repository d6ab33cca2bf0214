"""The providers of the options: `social_providers`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from inspect import iscoroutinefunction
from typing import Any

from betterauth_py.core.auth_context import AuthContext
from betterauth_py.errors import ConfigurationError, suggest
from betterauth_py.oauth.authorization import check_endpoints
from betterauth_py.oauth.options import ProviderOptions
from betterauth_py.oauth.provider import Provider
from betterauth_py.oauth.registry import PROVIDER_IDS, RegisteredProvider, find_provider
from betterauth_py.oauth.social_provider import SocialProvider
from betterauth_py.options.from_environment import EnvironmentText
from betterauth_py.options.import_strings import call, import_object
from betterauth_py.options.load import load_value


def load_social_providers(values: Any, path: str) -> dict[str, ProviderOptions]:
    """Return the options of each provider that `values` name.

    A provider's are a table, its own class of options, a function that returns either (None: it is off), or the import
    string of such a function.

    Raises:
        ConfigurationError: for a name that no provider has, and for wrong options.
    """
    if not isinstance(values, Mapping):
        raise ConfigurationError(f"Option `{path}` must be a table of providers, not {type(values).__name__}.")
    loaded = {}
    for name, given in values.items():
        options = _load(_registered(str(name), path), given, f"{path}.{name}")
        if options is not None:
            loaded[str(name)] = options
    return loaded


def with_provider_variables(values: Mapping[str, Any], env: Mapping[str, str], *, is_service: bool) -> dict[str, Any]:
    """Return `values` with what the environment says of providers: `GITHUB_CLIENT_ID`, `GITHUB_CLIENT_SECRET`, ...

    For the service the environment wins over the file, and both credentials together turn a provider on. Embedded, it
    fills in what the options of a provider leave out.
    """
    given = values.get("social_providers", {})
    if not isinstance(given, Mapping):
        return dict(values)
    merged = dict(given)
    for name in PROVIDER_IDS:
        options = given.get(name)
        is_new = is_service and options is None and _has_credentials(name.upper(), env)
        if isinstance(options, Mapping) or is_new:
            said = _from_environment(name, env)
            merged[name] = {**(options or {}), **said} if is_service else {**said, **(options or {})}
    return {**values, "social_providers": merged} if merged else dict(values)


def _has_credentials(prefix: str, env: Mapping[str, str]) -> bool:
    # TikTok's client id is called a key.
    client = env.get(f"{prefix}_CLIENT_ID") or env.get(f"{prefix}_CLIENT_KEY")
    return bool(client and env.get(f"{prefix}_CLIENT_SECRET"))


def _from_environment(name: str, env: Mapping[str, str]) -> dict[str, Any]:
    own = {field.name for field in fields(_registered(name, "").options)} - {
        field.name for field in fields(ProviderOptions)
    }
    variables = {option: f"{name}_{option}".upper() for option in ("client_id", "client_secret", "client_key", *own)}
    return {
        option: EnvironmentText(env[variable], variable) for option, variable in variables.items() if env.get(variable)
    }


def social_providers_of(auth: AuthContext) -> list[SocialProvider]:
    """Return the providers that the options turn on, in their order.

    Raises:
        ConfigurationError: if one lacks what it needs.
    """
    return [
        SocialProvider.of(auth, _provider_of(name, options), options)
        for name, options in auth.options.social_providers.items()
        if options.enabled
    ]


def _provider_of(name: str, options: ProviderOptions) -> Provider:
    provider = _registered(name, "social_providers").make(options)
    check_endpoints(provider, options)
    return provider


def _registered(name: str, path: str) -> RegisteredProvider:
    registered = find_provider(name)
    if registered is None:
        hint = suggest(name.lower(), PROVIDER_IDS, "Providers")
        raise ConfigurationError(f"Option `{path}.{name}`: there is no provider of this name. {hint}")
    return registered


def _load(registered: RegisteredProvider, given: Any, path: str) -> ProviderOptions | None:
    if isinstance(given, str):
        given = import_object(given, path)
    if iscoroutinefunction(given):
        raise ConfigurationError(
            f"Option `{path}` is an async function. Make it a plain one: it is called at the start."
        )
    if callable(given) and not isinstance(given, ProviderOptions):
        given = call(given, path)
    if given is None:
        return None
    options: ProviderOptions = load_value(registered.options, given, path)
    return options
