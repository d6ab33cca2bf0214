"""The core endpoints, one file per family, named as better-auth names it."""

from __future__ import annotations

from typing import Any, Final

from betterauth_py.endpoints.error import error
from betterauth_py.endpoints.ok import ok
from betterauth_py.endpoints.session import get_session, session
from betterauth_py.endpoints.sign_in import sign_in_email
from betterauth_py.endpoints.sign_out import sign_out
from betterauth_py.endpoints.sign_up import sign_up_email
from betterauth_py.http.endpoint import Endpoint

CORE_ENDPOINTS: Final[tuple[Endpoint[Any, Any], ...]] = (
    get_session,
    sign_out,
    sign_up_email,
    sign_in_email,
    ok,
    error,
    session,
)
