"""`GET /reference` and `/openapi.json`: the API as a page to read and try out, and as a document for machines."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import cache
from typing import Any

from litestar.types import Scope

from betterauth_py.core.auth_context import AuthContext
from betterauth_py.core.endpoint import Endpoint
from betterauth_py.core.messages import JSON_TYPE, Response
from betterauth_py.javascript import json
from betterauth_py.openapi.document import build_openapi
from betterauth_py.pages.api_reference import MEDIA_TYPES, POLICY, answer_asset, render_api_reference

Respond = Callable[[Scope], Awaitable[Response]]


def reference_pages(auth: AuthContext, endpoints: Sequence[Endpoint[Any, Any]]) -> dict[str, Respond]:
    """Return the handler of each path. Everything is created on first use: most processes never serve it."""

    @cache
    def openapi() -> Response:
        return Response(200, [("content-type", JSON_TYPE)], json.stringify(build_openapi(auth, endpoints)))

    @cache
    def page() -> Response:
        headers = [("content-security-policy", POLICY), ("content-type", "text/html; charset=utf-8")]
        return Response(200, headers, render_api_reference(auth.options.app_name).encode())

    async def serve_openapi(_: Scope) -> Response:
        return openapi()

    async def serve_page(scope: Scope) -> Response:
        if (scope.get("raw_path") or b"").endswith(b"/"):
            # The page's links are relative.
            return Response(308, [("location", "../reference")])
        return page()

    files = {f"/reference/{name}": _serve_file(name) for name in MEDIA_TYPES}
    return {"/openapi.json": serve_openapi, "/reference": serve_page, **files}


def _serve_file(name: str) -> Respond:
    async def serve(scope: Scope) -> Response:
        accepted = b",".join(value for header, value in scope["headers"] if header == b"accept-encoding")
        headers, content = answer_asset(name, accepted.decode("latin-1"))
        return Response(200, headers, content)

    return serve
