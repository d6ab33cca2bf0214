"""What a browser would keep: cookies by name, in the order they were first set."""

from __future__ import annotations

from .http_wire import Reply

Jar = dict[str, str]


def cookie_header(jar: Jar) -> str:
    """The Cookie header of a jar."""
    return "; ".join(f"{name}={value}" for name, value in jar.items())


def keep(jar: Jar, reply: Reply) -> None:
    """Take over every Set-Cookie of a reply; ``Max-Age=0`` throws the cookie away."""
    for line in reply.all("set-cookie"):
        pair, *attributes = line.split("; ")
        name, _, value = pair.partition("=")
        if any(attribute.lower() == "max-age=0" for attribute in attributes):
            jar.pop(name, None)
        else:
            jar[name] = value
