"""The tables of the reference, reached with plain SQL through the oracle."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from betterauth_py.conformance.databases import Row, quoted_name, statement
from betterauth_py.conformance.durations import iso
from betterauth_py.conformance.http_wire import Address, Request, exchange


class OracleDatabase:
    """The reference's tables through its control plane."""

    def __init__(self, address: Address, kinds: Mapping[str, str]) -> None:
        self._address = address
        self._kinds = kinds

    def rows(self, table: str) -> list[Row]:
        """All rows of a table."""
        rows: list[Row] = self._ask(f"select * from {quoted_name(table)}", [])["rows"]
        return rows

    def change(self, table: str, values: Mapping[str, Any], where: Mapping[str, str]) -> int:
        """Set columns of the rows that match."""
        cells = {c: iso(v) if self._kinds.get(c) == "date" and isinstance(v, int) else v for c, v in values.items()}
        return self._affected(statement(f"update {quoted_name(table)}", cells, where, "${}"))

    def delete(self, table: str, where: Mapping[str, str]) -> int:
        """Delete the rows that match."""
        return self._affected(statement(f"delete from {quoted_name(table)}", {}, where, "${}"))

    def close(self) -> None:
        """Nothing is held here."""

    def _affected(self, asked: tuple[str, list[Any]]) -> int:
        return int(self._ask(*asked)["rowCount"])

    def _ask(self, text: str, values: list[Any]) -> dict[str, Any]:
        body = json.dumps({"text": text, "values": values}).encode()
        reply = exchange(self._address, Request("POST", "/__oracle/sql", body=body))
        if reply.status != 200:
            raise RuntimeError(reply.body.decode())
        answer: dict[str, Any] = json.loads(reply.body)
        return answer
