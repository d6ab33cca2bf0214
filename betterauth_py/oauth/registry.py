"""The built-in providers. A provider is imported only if it is configured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Final

from betterauth_py.oauth.options import ProviderOptions
from betterauth_py.oauth.provider import Provider

PROVIDER_IDS: Final = (
    "apple",
    "atlassian",
    "cloudflare",
    "cognito",
    "discord",
    "facebook",
    "figma",
    "github",
    "microsoft",
    "google",
    "huggingface",
    "slack",
    "spotify",
    "twitch",
    "twitter",
    "dropbox",
    "kick",
    "linear",
    "linkedin",
    "gitlab",
    "tiktok",
    "reddit",
    "roblox",
    "salesforce",
    "vk",
    "zoom",
    "notion",
    "kakao",
    "naver",
    "line",
    "paybin",
    "paypal",
    "polar",
    "railway",
    "vercel",
    "wechat",
)
"""The ids in better-auth's order; each is the name of a module of `oauth.providers`."""


@dataclass(frozen=True)
class RegisteredProvider:
    """The contents of a provider's module."""

    options: type[ProviderOptions]
    """Its options: the common ones, and its own."""
    make: Callable[[ProviderOptions], Provider]
    """Returns the provider for such options."""


def find_provider(provider_id: str) -> RegisteredProvider | None:
    """Import the provider with this id; None if there is none."""
    if provider_id not in PROVIDER_IDS:
        return None
    module = import_module(f"betterauth_py.oauth.providers.{provider_id}")
    return RegisteredProvider(module.OPTIONS, module.provider)
