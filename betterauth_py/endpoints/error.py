"""`GET /error`: the page shown when a redirect flow fails."""

from __future__ import annotations

from re import compile as compile_pattern
from typing import Any, Final
from urllib.parse import urlencode

from betterauth_py.core.context import EndpointContext
from betterauth_py.core.endpoint import Reply, endpoint
from betterauth_py.core.messages import Response, page_response
from betterauth_py.flows.security import Security
from betterauth_py.pages.error_page import render_error_page
from betterauth_py.urls.parsing import append_query

_SAFE_CODE: Final = compile_pattern(r"['A-Za-z0-9_-]+")


@endpoint(
    "/error",
    methods=("GET",),
    security=Security.PUBLIC,
    operation_id="error",
    reply=Reply("The HTML of the error page", {"type": "string"}, media_type="text/html"),
    shown_to_clients=False,
    no_store=False,
)
async def error(ctx: EndpointContext[Any, Any]) -> Response:
    """Display an error page."""
    query = ctx.query if isinstance(ctx.query, dict) else {}
    given, description = _first(query.get("error")), _first(query.get("error_description"))
    code = given if _SAFE_CODE.fullmatch(given) else "UNKNOWN"
    options = ctx.options.on_api_error
    parameters = {"error": code} | ({"error_description": description} if description else {})
    # The Fetch standard's form encoding leaves `*` alone and encodes `~`; Python's does the reverse.
    encoded = urlencode(parameters, safe="*").replace("~", "%7E")
    if options.error_url:
        return Response(302, [("location", append_query(options.error_url, encoded))])
    if ctx.auth.in_production and options.customize_default_error_page is None:
        return Response(302, [("location", f"{ctx.options.app_url or ''}/?{encoded}")])
    page = render_error_page(code, description, options.customize_default_error_page, home=ctx.options.app_url or "/")
    return page_response(page, "text/html")


def _first(value: Any) -> str:
    if isinstance(value, list):
        value = value[0]
    return value if isinstance(value, str) else ""
