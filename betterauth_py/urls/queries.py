"""Query strings by the WHATWG URL rules (through Ada, the parser that Node uses)."""

from __future__ import annotations

from collections.abc import Container, Mapping

from ada_url import URL, URLSearchParams

from betterauth_py.javascript.values import well_formed


def encode_query(parameters: Mapping[str, str]) -> str:
    """Return the parameters as `application/x-www-form-urlencoded`, as `URLSearchParams` writes them."""
    written = URLSearchParams("")
    for name, value in parameters.items():
        written.append(well_formed(name), well_formed(value))
    return str(written)


def without_query_parameters(url: str, names: Container[str]) -> str:
    """Return `url` without the parameters of these names; the text of the others stays as it is.

    To write them again would change their encoding, such as `%20` to `+`, and break URLs that are signed.

    Raises:
        ValueError: if it is no URL.
    """
    parsed = URL(url)
    pairs = [pair for pair in str(parsed.search).removeprefix("?").split("&") if pair]
    parsed.search = "&".join(pair for pair in pairs if next(iter(URLSearchParams(pair).keys())) not in names)
    return str(parsed.href)


def take_query_parameter(url: str, name: str) -> tuple[str, str | None]:
    """Return `url` without a parameter, its query written anew, and what the parameter was; None if it is not there.

    Raises:
        ValueError: if it is no URL.
    """
    parsed = URL(url)
    parameters = URLSearchParams(str(parsed.search))
    value = parameters.get(name)
    if value:
        parameters.delete(name)
        parsed.search = str(parameters)
    return str(parsed.href), value
