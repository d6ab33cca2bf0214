"""Set-Cookie lines as comparable text: every signature proved, session caches opened, chunks put together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote_plus, unquote, unquote_plus

from .placeholders import Placeholders
from .scenario import Scenario
from .sealed import BrokenSealError, cookie_signature, from_b64url, open_account, open_compact, open_jwe, open_jwt
from .templates import encode_component

GOOD_SIGNATURE = "<good signature>"
WRONG_SIGNATURE = "<WRONG signature>"
_ENCODED_JSON = re.compile(r"eyJ[\w-]+={0,2}")
_SIGNED = re.compile(r"(.*)\.([A-Za-z0-9+/]{43}=)", re.DOTALL)
_OPENERS = {"compact": open_compact, "jwt": open_jwt, "jwe": open_jwe, "jwe of an account": open_account}
ACCOUNT_DATA = ".account_data"
_COOKIES_IN_LINK = re.compile(r"(?<=[?&]cookie=)[^&#]+")
_CHUNK = re.compile(r"(.+)\.(\d+)")


@dataclass(frozen=True)
class Seals:
    """What is needed to prove the cookies of one profile."""

    secret: str
    strategy: str
    cache_name: str

    @classmethod
    def of(cls, scenario: Scenario) -> Seals:
        """From the scenario's options."""
        cache = scenario.options.get("session", {}).get("cookieCache", {})
        named = scenario.options.get("advanced", {}).get("cookies", {}).get("session_data", {})
        plugins = scenario.options.get("plugins")
        # The keys of the jwt plugin sign it then: it is opened as any other of its tokens.
        by_keys = isinstance(plugins, dict) and plugins.get("jwt", {}).get("sessionCookieCache")
        strategy = "" if by_keys else str(cache.get("strategy", "compact"))
        return cls(scenario.secret, strategy, str(named.get("name", ".session_data")))

    def kind_of(self, name: str) -> str:
        """How the cookie of that name is sealed; empty for one that is signed, or open."""
        if name.endswith(self.cache_name):
            return self.strategy
        return "jwe of an account" if name.endswith(ACCOUNT_DATA) else ""


_SEALED_CACHE = re.compile(r"=<(?:compact|jwt|jwe) .*>(?=; |$)|(?<= bytes), all: .*>(?=; |$)", re.DOTALL)
UNPROVED = "<unproved signature>"


def without_seals(facts: dict[str, str]) -> dict[str, str]:
    """What a recording says about cookies, as far as it can be told without the secret."""
    told = dict(facts)
    for place, text in facts.items():
        if place.startswith(("set-cookie ", "header ")):
            opened = _SEALED_CACHE.sub(lambda found: ">" if found[0].startswith(",") else "=<cache>", text)
            told[place] = opened.replace("<good signature>", UNPROVED)
    return told


def set_cookie_texts(lines: Sequence[str], seals: Seals, placeholders: Placeholders) -> list[str]:
    """One text for each Set-Cookie line, in order."""
    whole = _joined_chunks(lines)
    texts = [_set_cookie(line, whole, seals, placeholders) for line in lines]
    # better-auth expires the cookies of multi-session in the order in which it happens to have verified them.
    expired = iter(sorted(text for text in texts if _is_expired_session(text)))
    return [next(expired) if _is_expired_session(text) else text for text in texts]


def _is_expired_session(text: str) -> bool:
    return "_multi-" in text and "; Max-Age=0" in text


def header_text(value: str, seals: Seals, placeholders: Placeholders) -> str:
    """A header's value; one that is signed as cookies are, such as a bearer token, with its signature proved.

    Cookies that a link gives to an app are shown as those of an answer.
    """
    match = _SIGNED.fullmatch(value)
    if match:
        return _proved(match, seals.secret, placeholders)
    link = _COOKIES_IN_LINK.search(value)
    if link is None:
        return placeholders.plain(value)
    text = unquote_plus(link[0])
    cookies = " | ".join(set_cookie_texts(text.split(", "), seals, placeholders))
    shown = cookies if quote_plus(text, safe="*-._") == link[0] else f"encoded otherwise: {cookies}"
    return f"{placeholders.plain(value[: link.start()])}<{shown}>{placeholders.plain(value[link.end() :])}"


def _split(line: str) -> tuple[str, str, str]:
    pair, separator, attributes = line.partition(";")
    name, _, value = pair.partition("=")
    return name, value, separator + attributes


def _joined_chunks(lines: Sequence[str]) -> dict[str, str]:
    """Chunked cookies by base name, their non-empty chunks joined."""
    whole: dict[str, str] = {}
    for line in lines:
        name, value, _ = _split(line)
        chunk = _CHUNK.fullmatch(name)
        if chunk and value:
            whole[chunk[1]] = whole.get(chunk[1], "") + value
    return whole


def _set_cookie(line: str, whole: dict[str, str], seals: Seals, placeholders: Placeholders) -> str:
    name, value, attributes = _split(line)
    chunk = _CHUNK.fullmatch(name)
    kind = seals.kind_of(chunk[1] if chunk else name)
    # The cookies of multi-session are named after tokens.
    name = placeholders.plain(name) if "_multi-" in name else name
    if not value:
        return f"{name}={attributes}"
    if not kind:
        return f"{name}={_signed(value, seals.secret, placeholders)}{attributes}"
    if not chunk:
        content = _opened(kind, value, seals, placeholders) if seals.secret else "<cache>"
        return f"{name}={content}{attributes}"
    if chunk[2] != "0" or not seals.secret:
        return f"{name}=<chunk of {len(value)} bytes>{attributes}"
    content = _opened(kind, whole[chunk[1]], seals, placeholders)
    return f"{name}=<chunk of {len(value)} bytes, all: {content}>{attributes}"


def _signed(value: str, secret: str, placeholders: Placeholders) -> str:
    decoded = unquote(value)
    if encode_component(decoded) != value:
        return f"<not percent-encoded as encodeURIComponent does: {value}>"
    match = _SIGNED.fullmatch(decoded)
    if match:
        return _proved(match, secret, placeholders)
    if _ENCODED_JSON.fullmatch(decoded):
        # The authorization code of the electron plugin.
        content, padding = decoded.rstrip("="), "=" * decoded.count("=")
        return f"<base64url {placeholders.json(from_b64url(content).decode('utf-8', 'replace'))}>{padding}"
    return placeholders.plain(value)


def _proved(match: re.Match[str], secret: str, placeholders: Placeholders) -> str:
    content = placeholders.plain(match[1])
    if not secret:
        return f"{content}.{UNPROVED}"
    proved = cookie_signature(secret, match[1]) == match[2]
    return f"{content}.{GOOD_SIGNATURE if proved else WRONG_SIGNATURE}"


def _opened(kind: str, value: str, seals: Seals, placeholders: Placeholders) -> str:
    try:
        content = placeholders.json(_OPENERS[kind](seals.secret, value))
    except (BrokenSealError, ValueError) as error:
        return f"<cache does not open as {kind}: {error}: {value}>"
    return f"<{kind} {content}>"
