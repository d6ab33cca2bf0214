"""Records what the reference does: `python -m tests.oauth.record github google`, or without names for all."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from tests.oauth.cases import FOLDER, PROVIDERS, RECORDINGS, cases_of, digest
from tests.oauth.comparison import with_short_tokens
from tests.oauth.world import NOW


def main(names: list[str]) -> None:
    """Write the recordings of these providers, and say what differs from before."""
    for provider in names or PROVIDERS:
        path = RECORDINGS / f"{provider}.json"
        before = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        recorded = record(provider)
        lines = ",\n".join(f"{json.dumps(name)}: {_line(what)}" for name, what in recorded.items())
        path.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")
        changed = [name for name in recorded if recorded[name] != before.get(name)]
        print(f"{provider}: {len(recorded)} cases, {len(changed)} new or changed")


def record(provider: str) -> dict[str, Any]:
    """Return what the reference does in every case."""
    cases = cases_of(provider)
    asked = [{"name": name, **case} for name, case in cases.items()]
    job = {"provider": provider, "now": int(NOW.timestamp() * 1000), "cases": asked}
    done = subprocess.run(
        ["node", FOLDER / "reference.mjs"], input=json.dumps(job), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    answered = json.loads(with_short_tokens(done.stdout))
    return {name: {"case": digest(case), **answered[name]} for name, case in cases.items()}


def _line(what: Any) -> str:
    return json.dumps(what, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    main(sys.argv[1:])
