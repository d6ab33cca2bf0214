"""What better-auth 1.7.25 and JavaScript answered, as `reference_vectors.mjs` printed it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

SCRIPT = Path(__file__).with_name("reference_vectors.mjs")
ANSWERS = Path(__file__).with_name("reference_vectors.json")


@cache
def vectors() -> dict[str, Any]:
    """Return all answers by their kind."""
    loaded: dict[str, Any] = json.loads(ANSWERS.read_text(encoding="utf-8"))
    return loaded
