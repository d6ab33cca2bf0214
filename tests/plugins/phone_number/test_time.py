"""The time of an answer does not tell whose number is registered."""

from __future__ import annotations

from statistics import median
from time import perf_counter
from typing import Any

import pytest

from betterauth_py.plugins import create_user, new_user, set_password_of
from tests.conftest import MakeAuth
from tests.http.client import Client
from tests.http.people import PASSWORD
from tests.plugins.phone_number.support import REQUEST, SIGN_IN, Texts, with_texts


@pytest.mark.parametrize(
    ("path", "more"),
    [(REQUEST, {}), (SIGN_IN, {"password": "wrong password"})],
)
async def test_no_answer_is_quicker_for_an_unknown_number(make_auth: MakeAuth, path: str, more: dict[str, Any]) -> None:
    auth = await make_auth(**with_texts(Texts(), require_verification=True))
    row = {"name": "Ada", "phoneNumber": "+4917", "phoneNumberVerified": True}
    user = await create_user(auth.context, new_user(auth.context, "ada@example.com", row), {"method": "test"})
    await set_password_of(auth.context, user["id"], PASSWORD)
    client = Client(auth.app)

    async def time_of(number: str) -> float:
        started = perf_counter()
        await client.post(path, {"phoneNumber": number, **more})
        seconds = perf_counter() - started
        await auth.context.finish_background_work()
        return seconds

    times: dict[str, list[float]] = {"+4917": [], "+4918": []}
    for _ in range(60):
        for number, measured in times.items():
            measured.append(await time_of(number))
    known, unknown = map(median, times.values())
    assert 0.6 < known / unknown < 1.7
