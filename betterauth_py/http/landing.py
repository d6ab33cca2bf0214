"""`GET /`: the server's own start page."""

from __future__ import annotations

from betterauth_py.core.auth_context import AuthContext
from betterauth_py.core.messages import Response, page_response, parse_query
from betterauth_py.pages.landing_page import render_landing_page

_LONGEST_CODE = 64


class LandingPage:
    """The page at `/`, with the error's code if `/error` redirected here."""

    def __init__(self, auth: AuthContext, *, links: dict[str, str]) -> None:
        """Link to the application and to `links`."""
        self._auth = auth
        self._links = links
        self._plain = self._page(None)

    def answer(self, query_string: str) -> Response:
        """Return the page for this query."""
        if "error=" not in query_string:
            return self._plain
        code = parse_query(query_string).get("error")
        return self._page(code[:_LONGEST_CODE]) if isinstance(code, str) and code else self._plain

    def _page(self, error: str | None) -> Response:
        options = self._auth.options
        return page_response(render_landing_page(options.app_name, options.app_url, self._links, error))
