"""The options of the oauth-proxy plugin: better-auth's `oAuthProxy({...})` with its names in snake_case."""

from __future__ import annotations

from dataclasses import dataclass, field

from betterauth_py.plugins import ConfigurationError, Seconds
from betterauth_py.plugins.tools import Secret, get_origin

PATH = "plugins.oauth-proxy"


@dataclass(frozen=True, kw_only=True)
class OAuthProxyOptions:
    """Signing in with a provider at previews, by production's redirect URL, from the `oauth-proxy` plugin.

    See [plugins/oauth-proxy.md](plugins/oauth-proxy.md).
    """

    current_url: str | None = None
    """Where this server is, such as `https://preview-7.example.com`. Unset: the host of the request if it is a trusted
    origin, else `VERCEL_URL`, `NETLIFY_URL` or `RENDER_URL`, else `base_url`."""
    production_url: str | None = None
    """Where production is, whose redirect URL the providers know. A server at this place signs in without the proxy.
    Unset: `BETTER_AUTH_URL`, else `base_url`."""
    max_age: Seconds = 60
    """How long a profile may be on its way from production to the preview."""
    secret: str | list[Secret] | None = field(default=None, repr=False)
    """The secret that production and its previews share, or several versions of it, as the option `secrets` has them:
    the first encrypts, all of them decrypt. Unset: the server's own secret, which then has to be the same
    everywhere."""

    def __post_init__(self) -> None:
        """Refuse what no sign-in could work with."""
        for name in ("current_url", "production_url"):
            url = getattr(self, name)
            if url and get_origin(url) is None:
                raise ConfigurationError(
                    f"Option `{PATH}.{name}` is {url[:100]!r}, which is no URL. Write it as https://www.example.com."
                )
        if self.max_age <= 0:
            raise ConfigurationError(
                f"Option `{PATH}.max_age` is {self.max_age}: every sign-in would be too late. 60 is usual."
            )
