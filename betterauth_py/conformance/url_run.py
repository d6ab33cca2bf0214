"""Plays a profile's scenarios against a server at a URL and compares with the recordings: no Node is needed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import Enum
from urllib.parse import urlsplit

from betterauth_py._version import REFERENCE_VERSION

from .comparison import Difference, differences
from .facts import Shown, facts_of
from .kit import CONTRACTS, SCENARIOS
from .player import Seen, play
from .recording import UnrecordedError, is_told_apart, read_version, recorded_versions
from .retargeting import Retargeting, new_tag
from .scenario import Scenario
from .set_cookies import without_seals
from .steps import Send, Step
from .url_side import Target, UrlSide

_HASH = re.compile(r'"password":"[^"]*"')
NO_ENDPOINT = "(other paths)"


class Verdict(Enum):
    """What became of one request."""

    PASSED = "passed"
    DELIBERATE = "deliberate"
    """Passed, but not as better-auth: as betterauth-py does on purpose."""
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class StepResult:
    """One request of a scenario, judged."""

    scenario: str
    number: int
    step: Step
    endpoint: str
    verdict: Verdict
    differences: tuple[Difference, ...] = ()
    why_skipped: str = ""
    unseen: tuple[str, ...] = ()
    like: tuple[str, ...] = ()
    """Where versions of better-auth answer differently: those that answer so."""


def run(
    scenarios: Iterable[Scenario],
    target: Target,
    *,
    strict: bool = False,
    secret: str | None = None,
    version: str = REFERENCE_VERSION,
) -> Iterator[StepResult]:
    """Play every scenario and judge its requests.

    ``secret`` is the server's when it is not the profile's; empty when it is not known, so that nothing can be sealed
    or opened with it. With ``strict`` the deliberate differences of betterauth-py count as differences. ``version`` is
    the version of better-auth whose answers count.
    """
    templates = endpoint_templates()
    for scenario in scenarios:
        known = scenario.secret if secret is None else secret
        retargeting = Retargeting(target.netloc, new_tag(), scenario.secret, known, https=target.is_https)
        options = scenario.options if secret is None else {**scenario.options, "secret": secret}
        yield from _judged(replace(scenario, options=options), target, retargeting, strict, templates, version)


def _judged(
    scenario: Scenario,
    target: Target,
    retargeting: Retargeting,
    strict: bool,
    templates: dict[str, str],
    version: str,
) -> Iterator[StepResult]:
    side = UrlSide(target, scenario)
    try:
        playing = play(retargeting.scenario(scenario), side, forgiving=True)
    finally:
        side.close()
    ours = _without_hashes(facts_of(scenario, playing, retargeting.back))

    def unseen(number: int, place: str) -> bool:
        seen = playing[number - 1]
        return bool(_why_skipped(seen)) or (_is_behind(place) and place not in ours.steps[number - 1])

    def compared(recording: Shown, *, leniently: bool) -> list[Difference]:
        judged = scenario if leniently else scenario.as_the_reference()
        return differences(judged, recording, ours, either=leniently, unseen=unseen)

    reference = _as_seen(scenario, read_version(scenario, version))
    exact = compared(reference, leniently=False)
    lenient = exact if strict else compared(reference, leniently=True)
    likeness = _likeness(scenario, lambda recording: compared(recording, leniently=not strict))
    for number, (step, seen) in enumerate(zip(scenario.steps, playing, strict=True), start=1):
        found = tuple(item for item in lenient if item.step == number)
        if isinstance(step, Send) or found:
            hidden = tuple(place for place in reference.steps[number - 1] if unseen(number, place))
            deliberate = any(item.step == number for item in exact)
            verdict = _verdict(seen, bool(found), deliberate)
            endpoint = endpoint_of(step, scenario, templates)
            like = likeness.get(number, ()) if verdict is not Verdict.SKIPPED else ()
            yield StepResult(scenario.name, number, step, endpoint, verdict, found, _why_skipped(seen), hidden, like)


def _as_seen(scenario: Scenario, recording: Shown) -> Shown:
    """A recording as far as it can be compared with a server at a URL."""
    told = _without_hashes(recording)
    return told if scenario.secret else replace(told, steps=[without_seals(facts) for facts in told.steps])


def _likeness(scenario: Scenario, compared: Callable[[Shown], list[Difference]]) -> dict[int, tuple[str, ...]]:
    """By step: the versions that answer as the server does, wherever it is like some of them only."""
    if not is_told_apart(scenario):
        return {}
    differing: dict[str, set[int]] = {}
    for version in recorded_versions():
        with suppress(UnrecordedError):
            recording = _as_seen(scenario, read_version(scenario, version))
            differing[version] = {difference.step for difference in compared(recording)}
    told = set().union(*differing.values())
    likeness = {number: tuple(v for v, steps in differing.items() if number not in steps) for number in told}
    return {number: versions for number, versions in likeness.items() if versions}


def _without_hashes(shown: Shown) -> Shown:
    """Which hash a server keeps of passwords is its own affair."""

    def hidden(place: str, text: str) -> str:
        return _HASH.sub('"password":"<hash>"', text) if place == "rows account" else text

    steps = [{place: hidden(place, text) for place, text in facts.items()} for facts in shown.steps]
    return replace(shown, steps=steps)


def _why_skipped(seen: Seen) -> str:
    if isinstance(seen.step, Send) and seen.step.shows_the_hash:
        return "depends on how passwords are hashed"
    return seen.skipped


def _is_behind(place: str) -> bool:
    """Whether the place is behind the answers: rows and mails."""
    return place == "mails" or place.startswith(("rows ", "count "))


def _verdict(seen: Seen, is_different: bool, is_deliberate: bool) -> Verdict:
    if _why_skipped(seen):
        return Verdict.SKIPPED
    if is_different:
        return Verdict.FAILED
    return Verdict.DELIBERATE if is_deliberate else Verdict.PASSED


def endpoint_templates() -> dict[str, str]:
    """Paths of the owners with scenarios, each with its methods: ``/get-session`` as ``GET|POST /get-session``."""
    owners = {"core", *(folder.name for folder in (SCENARIOS / "plugins").glob("*"))}
    inventory = json.loads((CONTRACTS / "endpoints.json").read_text(encoding="utf-8"))
    return {
        endpoint["path"]: f"{'|'.join(endpoint['methods'])} {endpoint['path']}"
        for endpoint in inventory["endpoints"]
        if endpoint["owner"] in owners and endpoint["path"]
    }


def endpoint_of(step: Step, scenario: Scenario, templates: dict[str, str]) -> str:
    """The endpoint that a request is for, whatever its method."""
    if not isinstance(step, Send):
        return NO_ENDPOINT
    named = scenario.options.get("baseURL")
    in_url = urlsplit(named).path.rstrip("/") if isinstance(named, str) else ""
    base = scenario.options.get("basePath") or in_url or "/api/auth"
    path = step.target.partition("?")[0].removeprefix("" if base == "/" else base)
    exact = templates.get(path)
    if exact:
        return exact
    for template, name in templates.items():
        wanted, given = template.split("/"), path.split("/")
        if len(wanted) == len(given) and all(w.startswith(":") or w == g for w, g in zip(wanted, given, strict=True)):
            return name
    return NO_ENDPOINT
