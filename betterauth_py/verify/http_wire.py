"""The subset of HTTP/1.1 (RFC 9112) that the verifier needs: writing a GET request and parsing its response.

httpx takes longer for one request than the auth service does; this takes a tenth of that. Anything that is not plain
HTTP/1.1 is refused, never guessed at.
"""

from __future__ import annotations

from functools import lru_cache
from re import IGNORECASE
from re import compile as compile_pattern
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from betterauth_py.verify.runtime import Fetched, FetchError, Request

_LARGEST_HEAD: Final = 65_536
_LONGEST_REMEMBERED: Final = 1_024
_MOST_INTERIM_ANSWERS: Final = 20
# RFC 9112, 4 and 5: the status line, and fields without white space around their names.
_HEAD: Final = compile_pattern(
    rb"HTTP/1\.([01]) ([1-5]\d\d)(?: [^\r\n]*)?((?:\r\n(?![ \t])[^:\r\n\0]+(?<![ \t]):[^\r\n\0]*)*)"
)
_TELLING: Final = compile_pattern(
    rb"\r\n(content-length|transfer-encoding|content-encoding|connection|set-cookie):[ \t]*([^\r\n]*)", IGNORECASE
)
_CHUNK_SIZE: Final = compile_pattern(rb"([0-9a-fA-F]{1,8})(?:[ \t]*;[^\r\n]*)?")


class Target(NamedTuple):
    """The target of a connection."""

    host: str
    port: int
    is_tls: bool


@lru_cache(maxsize=64)
def target_of(url: str) -> Target:
    """Return the target of requests to `url`."""
    parts = urlsplit(url)
    is_tls = parts.scheme == "https"
    return Target(parts.hostname or "", parts.port or (443 if is_tls else 80), is_tls)


@lru_cache(maxsize=64)
def _first_lines(url: str) -> str:
    parts = urlsplit(url)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path or "/"
    return f"GET {path} HTTP/1.1\r\nhost: {parts.netloc}\r\n"


def request_bytes(request: Request) -> bytes:
    """Return the request as it is sent.

    Raises:
        FetchError: if a header would end before its value does.
    """
    if request.message is None:
        request.message = _written(request)
    return request.message


def _written(request: Request) -> bytes:
    text = _first_lines(request.url)
    for name, value in request.headers:
        if "\r" in value or "\n" in value or "\0" in value:
            raise FetchError("a header of the request holds a line break")
        text += f"{name}: {value}\r\n"
    text += "\r\n"
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


class Head(NamedTuple):
    """The head of a response."""

    status: int
    set_cookies: tuple[str, ...]
    length: int | None
    """Of the body, in bytes; None if it is in chunks or ends with the connection."""
    is_chunked: bool
    keeps_alive: bool
    """Whether the connection is good for another request."""


def read_head(head: bytes) -> Head:
    """Read the status line and the fields, without the empty line after them.

    Raises:
        FetchError: if that is not HTTP/1.1, or the end of the body is not told in one way.
    """
    match = _HEAD.fullmatch(head)
    if match is None:
        raise FetchError("the answer is not HTTP/1.1")
    minor, status, cookies, is_closing = match[1], int(match[2]), [], False
    told: dict[bytes, str] = {}
    for raw_name, raw_value in _TELLING.findall(match[3]):
        name, value = raw_name.lower(), raw_value.decode("latin-1").rstrip(" \t")
        if name == b"set-cookie":
            cookies.append(value)
        elif name == b"connection":
            is_closing = is_closing or "close" in value.lower()
        elif name == b"content-encoding":
            if value.lower() != "identity":
                raise FetchError("the answer is compressed, which was not asked for")
        elif told.setdefault(name, value) != value:
            raise FetchError("the answer has two lengths")
    coding, length = told.get(b"transfer-encoding"), told.get(b"content-length")
    expected = None
    if coding is not None:
        if coding.lower() != "chunked" or length is not None:
            raise FetchError("the answer's transfer encoding is unknown")
    elif status in {204, 304}:
        expected = 0
    elif length is not None:
        if not (length.isascii() and length.isdigit()) or len(length) > 15:
            raise FetchError("the answer's length is no number")
        expected = int(length)
    is_framed = coding is not None or expected is not None
    return Head(status, tuple(cookies), expected, coding is not None, is_framed and minor == b"1" and not is_closing)


# Within a second a service sends the same head again and again.
_read_head_once: Final = lru_cache(maxsize=64)(read_head)


class AnswerReader:
    """Reads one answer from the bytes as they come."""

    def __init__(self, largest_body: int) -> None:
        """Refuse more than `largest_body` bytes of body."""
        self._largest_body = largest_body
        self._head: Head | None = None
        self._buffer = bytearray()
        self._body = bytearray()
        self._in_trailer = False
        self._interim_answers = 0
        self.has_begun = False
        self.keeps_alive = False
        """Whether the connection is good for another request."""

    def feed(self, data: bytes) -> Fetched | None:
        """Add received bytes; return the response once it is complete.

        Raises:
            FetchError: if it is not HTTP, or too large.
        """
        self.has_begun = True
        if self._head is None:
            rest = self._take_head(data)
            if rest is None:
                return None
            data = rest
        head = self._head
        if head is None:
            return None
        if head.is_chunked:
            self._buffer += data
            return self._fetched(head) if self._read_chunks() else None
        if head.length == len(data) and not self._body:
            # All of it at once, as nearly always.
            return Fetched(head.status, data, head.set_cookies)
        self._take(data)
        if head.length is None or len(self._body) < head.length:
            return None
        if len(self._body) > head.length:
            raise FetchError("the answer goes on after its end")
        return self._fetched(head)

    def end(self) -> Fetched:
        """Handle the end of the connection, which ends a response without a length.

        Raises:
            FetchError: if the answer is not whole.
        """
        self.keeps_alive = False
        if self._head is not None and self._head.length is None and not self._head.is_chunked:
            return self._fetched(self._head)
        raise FetchError("the connection was closed before the answer was whole")

    def _take_head(self, data: bytes) -> bytes | None:
        """Parse the head and return what follows it, or None if it is incomplete."""
        end = data.find(b"\r\n\r\n")
        if self._buffer or end == -1:
            self._buffer += data
            end = self._buffer.find(b"\r\n\r\n")
            if end == -1 and len(self._buffer) <= _LARGEST_HEAD:
                return None
            data = bytes(self._buffer)
            self._buffer.clear()
        if not 0 <= end <= _LARGEST_HEAD:
            raise FetchError("the answer's head is too large")
        head = (_read_head_once if end <= _LONGEST_REMEMBERED else read_head)(data[:end])
        rest = data[end + 4 :]
        if head.status == 101:
            raise FetchError("the answer changes the protocol, which was not asked for")
        if head.status < 200:
            # An interim answer; the real one follows.
            self._interim_answers += 1
            if self._interim_answers > _MOST_INTERIM_ANSWERS:
                raise FetchError("the answer has too many others before it")
            return self._take_head(rest) if rest else None
        if head.length is not None and head.length > self._largest_body:
            raise FetchError("the answer is too large")
        self._head, self.keeps_alive = head, head.keeps_alive
        return rest

    def _read_chunks(self) -> bool:
        """Parse complete chunks; return whether the last one has arrived."""
        while True:
            end = self._buffer.find(b"\r\n")
            if end == -1:
                if len(self._buffer) > _LARGEST_HEAD:
                    raise FetchError("the answer's chunks are malformed")
                return False
            line = bytes(self._buffer[:end])
            if self._in_trailer:
                del self._buffer[: end + 2]
                if not line:
                    if self._buffer:
                        raise FetchError("the answer goes on after its end")
                    return True
                continue
            match = _CHUNK_SIZE.fullmatch(line)
            if match is None:
                raise FetchError("the answer's chunks are malformed")
            size = int(match[1], 16)
            if len(self._body) + size > self._largest_body:
                raise FetchError("the answer is too large")
            if size == 0:
                self._in_trailer = True
                del self._buffer[: end + 2]
                continue
            if len(self._buffer) < end + 2 + size + 2:
                return False
            if self._buffer[end + 2 + size : end + 4 + size] != b"\r\n":
                raise FetchError("the answer's chunks are malformed")
            del self._buffer[: end + 2]
            self._take(self._buffer[:size])
            del self._buffer[: size + 2]

    def _take(self, data: bytes | bytearray) -> None:
        if len(self._body) + len(data) > self._largest_body:
            raise FetchError("the answer is too large")
        self._body += data

    def _fetched(self, head: Head) -> Fetched:
        return Fetched(head.status, bytes(self._body), head.set_cookies)
