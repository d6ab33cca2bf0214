"""The texts of the i18n plugin: every code in every locale."""

from __future__ import annotations

import json
import re
from itertools import chain
from pathlib import Path
from typing import Any, Final

import pytest

from betterauth_py import APIError
from betterauth_py.plugins import BaseErrorCodes
from betterauth_py.plugins.i18n import LOCALES, LocaleName, i18n, read_texts
from tests.conftest import MakeAuth

ROOT: Final = Path(__file__).parents[3]
ENGLISH: Final = read_texts("en")
TRANSLATED: Final = [name for name in LOCALES if name != "en"]
# Letters that every text in a language has which is not written in the Latin script.
SCRIPTS: Final[dict[str, str]] = {
    "ar": "\u0600-\u06ff",
    "bn": "\u0980-\u09ff",
    "fa": "\u0600-\u06ff",
    "hi": "\u0900-\u097f",
    "ja": "\u3040-\u30ff",
    "ko": "\uac00-\ud7af",
    "ru": "\u0400-\u04ff",
    "th": "\u0e00-\u0e7f",
    "uk": "\u0400-\u04ff",
    "zh": "\u4e00-\u9fff",
}
# Names that a developer searches for, such as `callbackURL`; and what stands in backquotes.
IDENTIFIER: Final = re.compile(
    r"`[^`]+`|\b(?:[a-z]+[A-Z]\w*|[a-z]+_[a-z]+|[A-Z]{2,}(?:-\d+)?|update-user|set-user-password|OAuth|Content-Type)\b"
)
ORDINARY: Final = {"API", "ID", "OTP", "URL"}


def codes_of_the_reference() -> set[str]:
    known = json.loads((ROOT / "contracts" / "endpoints.json").read_text(encoding="utf-8"))["error_codes"]
    return set(chain.from_iterable(known.values())) | set(BaseErrorCodes.table())


def codes_of_this_server() -> set[str]:
    page = (ROOT / "docs" / "error-codes.md").read_text(encoding="utf-8")
    return set(re.findall(r"^\| `([A-Z_]+)` \|", page, re.MULTILINE))


@pytest.mark.parametrize("name", LOCALES)
def test_every_code_has_a_text(name: LocaleName) -> None:
    texts = read_texts(name)
    needed = codes_of_the_reference() | codes_of_this_server()
    assert needed - set(texts) == set(), f"Write these texts into betterauth_py/plugins/i18n/locales/{name}.json"
    assert set(texts) - needed == set()
    assert list(texts) == sorted(texts)
    assert {code: text for code, text in texts.items() if not text or text != " ".join(text.split())} == {}


@pytest.mark.parametrize("name", TRANSLATED)
def test_every_text_is_in_its_language(name: LocaleName) -> None:
    texts = read_texts(name)
    assert [code for code, text in texts.items() if text == ENGLISH[code]] == []
    script = SCRIPTS.get(name)
    letters = re.compile(f"[{script}]") if script else re.compile("[A-Za-z]")
    assert [text for text in texts.values() if letters.search(text) is None] == []
    if script is None:
        assert [text for text in texts.values() if any(re.search(f"[{one}]", text) for one in SCRIPTS.values())] == []


@pytest.mark.parametrize("name", TRANSLATED)
def test_a_text_names_what_the_english_one_names(name: LocaleName) -> None:
    texts = read_texts(name)
    missing = {
        code: names
        for code, english in ENGLISH.items()
        if (names := {one for one in IDENTIFIER.findall(english) if one not in ORDINARY and one not in texts[code]})
    }
    assert missing == {}


async def test_every_code_is_answered_in_every_locale(make_auth: MakeAuth) -> None:
    def refuse(ctx: Any) -> None:
        raise APIError(418, {"code": ctx.headers.value("x-code"), "message": "English"})

    auth = await make_auth(hooks={"after": refuse}, plugins=[i18n()])
    for name in LOCALES:
        for code, text in read_texts(name).items():
            with pytest.raises(APIError) as refused:
                await auth.api.ok(headers={"accept-language": name, "x-code": code})
            assert refused.value.status == 418
            assert refused.value.body == {"code": code, "message": text, "originalMessage": "English"}
