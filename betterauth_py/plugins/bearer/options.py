"""The options of the bearer plugin: better-auth's `bearer({...})` with its names in snake_case."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class BearerOptions:
    """Session tokens in the header, from the `bearer` plugin; see [plugins/bearer.md](plugins/bearer.md)."""

    require_signature: bool = False
    """Whether a token must be signed, as `set-auth-token` and the session cookie hold it. If not, the `token` in the
    body of a sign-in's answer counts too."""
