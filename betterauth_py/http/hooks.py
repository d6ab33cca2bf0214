"""Runs the hooks around endpoints, as better-auth 1.7.25's dispatch does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import dropwhile
from typing import Any

from betterauth_py.core.context import EndpointContext
from betterauth_py.core.endpoint import Endpoint
from betterauth_py.core.messages import Response
from betterauth_py.core.plugin import Hook
from betterauth_py.javascript.values import UNDEFINED
from betterauth_py.wire.errors import APIError
from betterauth_py.wire.headers import ResponseHeaders

Context = EndpointContext[Any, Any]


def hooks_by_operation(hooks: Sequence[Hook], endpoints: Iterable[Endpoint[Any, Any]]) -> dict[str, tuple[Hook, ...]]:
    """Return the hooks of each endpoint, in the order in which they run; endpoints without hooks have no entry.

    Computed once, so that a call goes through its own hooks only.
    """
    found = {endpoint.operation: tuple(hook for hook in hooks if hook.touches(endpoint.path)) for endpoint in endpoints}
    return {operation: own for operation, own in found.items() if own}


def without_leading_error_hooks(hooks: Mapping[str, Sequence[Hook]]) -> dict[str, tuple[Hook, ...]]:
    """Return the after hooks of each endpoint that a call without an error needs; without any, there is no entry.

    Those for errors only matter behind another hook, which may make an error of the answer.
    """
    found = {operation: tuple(dropwhile(lambda hook: hook.errors_only, own)) for operation, own in hooks.items()}
    return {operation: own for operation, own in found.items() if own}


async def run_before_hooks(hooks: Sequence[Hook], ctx: Context) -> Any:
    """Run `hooks` in order; return the first answer, or None after applying their changes to `ctx`.

    Headers and cookies that a hook sets are sent with its own answer or with the endpoint's, errors included.

    Raises:
        APIError: a hook's refusal; a redirect takes the hook's own headers and cookies along.
    """
    accumulated = ctx.response_headers
    changes: _Changes | None = None
    for hook in hooks:
        if hook.matcher is not None and not hook.matcher(ctx):
            continue
        ctx.response_headers = ResponseHeaders()
        try:
            answer = await hook.handler(ctx)
        except APIError as error:
            if error.status == 302:
                error.sent_with(ctx.response_headers)
            raise
        accumulated.update(ctx.response_headers)
        if isinstance(answer, dict) and isinstance(answer.get("context"), dict):
            changes = changes or _Changes()
            changes.add(answer["context"])
        elif isinstance(answer, dict | list | tuple | Response | APIError):
            ctx.response_headers = accumulated
            return answer
    ctx.response_headers = accumulated
    accumulated.begin_turn()
    if changes is not None:
        changes.apply(ctx)
    return None


async def run_after_hooks(hooks: Sequence[Hook], ctx: Context) -> None:
    """Run `hooks` in order; each sees `ctx.returned`, and what it returns or raises as `APIError` replaces it."""
    for hook in hooks:
        if hook.errors_only and not isinstance(ctx.returned, APIError):
            continue
        if hook.matcher is not None and not hook.matcher(ctx):
            continue
        ctx.response_headers.begin_turn()
        try:
            answer = await hook.handler(ctx)
        except APIError as error:
            answer = error.sent_with(ctx.response_headers)
        if answer is not None:
            ctx.returned = answer


class _Changes:
    """Changes by before hooks to what the endpoint sees: `{"context": {"body": {...}, "headers": {...}}}`."""

    def __init__(self) -> None:
        self._headers: dict[str, str] = {}
        self._rest: dict[str, Any] = {}

    def add(self, wanted: Mapping[str, Any]) -> None:
        """Add one hook's changes; later hooks take precedence."""
        headers = wanted.get("headers")
        if isinstance(headers, Mapping):
            self._headers |= {name.lower(): value for name, value in headers.items()}
        rest = {name: value for name, value in wanted.items() if name in {"body", "query", "params", "method"}}
        self._rest = _merged(self._rest, rest)

    def apply(self, ctx: Context) -> None:
        """Apply the changes to the endpoint's context."""
        for name, value in self._rest.items():
            setattr(ctx, name, _merged(getattr(ctx, name), value))
        if self._headers:
            ctx.replace_headers(ctx.headers.with_values(self._headers))


def _merged(base: Any, over: Any) -> Any:
    """Merge `over` into `base` recursively; null and undefined change nothing."""
    if not isinstance(base, dict) or not isinstance(over, dict):
        return over
    merged = dict(base)
    for name, value in over.items():
        if value is not None and value is not UNDEFINED:
            merged[name] = _merged(merged.get(name), value)
    return merged
