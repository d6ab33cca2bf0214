"""Who asks a flow for something: the call of an endpoint, or code of this process by itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from betterauth_py.core.auth_context import AuthContext
from betterauth_py.core.messages import Request
from betterauth_py.errors import ConfigurationError
from betterauth_py.wire.headers import RequestHeaders

Row = dict[str, Any]


class Caller(Protocol):
    """What a flow may know of who asks. It cannot touch the answer: what it returns or raises is all that comes of it.

    Every `EndpointContext` is one.
    """

    @property
    def auth(self) -> AuthContext:
        """The auth."""

    @property
    def request(self) -> Request | None:
        """The request; None for a call in this process, which is trusted: its tries and mails are not counted."""

    @property
    def headers(self) -> RequestHeaders:
        """The request's headers."""

    @property
    def session(self) -> tuple[Row, Row] | None:
        """The session and the user of the call, as far as it has been read."""

    @property
    def base_url(self) -> str:
        """The URL that mailed links begin with."""

    def client_ip(self) -> str | None:
        """Return the client's address, if one can be trusted."""


@dataclass(frozen=True)
class NoRequest:
    """Code of this process that asks by itself: a timer, an import, the command line."""

    auth: AuthContext
    request: None = None
    headers: RequestHeaders = field(default_factory=RequestHeaders)
    session: None = None

    @property
    def base_url(self) -> str:
        """The URL that mailed links begin with.

        Raises:
            ConfigurationError: if there is no option for it.
        """
        if self.auth.base_origin is None:
            raise ConfigurationError("Option `base_url` is missing. Set it, or BETTER_AUTH_URL.")
        return f"{self.auth.base_origin}{self.auth.base_path}"

    def client_ip(self) -> None:
        """Return None."""
