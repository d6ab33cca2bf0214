"""Session caches that were sealed with the right secret but say something else."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

from .durations import relative
from .sealed import (
    b64url,
    compact_json,
    from_b64url,
    open_compact,
    open_jwe,
    open_jwt,
    seal_compact,
    seal_jwe,
    seal_jwt,
)
from .steps import Forge
from .templates import UnavailableError, encode_component


def reforged(step: Forge, cookie: str, secret: str) -> str:
    """The cookie's value with the step's changes, sealed again."""
    if not secret:
        raise UnavailableError("needs the secret (give --secret)")
    value = unquote(cookie)
    match step.strategy:
        case "compact":
            data = json.loads(open_compact(secret, value))
            return seal_compact(secret, _changed(data, step))
        case "jwt":
            header, payload = json.loads(open_jwt(secret, value))
            return seal_jwt(secret, header, _changed(payload, step))
        case "jwe":
            header, payload = json.loads(open_jwe(secret, value))
            return seal_jwe(secret, header, _changed(payload, step))
        case "compact-unsealed":
            data = json.loads(from_b64url(value))
            return encode_component(_plain(_changed(data, step)))
        case other:
            raise ValueError(f"no cache is sealed as {other!r}")


def _plain(data: dict[str, Any]) -> str:
    """A changed payload under the old signature."""
    return b64url(compact_json(data).encode())


def _changed(data: dict[str, Any], step: Forge) -> dict[str, Any]:
    for path in step.removed:
        parent, key = _place(data, path)
        del parent[key]
    for path, value in step.values.items():
        parent, key = _place(data, path)
        parent[key] = relative(value)
    return data


def _place(data: dict[str, Any], path: str) -> tuple[dict[str, Any], str]:
    *parents, key = path.split(".")
    for parent in parents:
        data = data[parent]
    return data, key
