"""The little HTTP/1.1 (RFC 9112) that asking an auth service takes: a GET request's bytes, the reader of its answer.

httpx takes longer for one request than the auth service does; this takes a tenth of that. Anything that is not plain
HTTP/1.1 is refused, never guessed at.
"""

from __future__ import annotations

from functools import lru_cache
from re import compile as compile_pattern
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from betterauth_py.verify.runtime import Fetched, FetchError, Request

_LARGEST_HEAD: Final = 65_536
_STATUS_LINE: Final = compile_pattern(rb"HTTP/1\.([01]) ([1-5]\d\d)(?: [^\r\n]*)?")
_CHUNK_SIZE: Final = compile_pattern(rb"([0-9a-fA-F]{1,8})(?:[ \t]*;[^\r\n]*)?")


class Target(NamedTuple):
    """Where a connection goes."""

    host: str
    port: int
    is_tls: bool


@lru_cache(maxsize=64)
def target_of(url: str) -> Target:
    """Return where requests to `url` go."""
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


class AnswerReader:
    """Reads one answer from the bytes as they come."""

    def __init__(self, largest_body: int) -> None:
        """Refuse more than `largest_body` bytes of body."""
        self._largest_body = largest_body
        self._buffer = bytearray()
        self._has_head = False
        self._status = 0
        self._headers: dict[str, str] = {}
        self._cookies: list[str] = []
        self._body = bytearray()
        self._expected: int | None = None
        self._is_chunked = False
        self._in_trailer = False
        self.has_begun = False
        self.keeps_alive = False
        """Whether the connection is good for another request."""

    def feed(self, data: bytes) -> Fetched | None:
        """Take bytes; return the answer once it is whole.

        Raises:
            FetchError: if it is not HTTP, or too large.
        """
        self.has_begun = True
        self._buffer += data
        if not self._has_head and not self._read_head():
            return None
        if self._is_chunked:
            return self._fetched() if self._read_chunks() else None
        self._take(len(self._buffer))
        if self._expected is None or len(self._body) < self._expected:
            return None
        if len(self._body) > self._expected:
            raise FetchError("the answer goes on after its end")
        return self._fetched()

    def end(self) -> Fetched:
        """Take the end of the connection, which is the end of an answer without a length.

        Raises:
            FetchError: if the answer is not whole.
        """
        self.keeps_alive = False
        if self._has_head and self._expected is None and not self._is_chunked:
            return self._fetched()
        raise FetchError("the connection was closed before the answer was whole")

    def _read_head(self) -> bool:
        end = self._buffer.find(b"\r\n\r\n")
        if end == -1:
            if len(self._buffer) > _LARGEST_HEAD:
                raise FetchError("the answer's head is too large")
            return False
        lines = bytes(self._buffer[:end]).split(b"\r\n")
        del self._buffer[: end + 4]
        match = _STATUS_LINE.fullmatch(lines[0])
        if match is None or end > _LARGEST_HEAD:
            raise FetchError("the answer is not HTTP/1.1")
        self._status = int(match[2])
        if self._status < 200:
            # An interim answer; the real one follows.
            return bool(self._buffer) and self._read_head()
        for line in lines[1:]:
            self._read_header(line)
        self._has_head = True
        self._choose_framing(minor=match[1])
        return True

    def _read_header(self, line: bytes) -> None:
        raw_name, colon, raw_value = line.partition(b":")
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1").strip(" \t")
        if (
            not colon
            or not name
            or name[-1] in " \t"
            or name[0] in " \t"
            or "\r" in value
            or "\n" in value
            or "\0" in value
        ):
            raise FetchError("a header of the answer is malformed")
        if name == "set-cookie":
            self._cookies.append(value)
        elif name in {"content-length", "transfer-encoding"} and self._headers.get(name, value) != value:
            raise FetchError("the answer has two lengths")
        else:
            self._headers[name] = value

    def _choose_framing(self, minor: bytes) -> None:
        coding, length = self._headers.get("transfer-encoding"), self._headers.get("content-length")
        if self._headers.get("content-encoding", "identity").lower() != "identity":
            raise FetchError("the answer is compressed, which was not asked for")
        if coding is not None:
            if coding.lower() != "chunked" or length is not None:
                raise FetchError("the answer's transfer encoding is unknown")
            self._is_chunked = True
        elif self._status in {204, 304}:
            self._expected = 0
        elif length is not None:
            if not (length.isascii() and length.isdigit()) or len(length) > 15:
                raise FetchError("the answer's length is no number")
            self._expected = int(length)
            if self._expected > self._largest_body:
                raise FetchError("the answer is too large")
        framed = self._is_chunked or self._expected is not None
        self.keeps_alive = framed and minor == b"1" and "close" not in self._headers.get("connection", "").lower()

    def _read_chunks(self) -> bool:
        """Take whole chunks; return whether the last one was there."""
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
            self._take(size)
            del self._buffer[:2]

    def _take(self, size: int) -> None:
        if len(self._body) + size > self._largest_body:
            raise FetchError("the answer is too large")
        self._body += self._buffer[:size]
        del self._buffer[:size]

    def _fetched(self) -> Fetched:
        return Fetched(self._status, bytes(self._body), tuple(self._cookies), self._headers)
