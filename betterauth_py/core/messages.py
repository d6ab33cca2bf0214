"""Requests and responses, free of any framework."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any
from urllib.parse import parse_qsl

from betterauth_py.javascript import json
from betterauth_py.javascript.values import encode_uri_component
from betterauth_py.wire.cookies import parse_cookies
from betterauth_py.wire.errors import APIError
from betterauth_py.wire.headers import RequestHeaders, ResponseHeaders, harmless_value

Query = dict[str, Any]
RawHeaders = list[tuple[bytes, bytes]]

JSON_TYPE = "application/json"
MOST_PARAMETERS = 500
"""Maximum number of query parameters or form fields; no endpoint needs more."""


class BodyTooLargeError(Exception):
    """The request's body is larger than the server accepts."""


class Request:
    """A request as an endpoint sees it."""

    __slots__ = (
        "_body", "_connection_from", "_cookies", "_query", "_read_body", "headers", "id", "method", "path",
        "query_string", "scheme",
    )  # fmt: skip

    id: str
    """The request's id in the log; set when it is first logged."""

    def __init__(
        self,
        *,
        method: str,
        path: str,
        query_string: str = "",
        headers: RequestHeaders,
        scheme: str = "http",
        connection_from: Sequence[Any] | None = None,
        read_body: Callable[[int], Awaitable[bytes]] | None = None,
    ) -> None:
        """Create a request; `path` is percent-encoded, as it was sent.

        `connection_from` is ASGI's `client`: address and port, where there is a connection and it has them.
        """
        self.method = method
        self.path = path
        self.query_string = query_string
        self.headers = headers
        self.scheme = scheme
        self._connection_from = connection_from
        self._read_body = read_body
        self._body: bytes | None = None
        self._query: Query | None = None
        self._cookies: dict[str, str] | None = None

    async def body(self, most: int) -> bytes:
        """Return the body, read once.

        Raises:
            BodyTooLargeError: if it has more than `most` bytes; what is announced as larger is not read.
        """
        if self._body is None:
            self._body = await self._read_body(most) if self._read_body else b""
        if len(self._body) > most:
            raise BodyTooLargeError
        return self._body

    def with_headers(self, headers: Mapping[str, str]) -> Request:
        """Return this request with these headers, which replace those of the same names."""
        changed = Request(
            method=self.method,
            path=self.path,
            query_string=self.query_string,
            headers=self.headers.with_values({name.lower(): value for name, value in headers.items()}),
            scheme=self.scheme,
            connection_from=self._connection_from,
            read_body=self._read_body,
        )
        changed._body = self._body
        return changed

    @property
    def peer(self) -> str | None:
        """The address at the other end of the connection."""
        return str(self._connection_from[0]) if self._connection_from else None

    @property
    def origin(self) -> str:
        """Scheme and host of the requested URL, from the Host header."""
        return f"{self.scheme}://{self.headers.get('host', 'localhost')}"

    @property
    def url(self) -> str:
        """The requested URL."""
        return f"{self.origin}{self.path}" + (f"?{self.query_string}" if self.query_string else "")

    @property
    def query(self) -> Query:
        """The query parameters; a repeated one is a list."""
        if self._query is None:
            self._query = parse_query(self.query_string)
        return self._query

    @property
    def cookies(self) -> dict[str, str]:
        """The cookies, as better-call reads them."""
        if self._cookies is None:
            header = self.headers.value("cookie")
            self._cookies = parse_cookies(header) if header else {}
        return self._cookies


def parse_query(query_string: str) -> Query:
    """Parse as `URLSearchParams`, of an endless query the beginning; a repeated name becomes a list."""
    if not query_string:
        return {}
    query: Query = {}
    bounded = "&".join(query_string.split("&", MOST_PARAMETERS)[:MOST_PARAMETERS])
    for name, value in parse_qsl(bounded, keep_blank_values=True, errors="replace"):
        if name not in query:
            query[name] = value
        elif isinstance(query[name], list):
            query[name].append(value)
        else:
            query[name] = [query[name], value]
    return query


@dataclass(slots=True)
class Response:
    """An answer, ready to be sent."""

    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    def raw_headers(self) -> RawHeaders:
        """Return the headers as ASGI wants them, with the content length; none of them breaks its line.

        Here, because hooks and plugins set headers in many ways: what they echo could begin a header, or an answer, of
        a stranger's (CWE-113), or make the ASGI server fail.
        """
        try:
            raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in self.headers]
            is_plain = "".join(chain.from_iterable(self.headers)).isprintable()
        except UnicodeEncodeError:
            is_plain = False
        if not is_plain:
            raw = [(_encode_value(name), _encode_value(value)) for name, value in self.headers]
        if self.status != 204:
            raw.append((b"content-length", b"%d" % len(self.body)))
        return raw

    def header(self, name: str) -> str | None:
        """Return the first value of a header given in lower case."""
        return next((value for header, value in self.headers if header == name), None)


def _encode_value(value: str) -> bytes:
    # A header cannot carry more than latin-1, and no line breaks; what a client made us echo is percent-encoded.
    value = harmless_value(value)
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return "".join(c if c < "\x80" else encode_uri_component(c) for c in value).encode()


def json_response(value: Any, headers: ResponseHeaders, status: int = 200, media_type: str = JSON_TYPE) -> Response:
    """Return `value` as JSON, which some call `application/scim+json`."""
    headers.set("content-type", media_type)
    return Response(status, headers.items(), json.stringify(value))


def page_response(html: str, content_type: str = "text/html; charset=utf-8") -> Response:
    """Return one of our pages: inline style, no scripts, nothing loaded from elsewhere."""
    policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    headers = [("content-security-policy", policy), ("content-type", content_type)]
    return Response(200, headers, html.encode("utf-8", "replace"))


def error_response(error: APIError) -> Response:
    """Return the answer of an error; without a body it is empty, but still of type JSON."""
    headers = ResponseHeaders()
    if error.response_headers is not None:
        headers.update(error.response_headers)
    headers.begin_turn()
    headers.set("content-type", JSON_TYPE)
    for name, value in error.headers.items():
        headers.set(name, harmless_value(value))
    return Response(error.status, headers.items(), b"" if error.body is None else json.stringify(error.body))


def text_response(status: int, text: str) -> Response:
    """Return plain text, typed as Fetch's `Response` types a string."""
    return Response(status, [("content-type", "text/plain;charset=UTF-8")], text.encode())


def empty_response(status: int) -> Response:
    """Return an answer with a status only."""
    return Response(status)
