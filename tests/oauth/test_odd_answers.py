"""Whatever stands in an answer of a provider: a sign-in is refused, or somebody is signed in; nothing is raised."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from betterauth_py.oauth.id_token import read_claims
from tests.oauth.cases import PROVIDERS, cases_of
from tests.oauth.signing import sign
from tests.oauth.world import play

VALUES: tuple[Any, ...] = (None, 7, [None], {"a": None}, "\ud800", 10**400)


def changed(value: Any) -> Iterator[Any]:
    """Return `value` with one thing in it, or itself, replaced."""
    yield from VALUES
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        for other in changed(value[key]):
            copy = deepcopy(value)
            copy[key] = other
            yield copy


def odd_answers(answers: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    for index, answer in enumerate(answers):
        for body in changed(json.loads(answer["body"].encode("latin-1"))):
            text = json.dumps(body, ensure_ascii=True)
            yield [*answers[:index], {**answer, "body": text}, *answers[index + 1 :]]


# Microsoft's second answer is an image.
@pytest.mark.parametrize("provider", [name for name in PROVIDERS if name != "microsoft"])
async def test_no_answer_breaks_a_sign_in(provider: str) -> None:
    case = cases_of(provider)["sign_in: plain"]
    for answers in odd_answers(case["answers"]):
        done = await play(provider, {**case, "answers": answers})
        assert done["result"] is None or "user" in done["result"]


@pytest.mark.parametrize("provider", [name for name in PROVIDERS if "id_token: good" in cases_of(name)])
async def test_no_claim_of_an_id_token_breaks_a_sign_in(provider: str) -> None:
    case = cases_of(provider)["id_token: good"]
    for odd in changed(read_claims(case["request"]["token"])):
        request = {**case["request"], "token": sign(odd)}
        done = await play(provider, {**case, "request": request})
        assert done["result"] in (None, "invalid") or "user" in done["result"]
