"""Addresses: read strictly, put into headers safely, and shown in logs only in part."""

from __future__ import annotations

from email.headerregistry import Address
from email.utils import parseaddr
from re import IGNORECASE
from re import compile as compile_pattern
from typing import Final

from betterauth_py.errors import ConfigurationError, MailError
from betterauth_py.urls.parsing import parse_url

_CONTROL: Final = compile_pattern(r"[\x00-\x1f\x7f]")
# A dot-atom (RFC 5322, 3.2.3; RFC 6532 adds what is not ASCII), `@`, a host name; quoted local parts are not taken.
_ADDRESS: Final = compile_pattern(r"([^\s@<>()\[\]\\,;:\"\x00-\x20\x7f]+)@([^\s@<>()\[\]\\,;:\"\x00-\x20\x7f]+)")
_LINK: Final = compile_pattern(r"[a-z][a-z0-9+.-]*://\S+", IGNORECASE)
_ADDRESS_IN_TEXT: Final = compile_pattern(r"([^\s@<>\"]+)@([^\s@<>\",;:]+)")


def read_recipient(address: str) -> Address:
    """Return `address` as a header takes it, with a domain in ASCII (RFC 5891).

    Raises:
        MailError: if no mail can go there; the message does not repeat it.
    """
    parts = _ADDRESS.fullmatch(address)
    domain = _ascii_domain(parts[2]) if parts else None
    if parts is None or domain is None or ".." in parts[1] or parts[1].startswith(".") or parts[1].endswith("."):
        raise MailError("the address is not one that mail can be sent to")
    return Address(username=parts[1], domain=domain)


def read_mailbox(text: str, option: str) -> Address:
    """Return the address, with its name, that an option holds.

    Raises:
        ConfigurationError: if it is none.
    """
    name, address = ("", "") if _CONTROL.search(text) else parseaddr(text)
    try:
        found = read_recipient(address)
    except MailError:
        raise ConfigurationError(
            f"Option `{option}`: {text!r} is not an e-mail address. "
            "Write for example no-reply@example.com or Example <no-reply@example.com>."
        ) from None
    return Address(display_name=name, username=found.username, domain=found.domain)


def mask(address: str) -> str:
    """Return what a log may show of an address: its first letter and its domain."""
    local, at, domain = _CONTROL.sub("?", address).rpartition("@")
    return f"{local[:1]}***@{domain}" if at else "***"


def without_private_parts(text: str) -> str:
    """Return what a mail server said on one line, without links, addresses masked: servers quote what they get."""
    text = _LINK.sub("<link>", " ".join(_CONTROL.sub(" ", text).split()))
    return _ADDRESS_IN_TEXT.sub(lambda found: mask(found[0]), text)[:300]


def _ascii_domain(domain: str) -> str | None:
    if domain.isascii():
        return domain if not domain.startswith(".") and ".." not in domain else None
    url = parse_url(f"http://{domain}/")
    return str(url.hostname) if url is not None and url.pathname == "/" and not url.search and not url.port else None
