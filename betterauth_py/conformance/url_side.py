"""A server at a URL as a side to play against: what HTTP cannot show is there only if the user gave a way to see it."""

from __future__ import annotations

import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from betterauth_py.errors import BetterAuthError

from .databases import Database, Row, column_kinds, open_database
from .http_wire import Address
from .https import Https
from .option_names import camel_case, snake_case
from .templates import UnavailableError

if TYPE_CHECKING:
    from .outside import Declared, Sent
    from .scenario import Scenario
    from .secondary_storage import Storage

SETTLING = 0.15
"""Seconds that work after the answer (mails) may take."""


@dataclass(frozen=True)
class Target:
    """The server under test, and what else of it may be looked at."""

    url: str
    address: Address
    netloc: str
    mails: Path | None = None
    database: str | None = None

    @property
    def is_https(self) -> bool:
        """Whether it is spoken to over TLS."""
        return self.url.startswith("https:")


def target_of(
    url: str, mails: Path | None = None, database: str | None = None, *, https: Https | None = None
) -> Target:
    """The target at a URL. Raises BetterAuthError for a URL that the recordings say nothing about."""
    parts = urlsplit(url if "://" in url else f"http://{url}")
    usual_port = {"http": 80, "https": 443}.get(parts.scheme)
    if usual_port is None or not parts.hostname:
        raise BetterAuthError(f"{url!r} is not the URL of a server; give one such as http://localhost:3000")
    if parts.path not in ("", "/", "/api/auth", "/api/auth/"):
        raise BetterAuthError(
            f"{url} has the path {parts.path}, and the recorded server has its default, /api/auth. Give the "
            "origin only; the profiles base-path, base-path-root and base-path-in-url play other base paths."
        )
    try:
        port = parts.port or usual_port
    except ValueError as error:
        raise BetterAuthError(f"{url!r} is not the URL of a server: {error}") from None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    netloc = host if port == usual_port else f"{host}:{port}"
    address = Address(port, parts.hostname, netloc, https if parts.scheme == "https" else None)
    return Target(f"{parts.scheme}://{netloc}", address, netloc, mails, database)


def check_reachable(target: Target) -> None:
    """Raise BetterAuthError unless something listens there, with a certificate that is trusted."""
    try:
        target.address.connect().close()
    except ssl.SSLCertVerificationError as error:
        raise BetterAuthError(
            f"The certificate of {target.url} is not trusted: {error.verify_message}. For a private CA give its "
            "certificate with --ca-file FILE; --insecure looks at no certificate."
        ) from None
    except OSError as error:
        raise BetterAuthError(
            f"Nothing answers at {target.url}: {error}. Start the server, then run this again."
        ) from None


class UrlSide:
    """The target during one scenario."""

    def __init__(self, target: Target, scenario: Scenario) -> None:
        self.name = target.url
        https = target.address.https
        self.address = target.address._replace(https=https.of_profile(scenario.options) if https else None)
        self._mails = target.mails
        self._mails_before = self._mail_lines()
        self.storage: Storage | None = None
        self.database: Database = NoDatabase()
        if target.database:
            self.database = OwnRows(open_database(target.database, column_kinds(scenario.options)), scenario.layout)

    def mails(self) -> list[dict[str, Any]]:
        """What was mailed since the scenario began."""
        if self._mails is None:
            raise UnavailableError("needs a mail (give --mails)")
        sleep(SETTLING)
        return [json.loads(line) for line in self._mail_lines()[len(self._mails_before) :]]

    def answer_outside(self, replies: list[Declared]) -> None:
        """Nobody can answer for others there."""
        raise UnavailableError("needs an outside world")

    def sent_outside(self) -> list[Sent]:
        """Not to be seen."""
        return []

    def _mail_lines(self) -> list[str]:
        if self._mails is None or not self._mails.is_file():
            return []
        return self._mails.read_text(encoding="utf-8").splitlines()

    def close(self) -> None:
        """Let go of the database."""
        self.database.close()


class NoDatabase:
    """Stands where the rows cannot be reached."""

    def rows(self, table: str) -> list[Row]:
        """Nothing to see."""
        raise UnavailableError("needs the rows (give --database)")

    def change(self, table: str, values: Mapping[str, Any], where: Mapping[str, str]) -> int:
        """Nothing to change."""
        raise UnavailableError("changes rows (give --database)")

    def delete(self, table: str, where: Mapping[str, str]) -> int:
        """Nothing to delete."""
        raise UnavailableError("deletes rows (give --database)")

    def close(self) -> None:
        """Nothing is held."""


class OwnRows:
    """The rows that came into being during the scenario: others are neither seen nor touched.

    Columns have the scenario's names, whether the server's tables are in snake_case or in better-auth's own camelCase.
    """

    def __init__(self, database: Database, layout: str) -> None:
        self._database = database
        self._named = camel_case if layout == "kysely" else snake_case
        self._before: dict[str, set[str]] = {
            table: {str(row["id"]) for row in database.rows(table)}
            for table in ("user", "session", "account", "verification")
        }

    def rows(self, table: str) -> list[Row]:
        """The scenario's rows of a table."""
        return [{self._named(column): cell for column, cell in row.items()} for row in self._own(table)]

    def _own(self, table: str) -> list[Row]:
        before = self._before.get(table, set())
        return [row for row in self._database.rows(table) if str(row["id"]) not in before]

    def change(self, table: str, values: Mapping[str, Any], where: Mapping[str, str]) -> int:
        """Set columns of the scenario's rows that match."""
        changed = 0
        for row in self._matching(table, where):
            cells = {column: values[self._named(column)] for column in row if self._named(column) in values}
            changed += self._database.change(table, cells, {"id": row["id"]})
        return changed

    def delete(self, table: str, where: Mapping[str, str]) -> int:
        """Delete the scenario's rows that match."""
        return sum(self._database.delete(table, {"id": row["id"]}) for row in self._matching(table, where))

    def _matching(self, table: str, where: Mapping[str, str]) -> list[Row]:
        def matches(row: Row) -> bool:
            named = {self._named(column): cell for column, cell in row.items()}
            return all(str(named[column]) == value for column, value in where.items())

        return [row for row in self._own(table) if matches(row)]

    def close(self) -> None:
        """Let go of the connection."""
        self._database.close()
