"""A server behind TLS, judged by recordings that were made over http.

An https base URL changes two things: cookies are named ``__Secure-…`` and bear ``Secure``. Both are undone in every
answer, exactly, and done to every request, so that all else is compared as ever. A cookie that lacks either shows.
"""

from __future__ import annotations

import json
import re
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from betterauth_py.errors import BetterAuthError

from .http_wire import Reply, Request

_PREFIX = "__Secure-"
_NAME = re.compile(r"((?:^|;)\s*)([^=;\s]+)")
_CHUNK = re.compile(r"\.\d+$")


@dataclass(frozen=True)
class Https:
    """How one profile is spoken to over TLS."""

    context: ssl.SSLContext
    cookie_prefix: str = ""
    cookie_names: frozenset[str] = frozenset()
    """Which cookies are named otherwise over https: those of the prefix, and these; none if both are empty."""

    def connect(self, connection: socket.socket, host: str) -> ssl.SSLSocket:
        """Greet the server; raises ssl.SSLError when its certificate is not trusted."""
        return self.context.wrap_socket(connection, server_hostname=host)

    def of_profile(self, options: Mapping[str, Any]) -> Https:
        """With the names of the profile's cookies, unless it says itself whether they are secure."""
        advanced = options.get("advanced", {})
        if "useSecureCookies" in advanced or not str(options.get("baseURL")).startswith("http://"):
            return replace(self, cookie_prefix="", cookie_names=frozenset())
        named = (cookie.get("name") for cookie in advanced.get("cookies", {}).values())
        prefix = f"{advanced.get('cookiePrefix', 'better-auth')}."
        return replace(self, cookie_prefix=prefix, cookie_names=frozenset(name for name in named if name))

    def sent(self, request: Request) -> Request:
        """The request with the cookies' names over https."""
        headers = tuple(
            (name, self._renamed(value) if name.lower() == "cookie" else value) for name, value in request.headers
        )
        return request._replace(headers=headers)

    def received(self, reply: Reply) -> Reply:
        """The answer as it would be over http."""
        headers = tuple((name, self._plain(value) if name == "set-cookie" else value) for name, value in reply.headers)
        return replace(reply, headers=headers)

    def _is_renamed(self, name: str) -> bool:
        return bool(self.cookie_prefix and name.startswith(self.cookie_prefix)) or (
            _CHUNK.sub("", name) in self.cookie_names
        )

    def _renamed(self, header: str) -> str:
        """Names change places: what is another cookie's name over http must be another one's over https."""
        return _NAME.sub(self._swapped, header)

    def _swapped(self, match: re.Match[str]) -> str:
        before, name = match.groups()
        bare = name.removeprefix(_PREFIX)
        if not self._is_renamed(bare):
            return match[0]
        return f"{before}{bare if name != bare else _PREFIX + name}"

    def _plain(self, line: str) -> str:
        name = line.partition("=")[0]
        bare = name.removeprefix(_PREFIX)
        if not self._is_renamed(bare):
            return line
        attributes = line.lower().split("; ")
        if name == bare or "secure" not in attributes:
            return f"(not {_PREFIX} and Secure) {line}"
        said_anyway = "samesite=none" in attributes or "partitioned" in attributes
        return line[len(_PREFIX) :] if said_anyway else line[len(_PREFIX) :].replace("; Secure", "", 1)


def https(ca_file: Path | None = None, *, insecure: bool = False) -> Https:
    """TLS that trusts what the system trusts, or only a private CA, or anybody. BetterAuthError without the CA."""
    try:
        context = ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        raise BetterAuthError(f"--ca-file {ca_file} holds no certificate in PEM form: {error}") from None
    if insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(["http/1.1"])
    return Https(context)


def why_not_over_https(options: Mapping[str, Any]) -> str:
    """Why a profile cannot be proven at an https URL; empty if it can."""
    base_url = options.get("baseURL")
    if not isinstance(base_url, str):
        return "takes its base URL from the request, which TLS changes"
    if '"secure":' in json.dumps(options.get("advanced", {})):
        return "says itself which cookies are Secure"
    return ""
