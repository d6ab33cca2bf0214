"""A file server as an application in a browser has it: any path is the application's, and a path may be a proxy's."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from http.client import HTTPConnection
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit


@contextmanager
def application_server(port: int, folder: Path, auth_url: str | None = None) -> Iterator[str]:
    """Serves the folder, its `index.html` for all other paths, and the auth server under /api/auth if one is given."""
    handler = partial(_Handler, auth_url=auth_url, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://localhost:{port}"
        finally:
            server.shutdown()
            thread.join()


class _Handler(SimpleHTTPRequestHandler):
    def __init__(self, *args: object, auth_url: str | None, directory: str) -> None:
        self.auth_url = auth_url
        super().__init__(*args, directory=directory)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        if self._is_proxied():
            return self._forward()
        if not Path(self.translate_path(self.path)).is_file():
            self.path = "/index.html"
        return super().do_GET()

    def do_POST(self) -> None:
        if self._is_proxied():
            return self._forward()
        return self.send_error(404)

    def _is_proxied(self) -> bool:
        return self.auth_url is not None and self.path.startswith("/api/auth/")

    def _forward(self) -> None:
        connection = HTTPConnection(urlsplit(self.auth_url or "").netloc, timeout=20)
        body = self.rfile.read(int(self.headers.get("content-length", "0"))) or None
        headers = {name: value for name, value in self.headers.items() if name.lower() != "connection"}
        connection.request(self.command, self.path, body, headers)
        answer = connection.getresponse()
        content = answer.read()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in {"connection", "content-length", "date", "server", "transfer-encoding"}:
                self.send_header(name, value)
        self.send_header("content-length", str(len(content)))
        with suppress(ConnectionError):  # a page that is left waits no longer
            self.end_headers()
            self.wfile.write(content)
        connection.close()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base class
        """Keeps the test output for the tests."""
