"""Who may call an endpoint, as a value: a guard checks, and says in words and in OpenAPI what it demands."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from betterauth_py.wire.errors import APIError, ErrorCode

if TYPE_CHECKING:
    from betterauth_py.core.context import EndpointContext

Check = Callable[["EndpointContext[Any, Any]"], Awaitable[None]]


@dataclass(frozen=True, kw_only=True, eq=False)
class Guard:
    """What an endpoint demands of whoever calls it. A plugin makes its own as it makes an endpoint."""

    name: str
    """What it is called, such as `session`."""
    sentence: str
    """Who may call, for the contract: `Whoever is signed in.`"""
    check: Check | None = None
    """Refuses by raising an `APIError`; may put what it finds out into `ctx.session` or `ctx.state`. None: nobody is
    refused."""
    errors: Sequence[tuple[int, ErrorCode]] = ()
    """What it refuses with."""
    schemes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """How a client shows who it is: OpenAPI's security schemes by their names, any one of them. Empty: it need not."""
    is_served: bool = True
    """Whether requests reach the endpoint at all; else only code in this process does."""


def all_of(*guards: Guard) -> Guard:
    """Return the guard that lets pass whom every one of `guards` lets pass; they check in this order."""

    async def check(ctx: EndpointContext[Any, Any]) -> None:
        for guard in guards:
            if guard.check is not None:
                await guard.check(ctx)

    return Guard(
        name=" and ".join(guard.name for guard in guards),
        sentence=" ".join(guard.sentence for guard in guards),
        check=check,
        errors=tuple(dict.fromkeys(error for guard in guards for error in guard.errors)),
        schemes={name: scheme for guard in guards for name, scheme in guard.schemes.items()},
        is_served=all(guard.is_served for guard in guards),
    )


def any_of(*guards: Guard) -> Guard:
    """Return the guard that lets pass whom one of `guards` lets pass; what the last one refuses with is the answer."""

    async def check(ctx: EndpointContext[Any, Any]) -> None:
        for guard in guards[:-1]:
            try:
                if guard.check is not None:
                    await guard.check(ctx)
            except APIError:
                continue
            return
        if guards[-1].check is not None:
            await guards[-1].check(ctx)

    return Guard(
        name=" or ".join(guard.name for guard in guards),
        sentence=" Or: ".join(guard.sentence for guard in guards),
        check=check,
        errors=tuple(dict.fromkeys(error for guard in guards for error in guard.errors)),
        schemes={name: scheme for guard in guards for name, scheme in guard.schemes.items()},
        is_served=any(guard.is_served for guard in guards),
    )
