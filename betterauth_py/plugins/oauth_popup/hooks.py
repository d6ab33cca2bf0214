"""Hooks around the providers' callbacks: a popup gets a page that informs its opener, instead of the redirect."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from betterauth_py.plugins import UNDEFINED, EndpointContext, Hook, Response
from betterauth_py.plugins.oauth_popup.marker import take_marker
from betterauth_py.plugins.oauth_popup.page import completion_page

Context = EndpointContext[Any, Any]


async def answer_popup(ctx: Context) -> Response | None:
    """Replace the redirect of a callback in a popup by the page that informs the opener."""
    location = ctx.response_headers.get("location")
    marker = await take_marker(ctx) if location else None
    if location is None or marker is None:
        return None
    token = ctx.pending_cookie(ctx.auth.cookies.session_token.name)
    if token:
        message = {"nonce": marker.popup_nonce, "token": token, "redirectTo": location}
        return completion_page(marker.popup_origin, message)
    query = dict(reversed(parse_qsl(_query_of(location), keep_blank_values=True, errors="replace")))
    if not query.get("error"):
        return None
    error = {"code": query["error"], "description": query.get("error_description", UNDEFINED)}
    return completion_page(marker.popup_origin, {"nonce": marker.popup_nonce, "error": error})


def _query_of(location: str) -> str:
    return location.partition("#")[0].partition("?")[2]


ANSWER_POPUP = Hook(prefixes=("/callback/", "/oauth2/callback/"), optional=True, handler=answer_popup)
