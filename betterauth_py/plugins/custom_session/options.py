"""The options of the custom-session plugin: better-auth's `customSession(fn, options, pluginOptions)`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from betterauth_py.plugins import EndpointContext, MaybeAwaitable

CustomSessionFunction = Callable[[dict[str, Any], EndpointContext[Any, Any]], MaybeAwaitable[Any]]


@dataclass(frozen=True, kw_only=True)
class CustomSessionOptions:
    """What `/get-session` answers, from the `custom-session` plugin.

    See [plugins/custom-session.md](plugins/custom-session.md).
    """

    fn: CustomSessionFunction
    """Gets `{"session": ..., "user": ...}` and the call's context, and returns the answer; not called without a
    session. It runs at every request, also if the session comes from the cookie cache."""
    should_mutate_list_device_sessions_endpoint: bool = False
    """Whether it also makes the entries of the multi-session plugin's `/multi-session/list-device-sessions`."""
