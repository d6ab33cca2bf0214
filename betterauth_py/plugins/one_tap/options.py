"""The options of the one-tap plugin: better-auth's `oneTap({...})` with its names in snake_case."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class OneTapOptions:
    """Google One Tap, from the `one-tap` plugin; see [plugins/one-tap.md](plugins/one-tap.md)."""

    client_id: str | list[str] | None = None
    """The client id that ID tokens have to be for, as the page gives it to Google; a list if there are several. Unset:
    `client_id` of `[social_providers.google]`. One of the two is needed."""
    disable_signup: bool = False
    """Whether nobody becomes a new user with it. `disable_sign_up` of `[social_providers.google]` counts here too."""
