"""Cookies as browsers keep them."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Literal, NotRequired, TypedDict


class BrowserCookie(TypedDict):
    """A cookie as Playwright's `context.add_cookies` takes it."""

    name: str
    value: str
    domain: str
    path: str
    httpOnly: bool
    secure: bool
    sameSite: Literal["Lax", "Strict", "None"]
    expires: float
    """Seconds since the epoch; -1 for one that ends with the browser."""
    partitionKey: NotRequired[str]


class StorageState(TypedDict):
    """Playwright's storage state: `browser.new_context(storage_state=...)`."""

    cookies: list[BrowserCookie]
    origins: list[dict[str, object]]


def browser_cookies(set_cookies: Iterable[str], host: str) -> list[BrowserCookie]:
    """Return what a browser keeps of these `Set-Cookie` values of `host`; cookies that they end are left out."""
    kept: dict[str, BrowserCookie] = {}
    for header in set_cookies:
        cookie, ended = _parse(header, host)
        kept.pop(cookie["name"], None)
        if not ended:
            kept[cookie["name"]] = cookie
    return list(kept.values())


def cookie_header(cookies: Iterable[BrowserCookie]) -> str:
    """Return the `Cookie` header that sends these."""
    return "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in cookies)


def _parse(header: str, host: str) -> tuple[BrowserCookie, bool]:
    pair, *rest = header.split("; ")
    name, _, value = pair.partition("=")
    attributes = {name.lower(): value for name, _, value in (part.partition("=") for part in rest)}
    same_site: dict[str, Literal["Lax", "Strict", "None"]] = {"strict": "Strict", "none": "None"}
    max_age = attributes.get("max-age")
    domain = attributes.get("domain", "").lstrip(".")
    cookie: BrowserCookie = {
        "name": name,
        "value": value,
        # A dot in front says, to browsers' drivers, that subdomains get it as well.
        "domain": f".{domain}" if domain else host,
        "path": attributes.get("path", "/"),
        "httpOnly": "httponly" in attributes,
        "secure": "secure" in attributes,
        "sameSite": same_site.get(attributes.get("samesite", "").lower(), "Lax"),
        # By the browser's clock, which no test moves.
        "expires": -1 if max_age is None else time.time() + int(max_age),
    }
    return cookie, max_age == "0"
