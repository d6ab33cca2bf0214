"""The texts that come with the server: one file for each locale, by error code."""

from __future__ import annotations

from collections.abc import Mapping
from json import loads
from pathlib import Path
from typing import Final, Literal, get_args

LocaleName = Literal[
    "ar",
    "bn",
    "de",
    "en",
    "es",
    "fa",
    "fr",
    "hi",
    "id",
    "it",
    "ja",
    "ko",
    "nl",
    "pl",
    "pt",
    "ru",
    "sv",
    "th",
    "tr",
    "uk",
    "vi",
    "zh",
]
"""The locales that come with the server, those of better-auth's `locales`."""

LOCALES: Final[tuple[LocaleName, ...]] = get_args(LocaleName)


def read_texts(name: LocaleName) -> Mapping[str, str]:
    """Return the messages of a locale that comes with the server, by their codes."""
    texts: dict[str, str] = loads(Path(__file__).with_name(f"{name}.json").read_text(encoding="utf-8"))
    return texts
