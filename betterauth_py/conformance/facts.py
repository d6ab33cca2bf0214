"""What a playing showed, as named comparable texts.

The names are ``status``, ``header location``, ``set-cookie 1``, ``body``, ``rows session``, ``count session``,
``mails``, ``storage`` (what Redis holds), ``storage lives`` (for how long), ``outside 1`` and so on for what was
sent to servers elsewhere, and ``answer 1`` and so on for requests that were sent together.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from .databases import Row
from .http_wire import Reply
from .id_tokens import KEY_ID, PUBLIC_KEY
from .outside import sent_text
from .placeholders import Distance, Placeholders
from .player import Seen
from .scenario import Scenario
from .sealed import compact_json
from .set_cookies import Seals, header_text, set_cookie_texts

TRANSPORT = frozenset({"date", "connection", "keep-alive", "transfer-encoding", "content-length", "server"})
"""Headers of the connection rather than of the answer."""

Facts = dict[str, str]


@dataclass(frozen=True)
class Shown:
    """What one side showed in every step, and where the instants lie that the labels stand for."""

    steps: list[Facts]
    distances: dict[str, Distance]
    sent_at: list[int] = field(default_factory=list)
    """When each step was sent, in milliseconds since 1970; empty for a recording."""


def facts_of(scenario: Scenario, playing: list[Seen], translated: Callable[[str], str] = str) -> Shown:
    """The facts of every step, with one memory of random values for the whole playing."""
    placeholders = Placeholders(
        scenario.secret, scenario.source, translated, {KEY_ID: PUBLIC_KEY, **published_keys(_bodies(playing))}
    )
    seals = Seals.of(scenario)
    steps = []
    for number, seen in enumerate(playing, start=1):
        placeholders.step, placeholders.sent_at = number, seen.sent_at
        steps.append(_step_facts(seen, seals, placeholders))
    return Shown(steps, placeholders.distances, [seen.sent_at for seen in playing])


def _bodies(playing: list[Seen]) -> Iterable[bytes]:
    return (reply.body for seen in playing for reply in (seen.reply, *seen.together) if reply)


def published_keys(bodies: Iterable[bytes]) -> dict[str, dict[str, Any]]:
    """The keys of the jwt plugin by their ids, as far as an answer has shown them."""
    sets = (json.loads(body)["keys"] for body in bodies if body.startswith(b'{"keys":['))
    return {key["kid"]: key for keys in sets for key in keys}


def _step_facts(seen: Seen, seals: Seals, placeholders: Placeholders) -> Facts:
    facts: Facts = {}
    if seen.affected is not None:
        facts["affected rows"] = str(seen.affected)
    if seen.reply:
        facts |= _reply_facts(seen.reply, seals, placeholders)
    for place, reply in enumerate(sorted(seen.together, key=_without_random_values), start=1):
        facts[f"answer {place}"] = "\n".join(
            f"{name}: {text}" for name, text in _reply_facts(reply, seals, placeholders).items()
        )
    sent = (sent_text(each, placeholders.plain, placeholders.json) for each in seen.outside)
    # Requests sent together go out in any order.
    facts |= {f"outside {place}": text for place, text in enumerate(sorted(sent) if seen.together else sent, start=1)}
    for table, rows in seen.rows.items():
        facts[f"rows {table}"] = placeholders.json(_rows_text(rows), owner=table)
    for table, number in seen.counts.items():
        facts[f"count {table}"] = str(number)
    if seen.mails is not None:
        facts["mails"] = placeholders.json("\n".join(compact_json(mail) for mail in seen.mails))
    if seen.storage is not None:
        kept = (f'"{stored.key}" {stored.value}' for stored in seen.storage)
        facts["storage"] = placeholders.json("\n".join(kept))
        lives = (placeholders.end_of_life(stored.life) for stored in seen.storage)
        facts["storage lives"] = " ".join(lives)
    return facts


def _reply_facts(reply: Reply, seals: Seals, placeholders: Placeholders) -> Facts:
    facts = {"status": str(reply.status)}
    for name in sorted({name for name, _ in reply.headers} - TRANSPORT - {"set-cookie"}):
        values = (header_text(value, seals, placeholders) for value in reply.all(name))
        facts[f"header {name}"] = "\n".join(values)
    lines = set_cookie_texts(reply.all("set-cookie"), seals, placeholders)
    facts |= {f"set-cookie {place}": line for place, line in enumerate(lines, start=1)}
    body = reply.body.decode("utf-8", "surrogateescape")
    facts["body"] = placeholders.json(body) if body[:1] in ("{", "[") else placeholders.plain(body)
    return facts


def _without_random_values(reply: Reply) -> tuple[int, str, int]:
    """What answers to requests sent together are sorted by: their order of arrival means nothing."""
    body = re.sub(r"[A-Za-z0-9_-]{20,}|\d{4}-\d\d-\d\dT[\d:.]+Z", "", reply.body.decode("utf-8", "replace"))
    return reply.status, body, len(reply.headers)


def _rows_text(rows: list[Row]) -> str:
    """One line for each row, oldest first, columns by name."""
    ordered = sorted(
        rows, key=lambda row: (str(row.get("created_at", row.get("createdAt", ""))), str(row.get("key", "")))
    )
    return "\n".join(compact_json(dict(sorted(row.items()))) for row in ordered)
