"""Profiles: one set of options, and every scenario that needs a server with just these."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from betterauth_py.errors import BetterAuthError
from betterauth_py.plugins.registry import sources_of

from .kit import CONTRACTS
from .option_names import our_options
from .retargeting import Retargeting
from .scenario import Scenario
from .toml_text import toml

DEFAULT = "default"
FUNCTIONS = "betterauth_py.conformance.profile_functions"


@dataclass(frozen=True)
class Profile:
    """What a server is started with, in better-auth's names, and what it can then be asked."""

    name: str
    environment: str
    options: dict[str, Any]
    scenarios: tuple[Scenario, ...]

    @property
    def about(self) -> str:
        """What its scenarios are about, in a line."""
        if len(self.scenarios) == 1:
            return self.scenarios[0].about
        return f"{len(self.scenarios)} scenarios: {', '.join(scenario.name for scenario in self.scenarios)}"

    def answers_to(self, name: str) -> bool:
        """Whether the name is the profile's, or that of one of its scenarios."""
        return name == self.name or any(name == scenario.name for scenario in self.scenarios)

    @property
    def why_not_as_toml(self) -> str:
        """Why no file can state the options; empty if one can."""
        if '"defaultValue": {"$fn"' in json.dumps(self.options):
            return "has a function as a default value, which a file cannot name"
        return ""

    def as_javascript(self, target: Retargeting) -> str:
        """An ES module that exports ``options`` for ``betterAuth`` (everything but the database)."""
        options = json.dumps(target.all_there(self.options), indent=2, ensure_ascii=False)
        surroundings = "without NODE_ENV" if self.environment == "unset" else f"with NODE_ENV={self.environment}"
        head = f"// Options of the conformance profile {self.name!r}; start the server {surroundings}.\n"
        made = "{}"
        if "plugins" in self.options:
            sources = json.dumps(sources_of(self.options["plugins"]))
            head += f"{_source('plugins.mjs')}\n"
            made = f"withPlugins({{}}, await importMakers({sources}))"
        if "$fn" not in options:
            return f"{head}export const options = {made.replace('{}', options, 1)};\n"
        used = re.compile("|".join(rf"\b{name}\b" for name in re.findall(r'"\$fn": "(\w+)"', options)))
        files = sorted((CONTRACTS / "oracle" / "functions").glob("*.mjs"))
        owners = "".join(_table_of(file) for file in files if used.search(file.read_text(encoding="utf-8")))
        functions = "\n".join(_source(file) for file in ("hooks.mjs", "callables.mjs"))
        named = f"Object.assign({{}}, ...[\n  namedFunctions,\n{owners}].map((table) => table(mails)))"
        return (
            f"{head}{IMPORTS}{functions}\n"
            "// Mails become lines of this file: betterauth conformance --mails FILE reads them.\n"
            'const file = process.env.CONFORMANCE_MAILS ?? "mails.jsonl";\n'
            "const mails = { push: (mail) => appendFileSync(file, `${JSON.stringify(mail)}\\n`) };\n\n"
            f"export const options = {made.replace('{}', f'withFunctions({options}, {named})', 1)};\n"
        )

    def as_toml(self, target: Retargeting) -> str:
        """A ``betterauth.toml`` (everything but the database). BetterAuthError if a file cannot say it."""
        if self.why_not_as_toml:
            raise BetterAuthError(f"The profile {self.name} {self.why_not_as_toml}; use --print js.")
        plain = {"emailAndPassword": {"enabled": False}, **self.options}
        options = our_options(target.all_there(plain), lambda name: f"{FUNCTIONS}:{name}")
        note = f"# Options of the conformance profile {self.name!r}.\n"
        if self.environment != "unset":
            options = {"environment": self.environment, **options}
        # In development `betterauth serve` would send mails by itself, and answer as if the profile did.
        options["mail"] = {"transport": "none"}
        if "$fn" in json.dumps(self.options):
            note += "# Mails become lines of the file named by CONFORMANCE_MAILS (mails.jsonl if it names none).\n"
        return note + "\n" + toml(options)


IMPORTS = """\
import { createHash } from "node:crypto";
import { appendFileSync } from "node:fs";
import { APIError, createAuthMiddleware } from "better-auth/api";

"""
"""What the oracle's functions of the core import, all at once."""
_IMPORT = re.compile(r'^import (?:\* as (\w+)|(\{[^}]*\})) from ("[^"]+");$', re.MULTILINE)


def _table_of(file: Path) -> str:
    """A plugin's functions, to stand in one module with those of others, each with what it imports."""
    imports = (
        f"const {name or names.replace(' as ', ': ')} = await import({package});\n"
        for name, names, package in _IMPORT.findall(file.read_text(encoding="utf-8"))
    )
    return (
        f"  await (async () => {{\n{''.join(imports)}{_source(f'functions/{file.name}')}\nreturn functions;\n}})(),\n"
    )


def _source(file: str) -> str:
    """The oracle's functions, to stand in one module with others."""
    text = (CONTRACTS / "oracle" / file).read_text(encoding="utf-8")
    lines = (line.removeprefix("export ") for line in text.splitlines() if not line.startswith("import "))
    return "\n".join(lines)


def profiles(scenarios: Iterable[Scenario]) -> list[Profile]:
    """The scenarios by the options they need; the ``default`` profile first, the others by name.

    Left out are those with secondary storage, which they look into, those with an outside world, which answers the
    server (a server at a URL lets nobody do either), and those without a database.
    """
    groups: dict[str, list[Scenario]] = {}
    for scenario in scenarios:
        if scenario.has_secondary_storage or scenario.has_outside or not scenario.has_database:
            continue
        key = json.dumps([scenario.environment, visible(scenario.options)], sort_keys=True)
        groups.setdefault(key, []).append(scenario)
    plain = max(groups.values(), key=len, default=[])
    made = [
        Profile(
            DEFAULT if group is plain else group[0].name, group[0].environment, visible(group[0].options), tuple(group)
        )
        for group in groups.values()
    ]
    return sorted(made, key=lambda profile: (profile.name != DEFAULT, profile.name))


def visible(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options without the cheap digest that stands for the password hash: HTTP does not show which it is."""
    passwords = {key: value for key, value in options.get("emailAndPassword", {}).items() if key != "password"}
    return {**options, "emailAndPassword": passwords} if "emailAndPassword" in options else dict(options)


def chosen_profile(known: list[Profile], name: str) -> Profile:
    """The profile of that name. Raises BetterAuthError with the names that come near."""
    for profile in known:
        if profile.answers_to(name):
            return profile
    near = [profile.name for profile in known if name.split("-", maxsplit=1)[0] in profile.name]
    hint = f" Near it: {', '.join(near)}." if near else ""
    raise BetterAuthError(f"No profile is named {name!r}.{hint} All of them: betterauth conformance --list-profiles")
