"""The secret, its versions, and random ids."""

from __future__ import annotations

from collections import Counter

import pytest

from betterauth_py.crypto.random import generate_id
from betterauth_py.crypto.secrets import DEFAULT_SECRET, SecretConfig, resolve_secrets
from betterauth_py.errors import ConfigurationError

GOOD = "wT5mOQpYyJ3s8r2vKx7uZ1aB4cD6eF9g"
BETTER = "Jx2p9Wq7Lr4Tn6Vb8Zc1Ym3Kd5Hf0GsE"


def test_the_first_version_signs_and_the_others_still_decrypt() -> None:
    secrets, complaints = resolve_secrets(
        "the-single-secret-of-old-" + GOOD, [(2, BETTER), (1, GOOD)], in_production=True
    )
    old = "the-single-secret-of-old-" + GOOD
    assert secrets == SecretConfig(BETTER, (GOOD, old), {2: BETTER, 1: GOOD}, 2)
    assert secrets.all == (BETTER, GOOD, "the-single-secret-of-old-" + GOOD)
    assert complaints == []


def test_the_default_secret_and_a_repeated_one_are_not_added_to_the_versions() -> None:
    for single in (DEFAULT_SECRET, GOOD, None):
        assert resolve_secrets(single, [(1, GOOD)], in_production=True)[0].all == (GOOD,)


@pytest.mark.parametrize(
    ("secret", "complaint"),
    [
        (DEFAULT_SECRET, "BETTER_AUTH_SECRET is the default that everybody knows."),
        ("short-secret", "BETTER_AUTH_SECRET has 12 characters; it needs at least 32."),
    ],
)
def test_production_refuses_what_development_warns_of(secret: str, complaint: str) -> None:
    how = "Make one with `betterauth secret` and set BETTER_AUTH_SECRET to it."
    assert resolve_secrets(secret, [], in_production=False) == (SecretConfig(secret), [f"{complaint} {how}"])
    with pytest.raises(ConfigurationError) as caught:
        resolve_secrets(secret, [], in_production=True)
    assert str(caught.value) == f"{complaint} {how}"


def test_a_guessable_secret_is_warned_of_everywhere() -> None:
    for in_production in (True, False):
        _, complaints = resolve_secrets("ab" * 20, [], in_production=in_production)
        assert [complaint.partition(".")[0] for complaint in complaints] == [
            "BETTER_AUTH_SECRET looks guessable: few different characters"
        ]


@pytest.mark.parametrize("versions", [[(1, GOOD), (1, BETTER)], [(-1, GOOD)], [(1, GOOD), (2, "")]])
def test_versions_that_make_no_sense_are_refused_without_showing_them(versions: list[tuple[int, str]]) -> None:
    with pytest.raises(ConfigurationError, match="Option `secrets`") as caught:
        resolve_secrets(None, versions, in_production=False)
    assert GOOD not in str(caught.value)


def test_no_secret_is_refused_everywhere() -> None:
    for secret in (None, ""):
        with pytest.raises(ConfigurationError, match="The secret is missing"):
            resolve_secrets(secret, [], in_production=False)


def test_ids_have_the_wanted_length_and_never_repeat() -> None:
    ids = [generate_id(length) for length in (1, 8, 24, 32, 500) for _ in range(20)]
    assert [len(identifier) for identifier in ids] == [length for length in (1, 8, 24, 32, 500) for _ in range(20)]
    assert all(identifier.isascii() and identifier.isalnum() for identifier in ids)
    assert len({generate_id() for _ in range(2000)}) == 2000


def test_every_letter_of_an_id_is_as_likely_as_any_other() -> None:
    counts = Counter(generate_id(62_000))
    assert len(counts) == 62
    # 1000 expected, standard deviation 31: eight of them off happens once in 10**13 runs.
    assert all(750 < count < 1250 for count in counts.values())
