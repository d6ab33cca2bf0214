"""Sessions and users are frozen, typed and whole, and nothing shows a token."""

from __future__ import annotations

import copy
import logging
import pickle
import sqlite3
import traceback
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import pytest

from betterauth_py.verify import (
    JWT,
    CookieCache,
    Database,
    InvalidSessionError,
    NoSessionError,
    Remote,
    Session,
    SessionError,
    SessionVerifier,
    User,
    VerificationUnavailableError,
    VerifiedSession,
    sync,
)
from betterauth_py.verify.credentials import Credentials
from tests.verify.servers import JsonServer
from tests.verify.vectors import at, vectors

THEN = datetime(2026, 11, 21, 8, tzinfo=UTC)
USER = User({"id": "u1", "email": "ada@example.com", "emailVerified": True, "favoriteColor": "green", "a_b": 1})
SESSION = Session({"id": "s1", "userId": "u1", "token": "very-secret", "expiresAt": THEN, "activeTeamId": None})


def test_fields_are_attributes_and_items_in_both_spellings() -> None:
    assert (USER.id, USER.email_verified, USER["emailVerified"]) == ("u1", True, True)
    assert (USER.favoriteColor, USER.favorite_color, USER.a_b) == ("green", "green", 1)
    assert USER.extra == {"favoriteColor": "green", "a_b": 1}
    assert (SESSION.user_id, SESSION.expires_at, SESSION.active_team_id) == ("u1", THEN, None)
    assert dict(USER) == {**USER}
    assert len(USER) == 5
    assert getattr(USER, "name", None) is None
    with pytest.raises(AttributeError, match=r"This user has no field 'banned'\. Fields: id, email"):
        _ = USER.banned
    with pytest.raises(KeyError):
        _ = USER["banned"]


@pytest.mark.parametrize("name", ["id", "email", "favoriteColor", "extra", "new", "_fields"])
def test_nothing_can_be_changed(name: str) -> None:
    with pytest.raises(AttributeError):
        setattr(USER, name, "x")
    with pytest.raises(AttributeError):
        delattr(USER, name)
    given: dict[str, Any] = {"id": "u1"}
    user = User(given)
    given["id"] = "u2"
    assert user.id == "u1"


def test_records_are_values() -> None:
    again: User = pickle.loads(pickle.dumps(USER))  # noqa: S301 - what was just written
    assert again == USER == copy.deepcopy(USER)
    assert len({USER, again}) == 1
    assert User({"id": "u2"}) != USER
    verified = VerifiedSession(SESSION, USER, ("a=b",), "remote")
    assert pickle.loads(pickle.dumps(verified)) == verified  # noqa: S301


def test_no_representation_shows_a_token_or_personal_data() -> None:
    verified = VerifiedSession(SESSION, USER, ("session_token=very-secret",), "remote", {"jti": "very-secret"})
    credentials = Credentials({"cookie": "a=very-secret", "authorization": "Bearer very-secret"})
    shown = f"{verified!r} {verified} {SESSION!r} {SESSION} {USER!r} {USER} {credentials!r} {[SESSION]}"
    assert "very-secret" not in shown
    assert "ada@example.com" not in shown
    assert "s1" in shown
    assert "u1" in shown


@pytest.mark.parametrize(
    ("kind", "status"), [(NoSessionError, 401), (InvalidSessionError, 401), (VerificationUnavailableError, 503)]
)
def test_errors_tell_the_client_little_and_the_log_more(kind: type[SessionError], status: int) -> None:
    error = kind("the row is gone", set_cookies=("a=b",))
    assert (error.status, error.reason, error.set_cookies) == (status, "the row is gone", ("a=b",))
    assert "row" not in str(error)
    again = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert (type(again), again.reason, again.set_cookies) == (kind, error.reason, error.set_cookies)
    assert kind().reason == str(kind())


async def test_tokens_are_in_no_error_and_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    profile = vectors()["caches"][0]
    cases = {case["about"]: case["cookie"] for case in profile["cases"]}
    tokens = vectors()["tokens"][0]["cases"]
    secret = vectors()["secret"]
    said: list[str] = []
    with JsonServer("rubbish") as service, closing(sqlite3.connect(":memory:", check_same_thread=False)) as empty:
        sources: list[Any] = [
            lambda: CookieCache(secret=secret),
            lambda: Database(empty, secret=secret),
            lambda: Remote(service.url, timeout=1),
            lambda: Remote("http://127.0.0.1:9", timeout=1),
            lambda: JWT(service.url, timeout=1),
        ]
        for make in sources:
            verifier, blocking = SessionVerifier(make()), sync.SessionVerifier(make())
            for headers in (
                *({"cookie": cookie} for cookie in cases.values()),
                *({"authorization": f"Bearer {case['token']}"} for case in tokens),
            ):
                try:
                    with at(profile["cases"][0]["at"]):
                        said.append(repr(await verifier.verify(headers)))
                except SessionError as error:
                    said += [str(error), repr(error), error.reason, "".join(traceback.format_exception(error))]
                try:
                    with at(profile["cases"][0]["at"]):
                        said.append(repr(blocking.verify(headers)))
                except SessionError as error:
                    said += [str(error), repr(error), error.reason, "".join(traceback.format_exception(error))]
            await verifier.aclose()
            blocking.close()
    text = "\n".join([*said, caplog.text])
    assert "is unavailable" in caplog.text
    good = profile["cases"][0]
    pieces = [pair.partition("=")[2] for pair in good["cookie"].split("; ")]
    forbidden = [
        *pieces,
        good["verdict"]["session"]["token"],
        tokens[0]["token"],
        *tokens[0]["token"].split("."),
        secret,
    ]
    assert [piece for piece in forbidden if piece[:24] in text] == []
