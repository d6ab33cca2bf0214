"""The cached session in its three forms: read back as written, never believed when changed, foreign or malformed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from betterauth_py.crypto.secrets import SecretConfig
from betterauth_py.crypto.signing import decode_base64, encode_base64url
from betterauth_py.javascript.values import UNDEFINED
from betterauth_py.wire.chunks import join_chunks
from betterauth_py.wire.cookie_cache import CachedSession, Strategy, decode_cookie_cache, encode_cookie_cache

SECRETS = SecretConfig("wT5mOQpYyJ3s8r2vKx7uZ1aB4cD6eF9g")
OTHERS = SecretConfig("Jx2p9Wq7Lr4Tn6Vb8Zc1Ym3Kd5Hf0GsE")
START = datetime(2026, 11, 21, 8, tzinfo=UTC)
NOW = 1_795_248_000_000
SESSION = {
    "id": "s",
    "createdAt": START,
    "updatedAt": START,
    "userId": "u",
    "expiresAt": START + timedelta(days=7),
    "token": "t",
    "ipAddress": "",
    "userAgent": None,
}
USER = {
    "id": "u",
    "createdAt": START,
    "updatedAt": START,
    "email": "alice@example.com",
    "emailVerified": False,
    "name": "Alice Ä😀",
    "image": None,
}
STRATEGIES: tuple[Strategy, ...] = get_args(Strategy)
every_strategy = pytest.mark.parametrize("strategy", STRATEGIES)


def encode(strategy: Strategy, *, secrets: SecretConfig = SECRETS, max_age: int | None = 300, **changes: Any) -> str:
    session, user = {**SESSION, **changes.get("session", {})}, {**USER, **changes.get("user", {})}
    version = changes.get("version", "1")
    return encode_cookie_cache(strategy, session, user, version=version, secrets=secrets, max_age=max_age, now=NOW)


def decode(strategy: Strategy, value: str, *, secrets: SecretConfig = SECRETS, later: int = 0) -> CachedSession | None:
    return decode_cookie_cache(strategy, value, secrets=secrets, now=NOW + later)


@every_strategy
def test_a_cached_session_is_read_back_in_the_references_order(strategy: Strategy) -> None:
    cached = decode(strategy, encode(strategy, user={"motto": "x", "name": "Bob"}, version="7"))
    assert cached is not None
    assert cached[:4] == (SESSION, {**USER, "name": "Bob", "motto": "x"}, "7", NOW + 300_000)
    assert [list(cached.session), list(cached.user)] == [list(SESSION), [*USER, "motto"]]


@every_strategy
def test_a_cookie_is_plain_letters_that_need_no_encoding(strategy: Strategy) -> None:
    assert set(encode(strategy)) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")


@every_strategy
def test_another_secret_and_another_form_are_not_believed(strategy: Strategy) -> None:
    assert decode(strategy, encode(strategy, secrets=OTHERS)) is None
    assert [decode(strategy, encode(other)) for other in STRATEGIES if other != strategy] == [None, None]


def test_only_an_encrypted_copy_survives_a_new_version_of_the_secret() -> None:
    rotated = SecretConfig(OTHERS.current, (SECRETS.current,))
    believed = {name: decode(name, encode(name), secrets=rotated) is not None for name in STRATEGIES}
    assert believed == {"compact": False, "jwt": False, "jwe": True}


@pytest.mark.parametrize(("strategy", "life"), [("compact", 60_000), ("jwt", 300_000), ("jwe", 300_000)])
def test_without_an_age_a_copy_lives_shortly(strategy: Strategy, life: int) -> None:
    cached = decode(strategy, encode(strategy, max_age=None))
    assert cached is not None
    assert cached.expires_at == NOW + life


@every_strategy
@pytest.mark.parametrize(
    "changes",
    [
        {"session": {"token": None}},
        {"session": {"expiresAt": "soon"}},
        {"session": {"userId": None}},
        {"session": {"ipAddress": 1}},
        {"user": {"email": None}},
        {"user": {"emailVerified": "yes"}},
        {"user": {"createdAt": 5}},
        {"user": {"image": {}}},
        {"version": 1},
    ],
    ids=str,
)
def test_an_authentic_copy_of_another_shape_is_not_used(strategy: Strategy, changes: dict[str, Any]) -> None:
    assert decode(strategy, encode(strategy, **changes)) is None


@every_strategy
def test_no_changed_letter_changes_what_is_read(strategy: Strategy) -> None:
    value = encode(strategy)
    whole = decode(strategy, value)

    @given(st.integers(0, len(value) - 1), st.sampled_from("Aa0-_.="))
    def play(position: int, letter: str) -> None:
        assert decode(strategy, value[:position] + letter + value[position + 1 :]) in (None, whole)

    play()


@every_strategy
def test_garbage_is_no_session(strategy: Strategy) -> None:
    @given(st.text(max_size=100))
    def play(garbage: str) -> None:
        assert decode(strategy, garbage) is None

    play()


ODD_VALUES = st.text(max_size=30) | st.sampled_from([
    None, True, 7, 1.5, "", "Z", "x Z", "2026-11-21T08:00:00.000Z", "2026-11-21T08:00:00Z", "2026-02-30T08:00:00.000Z",
    "2026-11-21T08:00:00.000+", "2026-11-21T08:00:00+0000", [], ["2026-11-21T08:00:00.000Z"], {"since": START},
])  # fmt: skip
CHANGES = st.dictionaries(st.sampled_from([*USER, *SESSION, "role", "birthday"]), ODD_VALUES, max_size=3)


@given(session=CHANGES, user=CHANGES, version=ODD_VALUES, absent=st.sampled_from(["", *SESSION, *USER]))
def test_a_copy_as_it_is_written_is_read_like_one_that_is_spelled_otherwise(
    session: dict[str, Any], user: dict[str, Any], version: Any, absent: str
) -> None:
    rows = [
        {name: value for name, value in row.items() if name != absent}
        for row in ({**SESSION, **session}, {**USER, **user})
    ]
    value = encode_cookie_cache("compact", *rows, version=version, secrets=SECRETS, max_age=300, now=NOW)
    # Only the letters as they are written go the short way.
    otherwise = encode_base64url(b" " + decode_base64(value))
    found, wanted = decode("compact", value), decode("compact", otherwise)
    assert (found and found[:4]) == (wanted and wanted[:4])
    if found is not None and wanted is not None:
        assert [list(found.session), list(found.user)] == [list(wanted.session), list(wanted.user)]


def test_what_one_caller_changes_the_next_one_does_not_see() -> None:
    value = encode("compact", user={"settings": {"theme": "dark"}})
    first, second = decode("compact", value), decode("compact", value)
    assert first is not None
    assert first == second
    first.session["token"] = "other"
    first.user["settings"]["theme"] = "light"
    assert decode("compact", value) == second
    assert second is not None
    assert second.user["settings"] == {"theme": "dark"}


def test_a_remembered_copy_is_believed_by_its_own_secret_only_and_ends_when_it_says() -> None:
    value = encode("compact")
    assert decode("compact", value) is not None
    assert decode("compact", value, secrets=OTHERS) is None
    later = decode("compact", value, later=10**9)
    assert later is not None
    # Whether it is over is for the reader to judge, by the time of each request.
    assert later.expires_at < NOW + 10**9


@every_strategy
@pytest.mark.parametrize(
    "changes", [{"userId": None}, {"userId": ["u"]}, {"userId": {}}, {"createdAt": UNDEFINED}, {"updatedAt": UNDEFINED}]
)
def test_a_session_of_nobodys_id_or_without_its_dates_is_none(strategy: Strategy, changes: dict[str, Any]) -> None:
    assert decode(strategy, encode(strategy, session={"userId": 7})) is not None
    assert decode(strategy, encode(strategy, session=changes)) is None


@every_strategy
@pytest.mark.parametrize("depth", [100, 250, 400, 900, 5_000])
def test_no_depth_breaks_the_reader(strategy: Strategy, depth: int) -> None:
    # Python follows some hundred levels; what is deeper is no cached session, whoever has signed it.
    nested = "[" * depth + "]" * depth
    forged = encode_base64url(f'{{"session":{{"a":{nested}}},"expiresAt":1,"signature":"x"}}'.encode())
    assert decode(strategy, forged) is None


@pytest.mark.parametrize("index", [15, 16])
def test_a_chunk_counts_up_to_what_javascript_counts_safely(index: int) -> None:
    assert join_chunks("c", {f"c.{10**index - 1}": "b", "c.0": "a"}) == ("ab" if index == 15 else "a")
    assert join_chunks("c", {f"c.{2**53 - 1}": "b", f"c.{2**53}": "c"}) == "b"


def test_an_encrypted_copy_that_was_read_before_ends_all_the_same() -> None:
    value = encode("jwe")
    first = decode("jwe", value)
    assert first is not None
    first.session["token"] = first.user["name"] = "changed by whoever got it"
    again = decode("jwe", value)
    assert again is not None
    assert (again.session, again.user) == (SESSION, USER)
    # As better-auth, 15 seconds for clocks that differ.
    assert decode("jwe", value, later=314_000) is not None
    assert decode("jwe", value, later=316_000) is None
    assert decode("jwe", value, secrets=OTHERS) is None
