"""The oauth-popup plugin: signing in with a provider in a popup, also from a page in a cross-site iframe."""

from __future__ import annotations

from betterauth_py.plugins import Plugin, plugin_factory
from betterauth_py.plugins.oauth_popup.endpoints import oauth_popup_start
from betterauth_py.plugins.oauth_popup.errors import OAuthPopupErrorCodes
from betterauth_py.plugins.oauth_popup.hooks import ANSWER_POPUP
from betterauth_py.plugins.oauth_popup.options import OAuthPopupOptions

__all__ = ["OAuthPopupErrorCodes", "OAuthPopupOptions", "oauth_popup"]


@plugin_factory(OAuthPopupOptions)
def oauth_popup(options: OAuthPopupOptions) -> Plugin:
    """Return the oauth-popup plugin, as better-auth's `oauthPopup()`.

    Example:
        ```python
        auth = BetterAuth(plugins=[oauth_popup()], social_providers={"github": {...}})
        ```
    """
    return Plugin(
        id="oauth-popup", endpoints=[oauth_popup_start], after=[ANSWER_POPUP], error_codes=OAuthPopupErrorCodes
    )
