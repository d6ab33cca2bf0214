"""Keys that another plugin chooses: of an algorithm that the options name, or by their ids."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from betterauth_py import BetterAuth
from betterauth_py.clock import ManualClock
from betterauth_py.plugins.jwt import KeyChoice, Tokens
from betterauth_py.plugins.jwt.keys import UnusableKeyError
from tests.conftest import MakeAuth
from tests.plugins.jwt.support import published

ON = {"jwt": {"jwks": {"key_pair_configs": [{"alg": "ES256"}], "rotation_interval": "1h"}}}


def keys_of(auth: BetterAuth) -> Any:
    return auth.context.services.get(Tokens).keys


async def test_a_key_of_an_algorithm_is_made_once_however_many_need_it(make_auth: MakeAuth) -> None:
    auth = await make_auth(plugins=ON)
    keys = keys_of(auth)
    found = await asyncio.gather(*(keys.chosen_key(KeyChoice(algorithm="ES256")) for _ in range(4)))
    assert {key.algorithm for key in found} == {"ES256"}
    assert await published(auth) == [found[0].kid]
    # Tokens of users are signed by a key of the kind that the options say.
    assert (await keys.signing_key()).kid == found[0].kid
    assert (await keys.chosen_key(KeyChoice(algorithm="EdDSA"))).algorithm == "EdDSA"
    assert (await keys.signing_key()).algorithm == "EdDSA"


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        (KeyChoice(algorithm="RS256"), "There is no key for RS256. Add it to `plugins.jwt.jwks.key_pair_configs`"),
        (KeyChoice(algorithm="none"), "There is no key for none."),
        (KeyChoice(key_id="nobody"), "There is no key nobody to sign with."),
    ],
)
async def test_a_key_that_cannot_be_had_is_named(make_auth: MakeAuth, choice: KeyChoice, message: str) -> None:
    auth = await make_auth(plugins=ON)
    with pytest.raises(UnusableKeyError) as caught:
        await keys_of(auth).chosen_key(choice)
    assert str(caught.value).startswith(message)


async def test_a_key_that_is_over_signs_no_more_but_one_of_its_algorithm_is_made(
    make_auth: MakeAuth, clock: ManualClock
) -> None:
    auth = await make_auth(plugins=ON, clock=clock)
    keys = keys_of(auth)
    first = await keys.chosen_key(KeyChoice(algorithm="ES256"))
    clock.advance(3600)
    with pytest.raises(UnusableKeyError, match="is over"):
        await keys.chosen_key(KeyChoice(key_id=first.kid))
    second = await keys.chosen_key(KeyChoice(algorithm="ES256"))
    assert second.kid != first.kid
