"""Scenarios as data: what a file in ``contracts/scenarios`` may say, and how it is read."""

from __future__ import annotations

import copy
import hashlib
import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from .kit import SCENARIOS
from .outside import Declared, declared_replies
from .steps import Send, Step, step_of

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

SECRET = "the-conformance-secret-0123456789-abcdefghij"
BASE_PROFILE: dict[str, Any] = {
    "baseURL": "http://localhost:3000",
    "secret": SECRET,
    "rateLimit": {"enabled": False},
    "emailAndPassword": {
        "enabled": True,
        "password": {"hash": {"$fn": "digestHash"}, "verify": {"$fn": "digestVerify"}},
    },
}
"""What every profile starts from.

Password hashing is a digest, because scrypt would be most of the run time; the scenario ``password-hashing`` takes it
away, asks for ``algorithm: scrypt`` (the only one the reference has) and checks the real hash.
"""


@dataclass(frozen=True)
class Scenario:
    """A named profile with its steps.

    ``layout`` is how the reference lays out its tables (``drizzle`` or ``kysely``), ``has_database`` whether there are
    any (``database: none`` says no), ``source`` the file's text: values
    written there are not random. ``fingerprint`` changes with whatever changes what is sent. ``folder`` is the owner's
    below ``contracts/scenarios`` and ``contracts/recordings``: ``core``, ``oauth`` or ``plugins/<id>``.
    """

    name: str
    about: str
    environment: str
    options: dict[str, Any]
    steps: tuple[Step, ...]
    source: str
    layout: str = "drizzle"
    has_database: bool = True
    fingerprint: str = ""
    folder: str = "core"
    outside: tuple[Declared, ...] = ()
    claims: dict[str, Any] = field(default_factory=dict)
    """The claims of ID tokens, by names for ``{{claims NAME|id token}}``."""

    def is_called(self, name: str) -> bool:
        """Whether the name is the scenario's, its path (with or without the folder of all), or that of its folder."""
        path = name.removeprefix("contracts/").removeprefix("scenarios/").removesuffix(".yaml").rstrip("/")
        return path in (self.name, f"{self.folder}/{self.name}", self.folder)

    @property
    def secret(self) -> str:
        """The secret that signs cookies on both sides."""
        versioned = self.options.get("secrets")
        return str(versioned[0]["value"] if versioned else self.options["secret"])

    @property
    def has_secondary_storage(self) -> bool:
        """Whether both sides keep a part of their state in Redis."""
        return self.options.get("secondaryStorage") == "redis"

    @property
    def has_outside(self) -> bool:
        """Whether servers elsewhere take part."""
        return bool(self.outside) or any(isinstance(step, Send) and step.outside for step in self.steps)

    @property
    def keeps_state_in_the_process(self) -> bool:
        """Whether the reference remembers something outside its tables (its rate limits), so needs a fresh process."""
        return bool(self.options.get("rateLimit", {}).get("enabled", self.environment == "production"))

    @property
    def spoils_the_process(self) -> bool:
        """Whether the reference forgets nothing of it: names of a plugin's table and fetched keys last for good."""
        sets = (reply for step in (self, *self.steps) for reply in getattr(step, "outside", ()))
        if any("{{jwks}}" in reply.body for reply in sets):
            return True
        return any("schema" in options for options in self.options.get("plugins", {}).values())

    def as_the_reference(self) -> Scenario:
        """The scenario without intended differences: what is played has to do exactly what the reference does."""

        def expecting_the_reference(step: Step) -> Step:
            if not isinstance(step, Send):
                return step
            varying = (replace(item, ours=item.reference) for item in step.intended if item.varies)
            return replace(step, intended=tuple(varying))

        return replace(self, steps=tuple(map(expecting_the_reference, self.steps)))


def merged(base: Any, over: Any) -> Any:
    """``over`` laid on ``base``, object by object; ``null`` takes a key away."""
    if not isinstance(base, dict) or not isinstance(over, dict):
        return copy.deepcopy(over)
    result = copy.deepcopy(base)
    for key, value in over.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


def load_all(*names: str, folder: Path = SCENARIOS) -> list[Scenario]:
    """The named scenarios (bare name, path, or a folder for all of it), or every one, in the order of the names."""
    paths = sorted(folder.rglob("*.yaml"), key=lambda path: path.stem)
    scenarios = (load(path, path.parent.relative_to(folder).as_posix()) for path in paths)
    return [scenario for scenario in scenarios if not names or any(map(scenario.is_called, names))]


def load(path: Path, folder: str = "core") -> Scenario:
    """Read one scenario file; its recording lies in the same folder of the recordings."""
    source = path.read_text(encoding="utf-8")
    data = yaml.load(source, LOADER)  # noqa: S506 - a safe loader, the fast one where there is one
    fingerprint = _fingerprint(data)
    defaults = data.get("defaults", {})
    steps: list[Step] = []
    for raw in data["steps"]:
        steps += [step_of({**defaults, **raw, **variant}) for variant in _variants(raw)]
    return Scenario(
        name=path.stem,
        about=data["about"],
        environment=data.get("environment", "development"),
        options=merged(BASE_PROFILE, data.get("options", {})),
        steps=tuple(steps),
        source=source + json.dumps(BASE_PROFILE),
        layout=data.get("layout", "drizzle"),
        has_database=data.get("database") != "none",
        fingerprint=fingerprint,
        folder=folder,
        outside=declared_replies(data.get("outside", ())),
        claims=data.get("claims", {}),
    )


WORDS_ABOUT = frozenset({"about", "differs", "cors", "ended", "page", "shows_the_hash"})
"""Keys that say something about a step without changing what is sent."""


def _fingerprint(data: dict[str, Any]) -> str:
    def what_is_sent(value: Any) -> Any:
        if isinstance(value, dict):
            return {str(key): what_is_sent(item) for key, item in value.items() if key not in WORDS_ABOUT}
        return [what_is_sent(item) for item in value] if isinstance(value, list) else value

    text = json.dumps([BASE_PROFILE, what_is_sent(data)], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _variants(raw: dict[str, Any]) -> list[dict[str, Any]]:
    """The variants of a step written with ``each``, every one with a title of its own."""
    title = raw.get("it") or raw.get("send", "")
    variants = raw.pop("each", [{}])
    return [
        variant if len(variants) == 1 or variant.keys() & {"it", "send"} else {"it": f"{title} ({number})", **variant}
        for number, variant in enumerate(variants, start=1)
    ]
