"""Scenarios as data: what a file in ``contracts/scenarios`` may say, and how it is read."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from .intended import IntendedDifference, intended_differences
from .kit import SCENARIOS
from .outside import Declared, declared_replies

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


@dataclass(frozen=True)
class Scenario:
    """A named profile with its steps.

    ``layout`` is how the reference lays out its tables (``drizzle`` or ``kysely``), ``source`` the file's text: values
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
        steps += [_step({**defaults, **raw, **variant}) for variant in _variants(raw)]
    return Scenario(
        name=path.stem,
        about=data["about"],
        environment=data.get("environment", "development"),
        options=merged(BASE_PROFILE, data.get("options", {})),
        steps=tuple(steps),
        source=source + json.dumps(BASE_PROFILE),
        layout=data.get("layout", "drizzle"),
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


def _step(raw: dict[str, Any]) -> Step:
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
