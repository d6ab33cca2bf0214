"""Request and response headers with the joining rules of Node and the Fetch standard."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from operator import itemgetter
from re import compile as compile_pattern
from typing import Final

# Node's HTTP parser keeps the first of these and drops the rest; others are joined.
_FIRST_WINS: Final = frozenset(
    {
        "age", "authorization", "content-length", "content-type", "etag", "expires", "from",
        "if-modified-since", "if-unmodified-since", "last-modified", "location", "max-forwards",
        "proxy-authorization", "referer", "retry-after", "server", "user-agent",
    }
)  # fmt: skip


# All control characters but the tab, which a value may have (RFC 9110, 5.5).
_CONTROL_CHARACTER: Final = compile_pattern(r"[\x00-\x08\x0a-\x1f\x7f]")
EXPOSE_HEADERS: Final = "access-control-expose-headers"


def breaks_a_header(value: str) -> bool:
    """Return whether a text has control characters that no header can carry."""
    return _CONTROL_CHARACTER.search(value) is not None


def harmless_value(value: str) -> str:
    """Return a header value with the control characters that would break its line percent-encoded."""
    return _CONTROL_CHARACTER.sub(lambda found: f"%{ord(found[0]):02X}", value)


def join_exposed(first: str, *more: str) -> str:
    """Return one list of exposed headers, each name once, ignoring letter case."""
    names: dict[str, str] = {}
    for name in ",".join((first, *more)).split(","):
        names.setdefault(name.strip().lower(), name.strip())
    names.pop("", None)
    return ", ".join(names.values())


# The most that Node's parser takes by default is 16 KiB of 2,000 fields; some servers take more, none as much as this.
_MOST_FIELDS: Final = 512
_LARGEST_VALUES: Final = 65_536


class HeadersTooLargeError(ValueError):
    """A request has more header fields, or more text in them, than this server looks at."""


class RequestHeaders(Mapping[str, str]):
    """The headers of a request; names in lower case, repeated fields joined as Node joins them."""

    __slots__ = ("_values", "value")

    value: Callable[[str], str | None]
    """Returns the value of a lower-case name, without the cost of folding it or of a Python call."""

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        """Take `pairs` in the order received."""
        self._values = _joined((name.lower(), value) for name, value in pairs)
        self.value = self._values.get

    @classmethod
    def from_asgi(cls, raw: Collection[tuple[bytes, bytes]]) -> RequestHeaders:
        """Build from an ASGI scope, whose names are lower case already.

        Raises:
            HeadersTooLargeError: if they exceed the limit on fields or bytes.
        """
        fields = len(raw)
        if fields > _MOST_FIELDS:
            raise HeadersTooLargeError
        values = {name.decode("latin-1"): value.decode("latin-1") for name, value in raw}
        if len(values) != fields:
            values = _joined((name.decode("latin-1"), value.decode("latin-1")) for name, value in raw)
        if sum(map(len, values.values())) > _LARGEST_VALUES:
            raise HeadersTooLargeError
        headers = cls.__new__(cls)
        headers._values = values
        headers.value = values.get
        return headers

    def with_values(self, changes: Mapping[str, str]) -> RequestHeaders:
        """Return a copy in which `changes`, with names in lower case, replace the values of the same names."""
        headers = RequestHeaders.__new__(RequestHeaders)
        headers._values = {**self._values, **changes}
        headers.value = headers._values.get
        return headers

    def __getitem__(self, name: str) -> str:
        """Return the joined value of `name` (any case)."""
        return self._values[name.lower()]

    def __iter__(self) -> Iterator[str]:
        """Iterate over the lower-case names."""
        return iter(self._values)

    def __len__(self) -> int:
        """Count the distinct names."""
        return len(self._values)

    def __contains__(self, name: object) -> bool:
        """Return whether the field was sent."""
        return isinstance(name, str) and name.lower() in self._values


def _joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the fields by name; values of a repeated field are joined once, so that the cost stays linear."""
    texts: dict[str, list[str]] = {}
    for name, value in pairs:
        if name not in texts:
            texts[name] = [value]
        elif name not in _FIRST_WINS:
            texts[name].append(value)
    return {name: ("; " if name == "cookie" else ", ").join(values) for name, values in texts.items()}


class ResponseHeaders:
    """The headers of a response: single-valued except for `set-cookie`, which accumulates in order.

    Hooks, the endpoint and errors set them in turn. `Access-Control-Expose-Headers` is a list, so each of them adds to
    what was exposed before.
    """

    __slots__ = ("_exposed_before", "_fields", "cookies")

    def __init__(self) -> None:
        """Start empty."""
        self._fields: dict[str, str] = {}
        self._exposed_before = ""
        self.cookies: list[str] = []

    def begin_turn(self) -> None:
        """Begin the next turn: its headers replace those set before, except for the list of exposed headers."""
        self._exposed_before = self._fields.get(EXPOSE_HEADERS, "")

    def set(self, name: str, value: str) -> None:
        """Set `name`, replacing what it had."""
        name = name.lower()
        if name == EXPOSE_HEADERS:
            value = join_exposed(self._exposed_before, value)
        self._fields[name] = value

    def expose(self, name: str) -> None:
        """Add `name` to the headers that pages of other origins may read."""
        exposed = self._fields.get(EXPOSE_HEADERS)
        self._fields[EXPOSE_HEADERS] = join_exposed(exposed, name) if exposed else name

    def get(self, name: str) -> str | None:
        """Return the value of `name`, or None."""
        return self._fields.get(name.lower())

    def add_cookie(self, cookie: str) -> None:
        """Append one `Set-Cookie` value."""
        self.cookies.append(cookie)

    def remove_cookie(self, name: str) -> None:
        """Drop the pending cookies called `name` and its chunks `name.0`, `name.1`, ..."""
        if self.cookies:
            prefixes = (f"{name}=", f"{name}.")
            self.cookies = [cookie for cookie in self.cookies if not cookie.startswith(prefixes)]

    def keep_last_cookie_of_each_name(self) -> None:
        """Drop pending cookies that a later one of the same name replaces."""
        if len(self.cookies) > 1:
            last = {cookie.partition("=")[0]: position for position, cookie in enumerate(self.cookies)}
            self.cookies = [self.cookies[position] for position in sorted(last.values())]

    def update(self, other: ResponseHeaders) -> None:
        """Apply the headers of `other` as the next turn; its cookies are appended."""
        self.begin_turn()
        for name, value in other._fields.items():
            self.set(name, value)
        self.cookies.extend(other.cookies)

    def items(self) -> list[tuple[str, str]]:
        """Return name/value pairs sorted by name, the order in which Fetch's `Headers` iterates."""
        pairs = sorted(self._fields.items())
        if self.cookies:
            pairs += [("set-cookie", cookie) for cookie in self.cookies]
            pairs.sort(key=itemgetter(0))
        return pairs
