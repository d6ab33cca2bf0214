"""A provider's description of itself (OpenID Connect Discovery 1.0)."""

from __future__ import annotations

from dataclasses import dataclass

from betterauth_py.plugins.generic_oauth.options import GenericProviderOptions
from betterauth_py.plugins.tools import (
    ALL_ALGORITHMS,
    JsonObject,
    OAuthError,
    ProviderClient,
    get_origin,
    resolve_url,
    text_of,
)


@dataclass(frozen=True, kw_only=True)
class Discovered:
    """The parts of a discovery document that this server uses."""

    authorization_endpoint: str | None = None
    token_endpoint: str | None = None
    user_info_endpoint: str | None = None
    end_session_endpoint: str | None = None
    issuer: str | None = None
    jwks_url: str | None = None
    is_oidc: bool = False
    """Whether the document names the algorithms of ID tokens."""
    algorithms: tuple[str, ...] = ()
    """The named algorithms that this server supports; all that it supports if the document names none."""


async def discover(options: GenericProviderOptions, http: ProviderClient) -> Discovered:
    """Fetch a provider's discovery document.

    Raises:
        OAuthError: if the provider does not answer, or the document is not usable.
    """
    url = options.discovery_url or ""
    answer = await http.send("GET", url, headers=options.discovery_headers)
    if answer.object is None:
        raise OAuthError(f"the discovery document is not to be had: {url} answers {answer.status}")
    return read_discovery(answer.object, url)


def read_discovery(document: JsonObject, url: str) -> Discovered:
    """Return the used parts of a document that was fetched from `url`.

    Raises:
        OAuthError: if its issuer or its `jwks_uri` is not a URL.
    """
    issuer = document.get("issuer")
    if issuer and (not isinstance(issuer, str) or get_origin(issuer) is None):
        raise OAuthError("the issuer of the discovery document is no URL")
    listed = document.get("id_token_signing_alg_values_supported")
    listed = listed if isinstance(listed, list) else []
    return Discovered(
        authorization_endpoint=text_of(document, "authorization_endpoint"),
        token_endpoint=text_of(document, "token_endpoint"),
        user_info_endpoint=text_of(document, "userinfo_endpoint"),
        end_session_endpoint=text_of(document, "end_session_endpoint"),
        issuer=issuer or None,
        jwks_url=_jwks_url(document, url),
        is_oidc=bool(listed),
        algorithms=tuple(name for name in ALL_ALGORITHMS if name in listed) if listed else ALL_ALGORITHMS,
    )


def _jwks_url(document: JsonObject, url: str) -> str | None:
    given = text_of(document, "jwks_uri")
    if given is None:
        return None
    resolved = resolve_url(given, url)
    if resolved is None:
        raise OAuthError("the `jwks_uri` of the discovery document is no URL")
    return resolved
