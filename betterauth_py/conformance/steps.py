"""The steps of a scenario, and how each is written in a file."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from typing import Any

from .intended import IntendedDifference, intended_differences
from .outside import Declared, declared_replies


@dataclass(frozen=True)
class Send:
    """One HTTP request. Text parts may contain ``{{...}}``, see :mod:`.templates`."""

    title: str
    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    jar: str | None = None
    captures: dict[str, str] = field(default_factory=dict)
    rows: tuple[str, ...] = ()
    counts: tuple[str, ...] = ()
    together: int = 0
    mails: bool = False
    storage: bool = False
    shows_the_hash: bool = False
    outside: tuple[Declared, ...] = ()
    """What is answered outside during this step, before the scenario's own."""
    intended: tuple[IntendedDifference, ...] = ()


@dataclass(frozen=True)
class Change:
    """Set columns of the matching rows on both sides; ``{"now": "-1d"}`` is an instant relative to the step."""

    title: str
    table: str
    values: dict[str, Any]
    where: dict[str, str]


@dataclass(frozen=True)
class Delete:
    """Delete the matching rows on both sides."""

    title: str
    table: str
    where: dict[str, str]


@dataclass(frozen=True)
class Forge:
    """Rewrite a session_data cookie in a jar and seal it again with the right secret."""

    title: str
    jar: str
    cookie: str
    strategy: str
    values: dict[str, Any]
    removed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wait:
    """Let real time pass."""

    title: str
    seconds: float


@dataclass(frozen=True)
class Put:
    """Store a value in secondary storage on both sides for some seconds, or delete it (None)."""

    title: str
    key: str
    value: str | None
    seconds: int | None


Step = Send | Change | Delete | Forge | Wait | Put


def step_of(raw: dict[str, Any]) -> Step:
    """The step that a file describes."""
    title = str(raw.get("it") or raw.get("send") or "")
    if "change" in raw:
        return Change(title or f"change {raw['change']}", raw["change"], raw["set"], raw.get("where", {}))
    if "delete" in raw:
        return Delete(title or f"delete from {raw['delete']}", raw["delete"], raw.get("where", {}))
    if "forge" in raw:
        return Forge(
            title or f"forge {raw['forge']}",
            raw["jar"],
            raw["forge"],
            raw["as"],
            raw.get("set", {}),
            tuple(raw.get("remove", ())),
        )
    if "put" in raw:
        return Put(title or f"put {raw['put']}", raw["put"], raw.get("value"), raw.get("seconds"))
    if "wait" in raw:
        return Wait(title or f"wait {raw['wait']} s", float(raw["wait"]))
    return _send(title, raw)


def _send(title: str, raw: dict[str, Any]) -> Send:
    method, target = raw["send"].split(" ", 1)
    headers = [_header(line) for line in (*raw.get("headers", ()), *raw.get("and_headers", ()))]
    body = _body(raw)
    if "json" in raw and not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("Content-Type", "application/json"))
    return Send(
        title=title,
        method=method,
        target=target,
        headers=tuple(headers),
        body=body,
        jar=raw.get("jar"),
        captures=raw.get("capture", {}),
        rows=tuple(raw.get("rows", ())),
        counts=tuple(raw.get("count", ())),
        together=int(raw.get("together", 0)),
        mails=bool(raw.get("mails", False)),
        storage=bool(raw.get("storage", False)),
        shows_the_hash=bool(raw.get("shows_the_hash", False)),
        outside=declared_replies(raw.get("outside", ())),
        intended=intended_differences(raw, headers),
    )


def _header(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name, value.removeprefix(" ")


def _body(raw: dict[str, Any]) -> bytes | None:
    if "json" in raw:
        return json.dumps(raw["json"], ensure_ascii=False, separators=(",", ":")).encode()
    if "base64" in raw:
        return base64.b64decode(raw["base64"])
    if "body" in raw:
        return str(raw["body"]).encode()
    return None
