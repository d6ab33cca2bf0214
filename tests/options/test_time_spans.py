"""Spans of time as better-auth reads them."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any

import pytest

from betterauth_py.conformance.recorder.oracle import ORACLE, install
from betterauth_py.options.time_spans import seconds_of

SPANS = [
    "15m", "7 days", "1.5 hours", "-5m", "+5m", "5m ago", "5m from now", "- 5m", "1 Y", "2MINS", "3mo", "0.5s", "1.4s",
    "10 weeks", "2 yrs", "1 hr", "1sec", "0s", "-0.5s", "-1.5s",
    "", "15", "m", "15 m ", " 15m", "15 parsecs", "-5m ago", "1,5h", "1.h", ".5h", "1e3s", "٣m", "5m  ago", "5mago",
]  # fmt: skip

_SCRIPT = """
import { sec } from "./node_modules/better-auth/dist/utils/time.mjs";
const read = (span) => { try { return sec(span) + 0; } catch { return null; } };
process.stdout.write(JSON.stringify(JSON.parse(process.argv.at(-1)).map(read)));
"""


def read(span: str) -> int | None:
    try:
        return seconds_of(span)
    except ValueError:
        return None


def test_spans_are_read_as_better_auth_reads_them() -> None:
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("NOT COMPARED WITH better-auth: there is no Node on this machine")
    install()
    command = ["node", "--input-type=module", "--eval", _SCRIPT, json.dumps(SPANS)]
    done = subprocess.run(command, cwd=ORACLE, capture_output=True, check=True, text=True)
    theirs: list[Any] = json.loads(done.stdout)
    assert dict(zip(SPANS, map(read, SPANS), strict=True)) == dict(zip(SPANS, theirs, strict=True))


def test_what_is_no_span_is_told_how_to_write_one() -> None:
    with pytest.raises(ValueError, match=r"'soon' is not a span of time\. Write one like 7d, 30m or 1 hour\."):
        seconds_of("soon")
