"""A plugin that does nothing with every hook there is: what plugins cost before they do anything."""

from __future__ import annotations

from typing import Any

from betterauth_py.core.plugin import Hook, Plugin


async def _pass(*_: Any) -> None:
    return None


def _everywhere(_: Any) -> bool:
    return True


HOOKED = Plugin(
    id="hooked",
    before=[Hook(matcher=_everywhere, handler=_pass)],
    after=[Hook(matcher=_everywhere, handler=_pass)],
    on_request=_pass,
    on_response=_pass,
)
