"""Plays a scenario against one side and keeps everything it saw."""

from __future__ import annotations

import json
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from time import sleep
from typing import TYPE_CHECKING, Any, Protocol

from .databases import Database, Row
from .durations import now_ms, relative
from .forging import reforged
from .http_wire import Address, Reply, Request, exchange_together, no_reply
from .jars import Jar, cookie_header, keep
from .outside import Declared, Sent, UndeclaredRequestError, available
from .scenario import Scenario
from .steps import Change, Delete, Forge, Put, Send, Step, Wait
from .templates import Templates, UnavailableError

if TYPE_CHECKING:
    from .secondary_storage import Storage, StoredValue


class Side(Protocol):
    """A running server that was set up with a scenario's profile."""

    name: str
    address: Address
    database: Database

    @property
    def storage(self) -> Storage | None:
        """Its secondary storage, if the scenario has one."""

    def answer_outside(self, replies: list[Declared]) -> None:
        """Answer requests to the outside so from now on. UnavailableError where they cannot be answered."""

    def sent_outside(self) -> list[Sent]:
        """What was sent outside since this was last asked."""

    def mails(self) -> list[dict[str, Any]]:
        """What the named mail functions were given so far. UnavailableError where they cannot be seen."""


@dataclass(frozen=True)
class Seen:
    """What one step showed, and when it was sent."""

    step: Step
    sent_at: int
    reply: Reply | None = None
    together: tuple[Reply, ...] = ()
    rows: dict[str, list[Row]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    mails: list[dict[str, Any]] | None = None
    affected: int | None = None
    storage: list[StoredValue] | None = None
    outside: tuple[Sent, ...] = ()
    skipped: str = ""


MISSING = "nothing-was-captured"
"""Stands for what the side under test did not give, so that the steps that need it still show their differences."""


def play(scenario: Scenario, side: Side, *, forgiving: bool = False) -> list[Seen]:
    """Every step in order. Only a ``forgiving`` playing goes on without a value that a later step needs.

    From the first step on that cannot be taken against this side (UnavailableError), all are skipped: what they would
    show depends on it.
    """
    player = _Player(scenario, side, forgiving)
    seen: list[Seen] = []
    for position, step in enumerate(scenario.steps):
        try:
            seen.append(player.take(step))
        except UnavailableError as error:
            why = [str(error), *[f"comes after: {step.title}"] * (len(scenario.steps) - position - 1)]
            return seen + [Seen(left, now_ms(), skipped=why.pop(0)) for left in scenario.steps[position:]]
        except Exception as error:
            error.add_note(f"{scenario.name}, step {len(seen) + 1} ({step.title}), against {side.name}")
            raise
    player.end()
    return seen


class _Player:
    def __init__(self, scenario: Scenario, side: Side, forgiving: bool) -> None:
        self._scenario = scenario
        self._side = side
        self._forgiving = forgiving
        self._last_moment = 0
        self._captures: dict[str, str | UnavailableError] = {}
        self._jars: defaultdict[str, Jar] = defaultdict(lambda: defaultdict(lambda: MISSING) if forgiving else {})
        self._templates = Templates(scenario.secret, self._captures, self._jars, scenario.claims)

    def take(self, step: Step) -> Seen:
        """Take one step, never in the millisecond of the step before, so that instants tell steps apart."""
        while now_ms() <= self._last_moment:
            sleep(0.0005)
        try:
            return self._take(step, now_ms())
        finally:
            self._last_moment = now_ms()

    def end(self) -> None:
        """Say so if something went outside in a scenario that declares no outside world."""
        if not self._scenario.has_outside:
            self._sent_outside()

    def _sent_outside(self) -> tuple[Sent, ...]:
        sent = self._side.sent_outside()
        if not self._forgiving or not self._scenario.has_outside:
            undeclared = [f"{each.method} {each.url}" for each in sent if not each.declared]
            if undeclared:
                raise UndeclaredRequestError(
                    f"{self._scenario.name}, against {self._side.name}: the scenario declares no reply outside for "
                    f"{', '.join(undeclared)}"
                )
        return tuple(sent)

    def _take(self, step: Step, sent_at: int) -> Seen:
        match step:
            case Send():
                return self._send(step, sent_at)
            case Change():
                values = {column: self._cell(value) for column, value in step.values.items()}
                affected = self._side.database.change(step.table, values, self._where(step.where))
                return Seen(step, sent_at, affected=affected)
            case Delete():
                affected = self._side.database.delete(step.table, self._where(step.where))
                return Seen(step, sent_at, affected=affected)
            case Forge():
                jar = self._jars[step.jar]
                if not self._forgiving or step.cookie in jar:
                    jar[step.cookie] = reforged(step, jar[step.cookie], self._scenario.secret)
                return Seen(step, sent_at)
            case Put():
                value = None if step.value is None else self._templates.fill(step.value)
                key = self._templates.fill(step.key)
                return Seen(step, sent_at, affected=self._place().put(key, value, step.seconds))
            case Wait():
                sleep(step.seconds)
                return Seen(step, sent_at)

    def _cell(self, value: Any) -> Any:
        return self._templates.fill(value) if isinstance(value, str) else relative(value)

    def _where(self, where: dict[str, str]) -> dict[str, str]:
        return {column: self._templates.fill(value) for column, value in where.items()}

    def _send(self, step: Send, sent_at: int) -> Seen:
        fill = self._templates.fill
        headers = [(name, fill(value)) for name, value in step.headers]
        jar = self._jars[step.jar] if step.jar else None
        if jar:
            headers.append(("Cookie", cookie_header(jar)))
        body = step.body
        if body is not None and b"{{" in body:
            body = fill(body.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
        if self._scenario.has_outside:
            self._side.answer_outside(available((*step.outside, *self._scenario.outside), fill))
        request = Request(step.method, fill(step.target), tuple(headers), body)
        try:
            replies = exchange_together(self._side.address, request, max(step.together, 1))
        except (OSError, HTTPException) as error:
            if not self._forgiving:
                raise
            replies = (no_reply(error),)
        reply = min(replies, key=lambda one: one.status)
        if jar is not None and not step.together:
            keep(jar, reply)
        rows = self._rows((*step.rows, *step.counts))
        seen = Seen(
            step,
            sent_at,
            reply=None if step.together else reply,
            together=replies if step.together else (),
            rows={table: rows[table] for table in step.rows if table in rows},
            counts={table: len(rows[table]) for table in step.counts if table in rows},
            mails=self._mails() if step.mails else None,
            storage=self._place().values() if step.storage else None,
            outside=self._sent_outside() if self._scenario.has_outside else (),
        )
        for name, path in step.captures.items():
            self._captures[name] = self._captured(path, reply)
        return seen

    def _rows(self, tables: tuple[str, ...]) -> dict[str, list[Row]]:
        """The rows of tables, as far as this side lets them be seen."""
        with suppress(UnavailableError):
            return {table: self._side.database.rows(table) for table in tables}
        return {}

    def _mails(self) -> list[dict[str, Any]] | None:
        with suppress(UnavailableError):
            return self._side.mails()
        return None

    def _captured(self, path: str, reply: Reply) -> str | UnavailableError:
        try:
            return self._found_or_missing(path, reply)
        except UnavailableError as error:
            return error

    def _place(self) -> Storage:
        if self._side.storage is None:
            msg = "the scenario's profile has no secondary storage"
            raise ValueError(msg)
        return self._side.storage

    def _found_or_missing(self, path: str, reply: Reply) -> str:
        try:
            return self._found(path, reply)
        except (ValueError, LookupError, TypeError):
            if self._forgiving:
                return MISSING
            raise

    def _found(self, path: str, reply: Reply) -> str:
        """``body.user.id``, ``rows.session.0.token``, ``mails.-1.url``, ``header location|query state``."""
        path, *filters = path.split("|")
        return self._templates.filtered(self._found_at(path, reply), filters)

    def _found_at(self, path: str, reply: Reply) -> str:
        if path.startswith("header "):
            return reply.all(path.removeprefix("header "))[0]
        root, *keys = path.split(".")
        value: Any
        if root == "body":
            value = json.loads(reply.body)
        elif root == "rows":
            value = self._side.database.rows(keys.pop(0))
        else:
            value = self._side.mails()
        for key in keys:
            value = value[int(key)] if isinstance(value, list) else value[key]
        return str(value)
