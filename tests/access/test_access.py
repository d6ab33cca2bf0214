"""Roles decide as those of better-auth do, and refuse at the start what is misspelt."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from random import Random
from typing import Any

import pytest

from betterauth_py.access import AccessControl, Role, read_access_control
from betterauth_py.conformance.recorder.oracle import install
from betterauth_py.errors import ConfigurationError

JUDGE = Path(__file__).with_name("access_judge.mjs")
STATEMENTS = {"project": ["create", "update", "delete"], "invoice": ["read"], "empty": []}
ACTIONS = ["create", "update", "delete", "read", "fly"]


def a_request(random: Random) -> dict[str, Any]:
    def asked() -> Any:
        actions: list[Any] = random.sample(ACTIONS, random.randint(0, 2))
        if random.random() < 0.1:
            actions.append(random.choice([1, None, ["create"]]))
        match random.randrange(6):
            case 0:
                return {"actions": actions, "connector": random.choice(["OR", "AND", "or", None])}
            case 1:
                return random.choice([{"actions": "create"}, {"connector": "OR"}, {}])
            case _:
                return actions

    return {resource: asked() for resource in random.sample([*STATEMENTS, "unknown"], random.randint(0, 3))}


def test_a_role_decides_as_better_auth_does() -> None:
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("NOT COMPARED WITH better-auth: there is no Node on this machine")
    install()
    random = Random(7)
    cases: list[dict[str, Any]] = [
        {"statements": STATEMENTS, "request": a_request(random), "connector": random.choice(["AND", "OR"])}
        for _ in range(2000)
    ]
    node = subprocess.run(
        ["node", str(JUDGE)], input=json.dumps({"cases": cases}), capture_output=True, text=True, check=True, timeout=60
    )
    for case, theirs in zip(cases, json.loads(node.stdout), strict=True):
        ours = Role(STATEMENTS).authorize(case["request"], case["connector"])
        assert (ours.success, ours.error) == (theirs["success"], theirs.get("error")), case
    assert len({theirs.get("error") for theirs in json.loads(node.stdout)}) > 4


def test_a_decision_is_true_where_it_allows() -> None:
    editor = AccessControl(STATEMENTS).new_role({"project": ["create", "update"]})
    assert editor.authorize({"project": ["update"]})
    assert not editor.authorize({"project": ["delete"]})


@pytest.mark.parametrize(
    ("statements", "message"),
    [
        ({"projekt": ["create"]}, "no resource 'projekt'. It has: project, invoice, empty"),
        ({"project": ["creat"]}, "'project' has no action 'creat'. It has: create, update, delete"),
    ],
)
def test_a_role_cannot_be_allowed_what_there_is_not(statements: dict[str, list[str]], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        AccessControl(STATEMENTS).new_role(statements)


def test_tables_as_in_toml_make_an_access_control_and_its_roles() -> None:
    access, roles = read_access_control(STATEMENTS, {"reader": {"invoice": ["read"]}}, "plugins.organization")
    assert access.statements["project"] == ("create", "update", "delete")
    assert roles["reader"].authorize({"invoice": ["read"]})


@pytest.mark.parametrize(
    ("ac", "roles", "message"),
    [
        (["project"], {}, r"Option plugins.admin.ac is list. Give a table"),
        ({"project": "create"}, {}, r'Option plugins.admin.ac.project is no list of actions. Write it as \["create"'),
        (
            {"project": []},
            {"r": {"project": ["x"]}},
            r"Option plugins.admin.roles.r: The resource 'project' has no",
        ),
    ],
)
def test_a_wrong_table_is_named(ac: Any, roles: Any, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        read_access_control(ac, roles, "plugins.admin")
