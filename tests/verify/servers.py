"""Small servers that do as a test tells them, beside the real ones."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

Handler = Callable[[socket.socket, bytes], None]


class SocketServer:
    """Hands every request's bytes to a function, which writes to the socket what it likes."""

    def __init__(self, handle: Handler, port: int = 0) -> None:
        self.handle = handle
        self.requests: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", port))
        self._open: list[socket.socket] = [self._listener]
        self.port = int(self._listener.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for one in self._open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._open.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        waiting = b""
        with suppress(OSError), connection:
            while data := connection.recv(65_536):
                waiting += data
                while b"\r\n\r\n" in waiting:
                    request, _, waiting = waiting.partition(b"\r\n\r\n")
                    self.requests.append(request)
                    self.handle(connection, request)


class JsonServer(SocketServer):
    """Answers every request with `answer`, as JSON."""

    def __init__(self, answer: Any = None, port: int = 0) -> None:
        super().__init__(self._reply, port)
        self.answer = answer
        self.status = 200
        self.more_headers = ""

    def _reply(self, connection: socket.socket, request: bytes) -> None:
        connection.sendall(reply(json.dumps(self.answer), self.status, self.more_headers))


def reply(body: str, status: int = 200, more_headers: str = "") -> bytes:
    """The bytes of an answer."""
    encoded = body.encode()
    head = (
        f"HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {len(encoded)}\r\n{more_headers}\r\n"
    )
    return head.encode() + encoded
