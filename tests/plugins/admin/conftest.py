"""What the tests of the admin plugin need."""

from __future__ import annotations

import pytest

from betterauth_py import BetterAuth
from tests.conftest import MakeAuth
from tests.plugins.admin.support import made


@pytest.fixture(params=["sqlite", "postgres"])
async def auth(request: pytest.FixtureRequest, make_auth: MakeAuth) -> BetterAuth:
    return await made(make_auth, request if request.param == "postgres" else None)
