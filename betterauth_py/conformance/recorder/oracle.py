"""The reference: better-auth on Node, one process for each environment, set up anew for every scenario."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import IO, Any

from betterauth_py.conformance.databases import Database, column_kinds
from betterauth_py.conformance.http_wire import Address, Request, exchange
from betterauth_py.conformance.outside import Declared, Sent, available
from betterauth_py.conformance.scenario import Scenario
from betterauth_py.conformance.templates import Templates
from betterauth_py.plugins.registry import sources_of

from .oracle_database import OracleDatabase
from .redis_place import RedisPlace

ORACLE = Path(__file__).parents[3] / "contracts" / "oracle"


def install() -> None:
    """Install the npm packages of the lock file, once."""
    wanted = json.loads((ORACLE / "package.json").read_text(encoding="utf-8"))["dependencies"]
    if not all((ORACLE / "node_modules" / name).is_dir() for name in wanted):
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=ORACLE, check=True, capture_output=True)  # noqa: S607


def installed_version(folder: Path = ORACLE) -> str:
    """The version of better-auth that is installed there."""
    manifest = folder / "node_modules" / "better-auth" / "package.json"
    return str(json.loads(manifest.read_text(encoding="utf-8"))["version"])


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise RuntimeError("the process was started without this pipe")
    return pipe


class Oracle:
    """One Node process. ``environment`` is NODE_ENV; ``"unset"`` leaves it away."""

    def __init__(self, database_url: str, environment: str, folder: Path = ORACLE) -> None:
        self.name = f"better-auth {installed_version(folder)}"
        surroundings = {key: os.environ[key] for key in ("PATH", "HOME", "TMPDIR") if key in os.environ}
        if environment != "unset":
            surroundings["NODE_ENV"] = environment
        self._process = subprocess.Popen(
            ["node", str(folder / "server.mjs"), json.dumps({"database": database_url})],  # noqa: S607
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=surroundings,
        )
        self.port = int(json.loads(_pipe(self._process.stdout).readline())["port"])
        self.address = Address(self.port)
        self.database: Database = OracleDatabase(self.address, {})
        self.storage: RedisPlace | None = None

    def set_up(self, scenario: Scenario) -> None:
        """Empty tables and a new auth object with the scenario's profile."""
        self.database = OracleDatabase(self.address, column_kinds(scenario.options))
        self.storage = RedisPlace() if scenario.has_secondary_storage else None
        redis = {"path": self.storage.path, "keyPrefix": self.storage.prefix} if self.storage else None
        outside = [
            reply.as_data()
            for reply in available(scenario.outside, Templates(scenario.secret, {}, {}, scenario.claims).fill)
        ]
        layout = scenario.layout if scenario.has_database else "none"
        profile = {"options": scenario.options, "layout": layout, "redis": redis, "outside": outside}
        self._control("rebuild", {**profile, "sources": sources_of(scenario.options.get("plugins"))})

    def answer_outside(self, replies: list[Declared]) -> None:
        """Answer requests to the outside so from now on."""
        self._control("outside", {"declared": [reply.as_data() for reply in replies]})

    def sent_outside(self) -> list[Sent]:
        """What was sent outside since this was last asked, once all of it is answered."""
        return [Sent.from_data(data) for data in self._control("sent", {})["sent"]]

    def mails(self) -> list[dict[str, Any]]:
        """What the mail functions were given."""
        mails: list[dict[str, Any]] = self._control("mails", {})["mails"]
        return mails

    def _control(self, name: str, content: dict[str, Any]) -> dict[str, Any]:
        reply = exchange(self.address, Request("POST", f"/__oracle/{name}", body=json.dumps(content).encode()))
        if reply.status != 200:
            raise RuntimeError(reply.body.decode())
        answer: dict[str, Any] = json.loads(reply.body)
        return answer

    def close(self) -> None:
        """End the process by closing its standard input."""
        _pipe(self._process.stdin).close()
        self._process.wait(timeout=10)
        _pipe(self._process.stdout).close()


class Oracles:
    """Oracle processes by environment; a scenario whose rate limits live in the process gets one of its own."""

    def __init__(self, database_url: str, folder: Path = ORACLE) -> None:
        self._url = database_url
        self._folder = folder
        self._running: dict[str, Oracle] = {}
        self._spoiled: set[str] = set()

    def for_scenario(self, scenario: Scenario) -> Oracle:
        """A reference set up for the scenario."""
        environment = scenario.environment
        used_up = scenario.keeps_state_in_the_process or environment in self._spoiled
        if used_up and environment in self._running:
            self._running.pop(environment).close()
            self._spoiled.discard(environment)
        if environment not in self._running:
            self._running[environment] = Oracle(self._url, environment, self._folder)
        oracle = self._running[environment]
        oracle.set_up(scenario)
        if scenario.spoils_the_process:
            self._spoiled.add(environment)
        return oracle

    def close(self) -> None:
        """End every process."""
        for oracle in self._running.values():
            oracle.close()
        self._running.clear()
