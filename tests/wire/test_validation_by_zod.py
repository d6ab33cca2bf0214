"""Schemas and values made from a seed are judged by our validation as by the zod that better-auth uses."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from random import Random
from typing import Any

import pytest

from betterauth_py.conformance.recorder.oracle import install
from betterauth_py.javascript import plain_json
from betterauth_py.javascript.values import UNDEFINED
from betterauth_py.wire.validation import Issue, Schema
from betterauth_py.wire.validation.combined import UnmergeableError
from tests.wire.generated_schemas import built, described_schema, fitting_value, some_value

JUDGE = Path(__file__).with_name("zod_judge.mjs")
SEEDS = range(6)
SCHEMAS_PER_SEED = 150
VALUES_PER_SCHEMA = 12


def judged(schema: Schema, text: str) -> dict[str, Any]:
    issues: list[Issue] = []
    value = UNDEFINED if text == "undefined" else plain_json.parse(text.encode())
    try:
        read = schema.read(value, (), issues)
    except UnmergeableError:
        return {"unmergeable": True}
    if issues:
        return {"issues": [f"{'.'.join(map(str, issue.path))} {issue.message}" for issue in issues]}
    return {"value": "undefined" if read is UNDEFINED else plain_json.stringify_plainly(printable(read)).decode()}


def printable(value: Any) -> Any:
    """Undefined items of a list are null in JSON."""
    if isinstance(value, list):
        return [None if item is UNDEFINED else printable(item) for item in value]
    return {name: printable(item) for name, item in value.items()} if isinstance(value, dict) else value


def by_zod(cases: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("NOT COMPARED WITH zod: there is no Node on this machine")
    install()
    asked = json.dumps({"cases": cases})
    node = subprocess.run(["node", str(JUDGE)], input=asked, capture_output=True, text=True, check=True, timeout=120)
    answer: list[list[dict[str, Any]]] = json.loads(node.stdout)
    return answer


def canonical(verdict: dict[str, Any]) -> dict[str, Any]:
    """Values are compared as JavaScript prints them, whatever the order of keys that look like indices."""
    value = verdict.get("value")
    return verdict if value in (None, "undefined") else {"value": json.loads(value)}


@pytest.mark.parametrize("seed", SEEDS)
def test_generated_schemas_judge_generated_values_as_zod_does(seed: int) -> None:
    random = Random(seed)
    cases: list[dict[str, Any]] = []
    for _ in range(SCHEMAS_PER_SEED):
        schema = described_schema(random, random.randint(0, 3))
        values = ["undefined"]
        for _ in range(VALUES_PER_SCHEMA):
            near = random.random() < 0.7
            value = fitting_value(random, schema) if near else some_value(random, 2)
            values.append(json.dumps(value))
        cases.append({"schema": schema, "values": values})
    different = [
        f"{json.dumps(case['schema'])}\n  {value}\n  zod:  {theirs}\n  ours: {ours}"
        for case, verdicts in zip(cases, by_zod(cases), strict=True)
        for value, theirs in zip(case["values"], verdicts, strict=True)
        if canonical(theirs) != canonical(ours := judged(built(case["schema"]), value))
    ]
    assert not different, f"{len(different)} differ\n" + "\n".join(different[:12])
