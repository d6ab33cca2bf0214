"""`GET /open-api/generate-schema` and the reference page."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from betterauth_py.plugins import APIError, Endpoint, EndpointContext, Reply, Response, Security, endpoint
from betterauth_py.plugins.open_api.document import Description
from betterauth_py.plugins.open_api.options import OpenApiOptions
from betterauth_py.plugins.tools import api_reference

Context = EndpointContext[Any, Any]


def endpoints_for(options: OpenApiOptions) -> Sequence[Endpoint[Any, Any]]:
    """Return the endpoints of these options."""

    @endpoint(
        "/open-api/generate-schema",
        methods=("GET",),
        security=Security.PUBLIC,
        operation_id="generateOpenAPISchema",
        reply=Reply("The document", {"type": "object"}),
        no_store=False,
    )
    async def generate_open_api_schema(ctx: Context) -> Any:
        """Return the OpenAPI document of this server."""
        description = ctx.auth.services.get(Description)
        if ctx.request is None:
            return deepcopy(description.document(ctx.base_url))
        # Its JSON has hundreds of kilobytes: writing it for each request would take the event loop for milliseconds.
        return Response(200, [("content-type", "application/json")], description.text(ctx.base_url))

    @endpoint(
        f"/{options.path.lstrip('/')}",
        methods=("GET",),
        security=Security.PUBLIC,
        operation_id="openAPIReference",
        reply=Reply("The HTML of the page; with `file`, one of its files", {"type": "string"}, media_type="text/html"),
        shown_to_clients=False,
        no_store=False,
    )
    async def open_api_reference(ctx: Context) -> Response:
        """Show the OpenAPI document as a page to read and try out."""
        if options.disable_default_reference:
            raise APIError(404)
        file = ctx.query.get("file") if isinstance(ctx.query, dict) else None
        if isinstance(file, str) and file in api_reference.MEDIA_TYPES:
            headers, content = api_reference.answer_asset(file, ctx.headers.value("accept-encoding") or "")
            return Response(200, headers, content)
        page = api_reference.render_api_reference(
            ctx.options.app_name,
            # Whatever the page's own path is.
            files="?file={name}&{version}",
            openapi=f"{ctx.base_url}/open-api/generate-schema",
            document=ctx.auth.services.get(Description).text(ctx.base_url).decode(),
            theme=options.theme,
            nonce=options.nonce,
        )
        return Response(
            200, [("content-type", "text/html"), ("content-security-policy", api_reference.POLICY)], page.encode()
        )

    return generate_open_api_schema, open_api_reference
