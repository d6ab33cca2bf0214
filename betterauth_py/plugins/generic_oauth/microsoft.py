"""The profile of the preset `microsoft-entra-id`: the ID token's claims, and Microsoft Graph's additions."""

from __future__ import annotations

from typing import Any, Final

from betterauth_py.plugins import UNDEFINED, SocialProvider, Tokens
from betterauth_py.plugins.tools import JsonObject, OAuthError, known_of, placeholder_email, read_claims, to_text, trim

_USER_INFO: Final = "https://graph.microsoft.com/oidc/userinfo"


async def fetch_profile(social: SocialProvider, tokens: Tokens) -> JsonObject:
    """Return the claims of the ID token, with those of Graph if they are of the same user.

    Raises:
        OAuthError: if there is no ID token, or it has no `oid`, the only claim that identifies a user.
    """
    claims = read_claims(tokens.id_token)
    if claims is None or not isinstance(claims.get("oid"), str) or not trim(claims["oid"]):
        raise OAuthError("there is no ID token with the claim `oid`, which alone tells users apart")
    needs_email = known_of("email", default=None)(claims) is None
    placeholder = placeholder_email(claims["oid"], "microsoft-entra-id") if needs_email else None
    graph = await _of_graph(social, tokens)
    if not isinstance(claims.get("sub"), str) or graph.get("sub") != claims["sub"]:
        graph = {}
    email = _first("email", claims, graph, default=None)
    profile = {
        **graph,
        **claims,
        "name": known_of(_name, lambda _: _name(graph))(claims),
        "email": placeholder if email is None else email,
        "image": _first("picture", claims, graph),
        "emailVerified": _first("email_verified", claims, graph, default=False) if email is not None else False,
    }
    return {name: value for name, value in profile.items() if value is not UNDEFINED}


async def _of_graph(social: SocialProvider, tokens: Tokens) -> JsonObject:
    """Return Graph's claims, or none: users can sign in even if Graph is down."""
    if not tokens.access_token:
        return {}
    try:
        answer = await social.http.send("GET", _USER_INFO, headers={"authorization": f"Bearer {tokens.access_token}"})
    except OAuthError:
        return {}
    return answer.object or {}


def _first(name: str, claims: JsonObject, graph: JsonObject, default: Any = UNDEFINED) -> Any:
    return known_of(("claims", name), ("graph", name), default=default)({"claims": claims, "graph": graph})


def _name(claims: JsonObject) -> Any:
    name = known_of("name", default=None)(claims)
    if name is not None:
        return name
    parts = (known_of("given_name", "givenname"), known_of("family_name", "familyname"))
    found = (known_of(part, default="")(claims) for part in parts)
    return trim(" ".join(map(to_text, found))) or UNDEFINED
