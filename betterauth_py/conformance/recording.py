"""What the reference answered, kept as files.

They hold facts with placeholders, so that a recording only changes when the reference does.

"""

from __future__ import annotations

import json
from pathlib import Path

from .facts import facts_of
from .player import Seen
from .scenario import Scenario

RECORDINGS = Path(__file__).parents[2] / "contracts" / "recordings"


def write_recording(scenario: Scenario, playing: list[Seen], folder: Path = RECORDINGS) -> Path:
    """Write ``<scenario>.json`` and give its path."""
    steps: list[dict[str, object]] = []
    known: dict[str, set[str]] = {}
    for number, (seen, facts) in enumerate(zip(playing, facts_of(scenario, playing), strict=True), start=1):
        shown = {place: _news(place, text.text, known) for place, text in facts.items()}
        steps.append({"step": number, "title": seen.step.title, "facts": shown})
    recording = {
        "scenario": scenario.name,
        "reference": "better-auth 1.7.7",
        "environment": scenario.environment,
        "options": scenario.options,
        "steps": steps,
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{scenario.name}.json"
    path.write_text(json.dumps(recording, indent=2, ensure_ascii=True) + "\n", encoding="utf-8")
    return path


def _news(place: str, text: str, known: dict[str, set[str]]) -> str:
    """The fact; of rows and mails only those that are new or changed since they were last shown."""
    if not place.startswith("rows ") and place != "mails":
        return text
    lines = text.split("\n") if text else []
    before = known.setdefault(place, set())
    news = [line for line in lines if line not in before]
    gone = len(before - set(lines))
    known[place] = set(lines)
    return "\n".join([*news, f"({len(lines)} in all, {gone} no longer as shown before)"])
