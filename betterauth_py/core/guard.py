"""Who may call an endpoint, as a value: a check with its description for the contract and for OpenAPI."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, product
from typing import TYPE_CHECKING, Any

from betterauth_py.wire.errors import APIError, ErrorCode
from betterauth_py.wire.headers import ResponseHeaders

if TYPE_CHECKING:
    from betterauth_py.core.context import EndpointContext

Check = Callable[["EndpointContext[Any, Any]"], Awaitable[None]]


@dataclass(frozen=True, kw_only=True, eq=False)
class Guard:
    """What an endpoint requires of its callers. Plugins declare their own as they declare endpoints."""

    name: str
    """Its name, such as `session`."""
    sentence: str
    """Who may call, for the contract: `Signed-in users.`"""
    check: Check | None = None
    """Refuses by raising an `APIError`; may store what it finds in `ctx.session` or `ctx.state`. None: everyone may
    call."""
    errors: Sequence[tuple[int, ErrorCode]] = ()
    """The errors that it refuses with."""
    bare_refusals: Sequence[int] = ()
    """The statuses that it refuses with where the answer has no error code; most have no body at all."""
    schemes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """How clients authenticate: OpenAPI security schemes by name, any one of which suffices. Empty: no
    authentication."""
    is_served: bool = True
    """Whether requests reach the endpoint; otherwise only code in this process does."""

    together: Sequence[tuple[str, ...]] | None = None
    """Combinations of schemes, each of which suffices. None: any single scheme suffices."""

    @property
    def alternatives(self) -> list[tuple[str, ...]]:
        """Combinations of schemes, each of which suffices; for OpenAPI's `security`."""
        return [(name,) for name in self.schemes] if self.together is None else list(self.together)


def all_of(*guards: Guard) -> Guard:
    """Return a guard that accepts calls that all `guards` accept; they check in this order.

    Raises:
        ValueError: if one of them is for code in this process only, or if there are none.
    """
    _require_combinable(guards)

    async def check(ctx: EndpointContext[Any, Any]) -> None:
        for guard in guards:
            if guard.check is not None:
                await guard.check(ctx)

    needed = [guard.alternatives for guard in guards if guard.alternatives]
    together = [tuple(dict.fromkeys(chain.from_iterable(combined))) for combined in product(*needed)] if needed else []
    return Guard(
        name=" and ".join(guard.name for guard in guards),
        sentence=" ".join(guard.sentence for guard in guards),
        check=check,
        errors=_errors_of(guards),
        bare_refusals=_bare_refusals_of(guards),
        schemes=_schemes_of(guards),
        together=together,
    )


def any_of(*guards: Guard) -> Guard:
    """Return a guard that accepts calls that one of `guards` accepts; otherwise the last one's error is the answer.

    What a refusing guard has set (a session, `ctx.state`, expired cookies) is undone.

    Raises:
        ValueError: if one of them is for code in this process only, or if there are none.
    """
    _require_combinable(guards)

    async def check(ctx: EndpointContext[Any, Any]) -> None:
        for guard in guards:
            session, source, headers = ctx.session, ctx.session_source, ctx.response_headers
            state = ctx.state.saved()
            ctx.response_headers = ResponseHeaders()
            try:
                if guard.check is not None:
                    await guard.check(ctx)
            except APIError:
                if guard is guards[-1]:
                    headers.update(ctx.response_headers)
                    ctx.response_headers = headers
                    raise
                ctx.session, ctx.session_source, ctx.response_headers = session, source, headers
                ctx.state.restore(state)
                continue
            headers.update(ctx.response_headers)
            ctx.response_headers = headers
            return

    is_open = any(guard.check is None for guard in guards)
    together = [names for guard in guards for names in guard.alternatives]
    return Guard(
        name=" or ".join(guard.name for guard in guards),
        sentence=" Or: ".join(guard.sentence for guard in guards),
        check=check,
        errors=_errors_of(guards),
        bare_refusals=_bare_refusals_of(guards),
        schemes=_schemes_of(guards),
        together=[*together, ()] if is_open and together else together,
    )


def _require_combinable(guards: Sequence[Guard]) -> None:
    if not guards:
        # An empty list would accept everyone; it must not open an endpoint by accident.
        msg = "There are no guards to combine. Name at least one; `Security.PUBLIC` accepts everyone."
        raise ValueError(msg)
    hidden = next((guard.name for guard in guards if not guard.is_served), None)
    if hidden is not None:
        msg = f"The guard {hidden!r} is for code in this process only and cannot be combined with others."
        raise ValueError(msg)


def _errors_of(guards: Sequence[Guard]) -> tuple[tuple[int, ErrorCode], ...]:
    return tuple(dict.fromkeys(error for guard in guards for error in guard.errors))


def _bare_refusals_of(guards: Sequence[Guard]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(status for guard in guards for status in guard.bare_refusals))


def _schemes_of(guards: Sequence[Guard]) -> dict[str, Mapping[str, Any]]:
    return {name: scheme for guard in guards for name, scheme in guard.schemes.items()}
