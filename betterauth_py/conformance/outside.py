"""The outside world of a scenario: what servers elsewhere answer, and what each side sent to them.

A scenario declares it under ``outside``, for all steps or for one; contracts/scenarios/README.md says how.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from .sealed import compact_json

FAILURES = ("refused", "reset", "timeout", "cut")
"""No connection, one that ends before the answer, one that never comes about, one that ends within the body."""

_REPLY_KEYS = {"status", "headers", "json", "text", "base64", "jwks", "redirect", "fails", "after"}

_OF_THE_LIBRARY = {
    "accept": {"*/*"},
    "accept-encoding": {"gzip", "br, gzip, deflate", "gzip, deflate", "gzip, deflate, br", "gzip, deflate, br, zstd"},
    "accept-language": {"*"},
    "connection": {"keep-alive"},
    "sec-fetch-mode": {"cors"},
    "user-agent": {"node"},
}
"""What Node's fetch and httpx add by themselves and nobody chose (and `gzip`, which this server unpacks up to a bound);
with any other value it is compared."""


class UndeclaredRequestError(Exception):
    """A request went outside that the scenario declares no reply for."""


@dataclass(frozen=True)
class Declared:
    """What one request to the outside is answered. ``failure`` is one of FAILURES, ``after`` in seconds."""

    method: str
    url: str
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""
    is_base64: bool = False
    failure: str = ""
    after: float = 0

    def filled(self, fill: Callable[[str], str]) -> Declared:
        """With every hole filled. KeyError if a value is not captured yet."""
        headers = tuple((name, fill(value)) for name, value in self.headers)
        body = self.body if self.is_base64 else fill(self.body)
        return replace(self, url=fill(self.url), headers=headers, body=body)

    @property
    def content(self) -> bytes:
        """The bytes of the body."""
        if self.is_base64:
            return base64.b64decode(self.body)
        return self.body.encode("utf-8", "surrogateescape")

    def as_data(self) -> dict[str, Any]:
        """For the oracle."""
        return {**asdict(self), "body": base64.b64encode(self.content).decode()}


@dataclass(frozen=True)
class Sent:
    """One request as it went outside, headers in lower case and sorted."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""
    declared: bool = True

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Sent:
        """As the oracle tells it."""
        headers = tuple(sorted((str(name), str(value)) for name, value in data["headers"]))
        return cls(data["method"], data["url"], headers, base64.b64decode(data["body"]), data["declared"])

    @property
    def chosen_headers(self) -> list[tuple[str, str]]:
        """The headers without those that only the HTTP library decides on."""
        implied = {"host": urlsplit(self.url).netloc, "content-length": str(len(self.body))}
        return [
            (name, value)
            for name, value in self.headers
            if value not in _OF_THE_LIBRARY.get(name, ())
            and value != implied.get(name)
            and not (name == "user-agent" and value.startswith("python-httpx/"))
        ]


def declared_replies(raw: Iterable[Mapping[str, Any]]) -> tuple[Declared, ...]:
    """The ``outside`` of a scenario or step. ValueError for what is misspelt."""
    return tuple(_declared(str(item["request"]), item.get("reply") or {}) for item in raw)


def _declared(request: str, reply: Mapping[str, Any]) -> Declared:
    method, _, url = request.partition(" ")
    failure = str(reply.get("fails", ""))
    if unknown := reply.keys() - _REPLY_KEYS:
        raise ValueError(f"outside {request}: no reply has {', '.join(sorted(unknown))}")
    if not urlsplit(url).netloc:
        raise ValueError(f"outside {request}: should be a method and a whole URL")
    if failure and failure not in FAILURES:
        raise ValueError(f"outside {request}: fails is one of {', '.join(FAILURES)}, not {failure}")
    headers = [
        (name, value.removeprefix(" ")) for name, _, value in (h.partition(":") for h in reply.get("headers", ()))
    ]
    status = int(reply.get("status", 302 if "redirect" in reply else 200))
    if "redirect" in reply:
        headers.append(("Location", reply["redirect"]))
    body, is_json = str(reply.get("text", "")), bool(reply.keys() & {"json", "jwks"})
    if is_json:
        body = "{{jwks}}" if "jwks" in reply else compact_json(reply["json"])
    if is_json and not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("Content-Type", "application/json"))
    return Declared(
        method=method,
        url=url,
        status=status,
        headers=tuple(headers),
        body=reply.get("base64", body),
        is_base64="base64" in reply,
        failure=failure,
        after=float(reply.get("after", 0)),
    )


def available(replies: Iterable[Declared], fill: Callable[[str], str]) -> list[Declared]:
    """The replies that can be given by now: one that needs a captured value is there once it has been captured."""
    found = []
    for reply in replies:
        try:
            found.append(reply.filled(fill))
        except KeyError:
            continue
    return found


def reply_to(replies: Iterable[Declared], method: str, url: str) -> Declared | None:
    """The first that is declared for just this URL, else for the URL without its query."""
    known = [reply for reply in replies if reply.method == method]
    for wanted in (url, url.partition("?")[0]):
        for reply in known:
            if reply.url == wanted:
                return reply
    return None


def sent_text(sent: Sent, plain: Callable[[str], str], in_json: Callable[[str], str]) -> str:
    """A request as it reads over the wire, random values replaced."""
    lines = [f"{sent.method} {plain(sent.url)}"]
    lines += [f"{name}: {plain(value)}" for name, value in sent.chosen_headers]
    if not sent.declared:
        lines.append("(the scenario declares no reply)")
    if sent.body:
        lines += ["", _body_text(sent.body, plain, in_json)]
    return "\n".join(lines)


def _body_text(body: bytes, plain: Callable[[str], str], in_json: Callable[[str], str]) -> str:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return f"<base64 {base64.b64encode(body).decode()}>"
    try:
        json.loads(text)
    except ValueError:
        return plain(text)
    return in_json(text) if text[0] in "[{" else plain(text)
