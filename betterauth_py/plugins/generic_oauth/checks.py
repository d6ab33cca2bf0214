"""Checks of the generic-oauth plugin's options, at the start."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from betterauth_py.plugins import ConfigurationError
from betterauth_py.plugins.generic_oauth.options import GenericProviderOptions
from betterauth_py.plugins.generic_oauth.presets import apply_preset
from betterauth_py.plugins.generic_oauth.providers import Configured, authentication_of
from betterauth_py.plugins.tools import check_authentication, get_origin

_URLS: Final = ("discovery_url", "authorization_url", "token_url", "user_info_url", "end_session_endpoint")


def checked(config: Sequence[GenericProviderOptions], path: str) -> list[Configured]:
    """Return the providers of the options.

    Raises:
        ConfigurationError: naming the option, the problem and the fix.
    """
    configured = [_checked(options, f"{path}[{place}]") for place, options in enumerate(config)]
    places: dict[str, int] = {}
    for place, one in enumerate(configured):
        first = places.setdefault(one.id, place)
        if first != place:
            raise ConfigurationError(
                f"Option `{path}[{place}].provider_id`: {one.id!r} is the id of `{path}[{first}]` too. Take another."
            )
    return configured


def _checked(given: GenericProviderOptions, path: str) -> Configured:
    options, preset = apply_preset(given, path)
    if not options.provider_id:
        raise ConfigurationError(f"Option `{path}.provider_id` is missing. Set it, or a `preset`.")
    if not options.client_id:
        raise ConfigurationError(f"Option `{path}.client_id` is empty. Set it to what the provider has given you.")
    for name in _URLS:
        url = getattr(options, name)
        if url is not None and not (get_origin(url) or "").startswith("http"):
            raise ConfigurationError(
                f"Option `{path}.{name}`: {url!r} is not an https:// URL. Write for example https://id.example.com/…"
            )
    if options.discovery_url is None:
        _demand_endpoints(options, path)
    check_authentication(authentication_of(options), options.client_secret, path)
    return Configured(options=options, preset=preset)


def _demand_endpoints(options: GenericProviderOptions, path: str) -> None:
    if options.require_id_token_verification:
        raise ConfigurationError(
            f"Option `{path}.require_id_token_verification` needs to know the provider's keys. Set `discovery_url`."
        )
    if options.authorization_url is None:
        raise ConfigurationError(f"Option `{path}.authorization_url` is missing. Set it, or `discovery_url`.")
    if options.token_url is None and options.get_token is None:
        raise ConfigurationError(f"Option `{path}.token_url` is missing. Set it, or `discovery_url`.")
