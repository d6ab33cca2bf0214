"""What a playing showed, as named comparable texts.

The names are ``status``, ``header location``, ``set-cookie 1``, ``body``, ``rows session``, ``mails``,
``storage`` (what Redis holds) and ``storage lives`` (for how long).

"""

from __future__ import annotations

from .databases import Row
from .placeholders import Instant, Placeholders, Text
from .player import Seen
from .scenario import Scenario
from .sealed import compact_json
from .secondary_storage import StoredValue
from .set_cookies import Seals, set_cookie_texts

TRANSPORT = frozenset({"date", "connection", "keep-alive", "transfer-encoding", "content-length", "server"})
"""Headers of the connection rather than of the answer."""

Facts = dict[str, Text]


def facts_of(scenario: Scenario, playing: list[Seen]) -> list[Facts]:
    """The facts of every step, with one memory of random values for the whole playing."""
    placeholders = Placeholders(scenario.secret, scenario.source)
    seals = Seals.of(scenario)
    facts = []
    for number, seen in enumerate(playing, start=1):
        placeholders.step, placeholders.sent_at = number, seen.sent_at
        facts.append(_step_facts(seen, seals, placeholders))
    return facts


def _step_facts(seen: Seen, seals: Seals, placeholders: Placeholders) -> Facts:
    facts: Facts = {}
    if seen.affected is not None:
        facts["affected rows"] = Text(str(seen.affected))
    if seen.reply:
        facts["status"] = Text(str(seen.reply.status))
        for name in sorted({name for name, _ in seen.reply.headers} - TRANSPORT - {"set-cookie"}):
            facts[f"header {name}"] = placeholders.plain("\n".join(seen.reply.all(name)))
        lines = set_cookie_texts(seen.reply.all("set-cookie"), seals, placeholders)
        facts |= {f"set-cookie {place}": line for place, line in enumerate(lines, start=1)}
        body = seen.reply.body.decode("utf-8", "surrogateescape")
        facts["body"] = placeholders.json(body) if body[:1] in ("{", "[") else placeholders.plain(body)
    for table, rows in seen.rows.items():
        facts[f"rows {table}"] = placeholders.json(_rows_text(rows), owner=table)
    if seen.mails is not None:
        facts["mails"] = placeholders.json("\n".join(compact_json(mail) for mail in seen.mails))
    if seen.storage is not None:
        kept = (f'"{stored.key}" {stored.value}' for stored in seen.storage)
        facts["storage"] = placeholders.json("\n".join(kept))
        facts["storage lives"] = _lives(seen.storage)
    return facts


def _lives(storage: list[StoredValue]) -> Text:
    """Whether each value is stored for good; and if not, until when."""
    text = " ".join("for good" if stored.life is None else "for a while" for stored in storage)
    lives = (stored.life for stored in storage if stored.life is not None)
    return Text(text, tuple(Instant("the end of a value", -life, life) for life in lives))


def _rows_text(rows: list[Row]) -> str:
    """One line for each row, oldest first, columns by name."""
    ordered = sorted(
        rows, key=lambda row: (str(row.get("created_at", row.get("createdAt", ""))), str(row.get("key", "")))
    )
    return "\n".join(compact_json(dict(sorted(row.items()))) for row in ordered)
