"""The options of the expo plugin: better-auth's `expo({...})` with its names in snake_case."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class ExpoOptions:
    """Apps made with Expo and React Native, from the `expo` plugin; see [plugins/expo.md](plugins/expo.md)."""

    disable_origin_override: bool = False
    """Whether the header `expo-origin`, with which an app says its origin, is ignored. An app's requests then have no
    origin: those with cookies are refused."""
