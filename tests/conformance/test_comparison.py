"""The comparison itself: it must see every kind of difference, and only differences."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from betterauth_py.conformance.comparison import Difference, differences
from betterauth_py.conformance.durations import iso
from betterauth_py.conformance.facts import facts_of
from betterauth_py.conformance.http_wire import Reply
from betterauth_py.conformance.player import Seen, play
from betterauth_py.conformance.protections import is_protection, without_added_protections
from betterauth_py.conformance.recorder.oracle import Oracles
from betterauth_py.conformance.scenario import SECRET, Scenario, load_all
from betterauth_py.conformance.sealed import (
    compact_json,
    cookie_signature,
    open_compact,
    open_jwe,
    seal_compact,
    seal_jwe,
)
from betterauth_py.conformance.steps import Send
from betterauth_py.conformance.templates import encode_component

STEPS = (Send("signs in", "POST", "/"), Send("looks", "GET", "/"))
SCENARIO = Scenario("made-up", "", "development", {"secret": SECRET}, STEPS, "")
DAY = 86_400_000


def playing(letter: str, start: int, change: Callable[[dict[str, Any]], None] = lambda _: None) -> list[Seen]:
    """Two answers about one session; ``letter`` makes the random values, ``start`` is when it was played."""
    token, user = letter * 32, letter.swapcase() * 32
    made: dict[str, Any] = {
        "status": 200,
        "secret": SECRET,
        "attributes": "; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax",
        "body": {"token": token, "user": {"createdAt": iso(start + 20), "id": user}},
        "later": {"session": {"expiresAt": iso(start + 30 + 7 * DAY), "token": token, "userId": user}},
        "rows": {"id": user, "created_at": iso(start + 20), "verified": False},
        "extra": (),
        "text": compact_json,
    }
    change(made)
    value = encode_component(f"{token}.{cookie_signature(made['secret'], token)}")
    cookie = ("set-cookie", f"better-auth.session_token={value}{made['attributes']}")
    first = Reply(made["status"], (("content-type", "application/json"), cookie, *made["extra"]), _body(made, "body"))
    second = Reply(200, (("content-type", "application/json"),), _body(made, "later"))
    return [
        Seen(STEPS[0], start, first, rows={"user": [made["rows"]]}),
        Seen(STEPS[1], start + 1000, second),
    ]


def _body(made: dict[str, Any], name: str) -> bytes:
    text: str = made["text"](made[name])
    return text.encode()


def compared(reference: list[Seen], ours: list[Seen], scenario: Scenario = SCENARIO) -> list[Difference]:
    return differences(scenario, facts_of(scenario, reference), facts_of(scenario, ours))


def changed(**values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda made: made.update(values)


def test_random_values_and_another_hour_make_no_difference() -> None:
    assert compared(playing("a", 1_800_000_000_000), playing("b", 1_800_003_600_000)) == []


def reordered(made: dict[str, Any]) -> None:
    made["body"] = dict(reversed(made["body"].items()))


def another_id_later(made: dict[str, Any]) -> None:
    made["later"]["session"]["userId"] = "Z" * 32


def same_id_twice(made: dict[str, Any]) -> None:
    made["later"]["session"]["userId"] = made["later"]["session"]["token"]


def too_late(made: dict[str, Any]) -> None:
    made["later"]["session"]["expiresAt"] = iso(1_800_003_600_000 + 7 * DAY + 6_000)


def seconds_only(made: dict[str, Any]) -> None:
    made["later"]["session"]["expiresAt"] = made["later"]["session"]["expiresAt"].replace(".030Z", "Z")


def another_creation_in_the_row(made: dict[str, Any]) -> None:
    made["rows"]["created_at"] = iso(1_800_003_600_000 + 21)


def shorter_token(made: dict[str, Any]) -> None:
    made["body"]["token"] = made["body"]["token"][1:]


DEVIATIONS = [
    changed(status=201),
    changed(secret="another secret"),
    changed(attributes="; Max-Age=604800; Path=/; SameSite=Lax; HttpOnly"),
    changed(attributes="; Max-Age=604801; Path=/; HttpOnly; SameSite=Lax"),
    changed(extra=(("x-powered-by", "us"),)),
    changed(extra=(("set-cookie", "a=b"),)),
    changed(text=json.dumps),
    changed(rows={"id": "B" * 32, "created_at": iso(1_800_003_600_020), "verified": 0}),
    reordered,
    another_id_later,
    same_id_twice,
    too_late,
    seconds_only,
    another_creation_in_the_row,
    shorter_token,
]


@pytest.mark.parametrize("deviation", DEVIATIONS)
def test_every_deviation_is_found(deviation: Callable[[dict[str, Any]], None]) -> None:
    assert compared(playing("a", 1_800_000_000_000), playing("b", 1_800_003_600_000, deviation))


def test_transport_headers_are_not_compared() -> None:
    ours = playing("b", 1_800_003_600_000, changed(extra=(("date", "x"), ("server", "y"), ("content-length", "5"))))
    assert compared(playing("a", 1_800_000_000_000), ours) == []


def test_caches_open_only_as_they_were_sealed() -> None:
    data = {"session": {"session": {}, "user": {"name": "Ü"}, "updatedAt": 1, "version": "1"}, "expiresAt": 2}
    assert json.loads(open_compact(SECRET, seal_compact(SECRET, data))) == data
    header, payload = json.loads(open_jwe(SECRET, seal_jwe(SECRET, {"alg": "dir", "enc": "A256CBC-HS512"}, data)))
    assert (header["alg"], payload) == ("dir", data)


@pytest.mark.parametrize("name", ["sign-up", "cache-jwe", "verification-required"])
def test_the_reference_agrees_with_itself(name: str, oracles: Oracles) -> None:
    [scenario] = load_all(name)
    one = play(scenario, oracles.for_scenario(scenario))
    other = play(scenario, oracles.for_scenario(scenario))
    assert compared(one, other, scenario.as_the_reference()) == []


def test_an_intended_difference_must_still_be_one() -> None:
    [scenario] = load_all("callbacks-broken-lines")
    intended = [item for step in scenario.steps if isinstance(step, Send) for item in step.intended]
    assert intended
    assert all(item.reference != item.ours and item.why for item in intended)


def test_every_scenario_has_steps_of_its_own_name() -> None:
    scenarios = load_all()
    assert sum(isinstance(step, Send) for scenario in scenarios for step in scenario.steps) > 800
    assert all(replace(scenario).about for scenario in scenarios)


@pytest.mark.parametrize(
    ("place", "text", "excused"),
    [
        ("header cache-control", "no-store", True),
        ("header cache-control", "public", False),
        ("header content-security-policy", "frame-ancestors 'none'", True),
        ("header content-security-policy", "default-src *", False),
        ("header referrer-policy", "same-origin", True),
        ("header referrer-policy", "unsafe-url", False),
        ("header x-content-type-options", "nosniff", True),
        ("header strict-transport-security", "max-age=31536000", True),
        ("header strict-transport-security", "max-age=31536000; includeSubDomains", False),
        ("header x-other", "nosniff", False),
        ("status", "200", False),
    ],
)
def test_only_headers_that_protect_may_be_added_to_what_the_reference_says(
    place: str, text: str, excused: bool
) -> None:
    assert is_protection(place, text) is excused


def test_a_protection_of_the_reference_must_be_there() -> None:
    theirs = "status: 200\nheader cache-control: no-store\nbody: x"
    assert without_added_protections(theirs, theirs) == theirs
    assert without_added_protections("status: 200\nbody: x", theirs) == "status: 200\nbody: x"
    assert without_added_protections(theirs, "status: 200\nbody: x") != theirs
