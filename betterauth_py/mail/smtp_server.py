"""What the options say about the SMTP server, checked before anything is sent."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from typing import Any, Final, get_args
from urllib.parse import parse_qsl, unquote, urlsplit

from betterauth_py.errors import ConfigurationError
from betterauth_py.options.mail import SmtpOptions, SmtpSecurity
from betterauth_py.urls.parsing import is_loopback_address

_PORTS: Final[dict[SmtpSecurity, int]] = {"starttls": 587, "tls": 465, "opportunistic": 25, "none": 25}
_EXAMPLE: Final = "smtp://user:password@smtp.example.com:587"


@dataclass(frozen=True, kw_only=True)
class SmtpServer:
    """Where mails go, and how."""

    host: str
    port: int
    security: SmtpSecurity
    username: str | None
    password: str | None = field(repr=False)
    context: ssl.SSLContext | None = field(repr=False)
    local_hostname: str | None
    timeout: float

    @property
    def name(self) -> str:
        """Host and port."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def resolve_smtp_server(options: SmtpOptions) -> SmtpServer:
    """Return the server that the URL and the other options name.

    Raises:
        ConfigurationError: if they contradict each other, or a value is wrong; no password is repeated.
    """
    said = _read_url(options.url) if options.url else {}
    for name in said:
        if getattr(options, name) is not None:
            raise ConfigurationError(
                f"Option `mail.smtp.{name}` is given twice, by itself and in `mail.smtp.url`. Remove one of them."
            )
    given = {name: getattr(options, name) for name in ("host", "port", "security", "username", "password")}
    values = {**given, **said}
    host, username, password = values["host"], values["username"], values["password"]
    security: SmtpSecurity = values["security"] or "starttls"
    if not host:
        raise ConfigurationError(
            "Option `mail.smtp.host` is missing: the server that takes the mails. "
            f"Set it, or BETTER_AUTH_SMTP_URL to a URL such as {_EXAMPLE}."
        )
    port = _PORTS[security] if values["port"] is None else values["port"]
    if not 0 < port < 65536:
        raise ConfigurationError(f"Option `mail.smtp.port`: {port} is not a port. Give a number from 1 to 65535.")
    if bool(username) != bool(password):
        present, missing = ("username", "password") if username else ("password", "username")
        raise ConfigurationError(
            f"Option `mail.smtp.{missing}` is missing, but `mail.smtp.{present}` is set. "
            "Set both, or none for a server that asks for no login."
        )
    if username and security in {"opportunistic", "none"} and not is_loopback_address(host):
        raise ConfigurationError(
            f"Option `mail.smtp.security` is {security!r}: the password of the login could be read on its way. "
            'Use "starttls" (port 587) or "tls" (port 465).'
        )
    if options.timeout <= 0:
        raise ConfigurationError("Option `mail.smtp.timeout` must be more than 0 seconds.")
    if options.local_hostname is not None and (
        not options.local_hostname or any(c <= " " for c in options.local_hostname)
    ):
        raise ConfigurationError(
            "Option `mail.smtp.local_hostname` is not a host name. Write for example web1.example.com."
        )
    return SmtpServer(
        host=host,
        port=port,
        security=security,
        username=username or None,
        password=password or None,
        context=None if security == "none" else _make_context(options),
        local_hostname=options.local_hostname,
        timeout=options.timeout,
    )


def _read_url(text: str) -> dict[str, Any]:
    def refused(problem: str) -> ConfigurationError:
        return ConfigurationError(
            f"Option `mail.smtp.url` (BETTER_AUTH_SMTP_URL): {problem}. Write for example {_EXAMPLE}."
        )

    try:
        url = urlsplit(text.strip())
        port = url.port
    except ValueError:
        raise refused("it is not a URL with a port from 1 to 65535") from None
    if url.scheme not in {"smtp", "smtps"}:
        raise refused("it does not start with smtp:// or smtps://")
    if not url.hostname:
        raise refused("it names no server")
    if url.path not in {"", "/"} or url.fragment:
        raise refused("something stands after the server; / # and ? in a password are written %2F %23 and %3F")
    said: dict[str, Any] = {"host": url.hostname}
    if port is not None:
        said["port"] = port
    if url.username:
        said["username"] = unquote(url.username)
    if url.password:
        said["password"] = unquote(url.password)
    if url.scheme == "smtps":
        said["security"] = "tls"
    for name, value in parse_qsl(url.query, keep_blank_values=True):
        if name != "security":
            raise refused("after ? it may say security=..., nothing else")
        if value not in get_args(SmtpSecurity):
            raise refused(f"security is one of {', '.join(get_args(SmtpSecurity))}")
        if said.setdefault("security", value) != value:
            raise refused("smtps:// speaks TLS from the start, and security says otherwise")
    return said


def _make_context(options: SmtpOptions) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=options.ca_file)
    except (OSError, ssl.SSLError) as error:
        reason = error.strerror if isinstance(error, FileNotFoundError | PermissionError | IsADirectoryError) else None
        raise ConfigurationError(
            f"Option `mail.smtp.ca_file`: {options.ca_file} cannot be used: {reason or 'it holds no PEM certificate'}. "
            "Name a file with the certificate of the authority, in PEM."
        ) from None
    if not options.verify_certificate:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
