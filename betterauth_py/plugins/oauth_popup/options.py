"""The options of the oauth-popup plugin: better-auth's `oauthPopup()` has none."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class OAuthPopupOptions:
    """Signing in with a provider in a popup, from the `oauth-popup` plugin; it has no options.

    See [plugins/oauth-popup.md](plugins/oauth-popup.md).
    """
