"""An answer is read the same however its bytes arrive, and whatever arrives is an answer or an error."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from betterauth_py.verify.http_wire import AnswerReader
from betterauth_py.verify.runtime import Fetched, FetchError

ANSWERS = {
    "length": b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nset-cookie: a=1\r\nSet-Cookie: b=2\r\nx: 1\r\n\r\nnull",
    "chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\nset-cookie: a=1\r\nset-cookie: b=2\r\nx:1\r\n\r\n"
    b"1\r\nn\r\n3;a=b\r\null\r\n0\r\ntrailer: x\r\n\r\n",
    "interim": b"HTTP/1.1 103 Hints\r\nx: 2\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 4\r\nset-cookie: a=1\r\n"
    b"set-cookie: b=2\r\nx: 1 \r\n\r\nnull",
}


def read(pieces: list[bytes]) -> tuple[Fetched | None, AnswerReader]:
    reader, fetched = AnswerReader(1000), None
    for piece in pieces:
        assert fetched is None
        fetched = reader.feed(piece)
    return fetched, reader


@pytest.mark.parametrize("data", ANSWERS.values(), ids=ANSWERS)
def test_any_split_gives_the_same_answer(data: bytes) -> None:
    for split in range(1, len(data)):
        fetched, reader = read([data[:split], data[split:]])
        assert fetched is not None
        assert (fetched.status, fetched.body, fetched.set_cookies) == (200, b"null", ("a=1", "b=2"))
        assert reader.keeps_alive
    fetched, _ = read([bytes([byte]) for byte in data])
    assert fetched is not None
    assert fetched.body == b"null"


@pytest.mark.parametrize("data", ANSWERS.values(), ids=ANSWERS)
def test_an_answer_cut_short_is_none(data: bytes) -> None:
    for length in range(len(data)):
        fetched, reader = read([data[:length]])
        assert fetched is None
        with pytest.raises(FetchError):
            reader.end()


@pytest.mark.parametrize(
    "before", [b"HTTP/1.1 100 Continue\r\n\r\n" * 5_000, b"HTTP/1.1 101 Switching\r\nupgrade: x\r\n\r\n"]
)
def test_what_is_before_an_answer_has_an_end(before: bytes) -> None:
    with pytest.raises(FetchError):
        read([before + ANSWERS["length"]])


@given(st.lists(st.sampled_from([*ANSWERS.values(), b"HTTP/1.1 200 OK\r\n", b"\r\n", b"0", b"a: b\r\n"]) | st.binary()))
def test_whatever_arrives_is_an_answer_or_an_error(pieces: list[bytes]) -> None:
    reader = AnswerReader(1000)
    try:
        for piece in pieces:
            fetched = reader.feed(piece)
            if fetched is not None:
                assert len(fetched.body) <= 1000
                return
        assert len(reader.end().body) <= 1000
    except FetchError:
        pass


@given(st.sampled_from(sorted(ANSWERS)), st.integers(0, 400), st.binary(min_size=1, max_size=3))
def test_a_damaged_answer_is_an_answer_or_an_error(name: str, at: int, damage: bytes) -> None:
    data = ANSWERS[name]
    reader = AnswerReader(1000)
    with suppress(FetchError):
        reader.feed(data[: at % len(data)] + damage + data[at % len(data) + len(damage) :])
