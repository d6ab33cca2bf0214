"""The named functions of a profile.

An import string names one: ``betterauth_py.conformance.profile_functions:sendResetPassword``.

Mails become lines of the file that ``CONFORMANCE_MAILS`` names (``mails.jsonl`` if it names none), where
``betterauth conformance --mails FILE`` reads them.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from .named_functions import named_functions


class _MailFile:
    """Takes mails as a list does, and writes each as a line."""

    def append(self, mail: dict[str, Any]) -> None:
        with Path(os.environ.get("CONFORMANCE_MAILS", "mails.jsonl")).open("a", encoding="utf-8") as file:
            file.write(json.dumps(mail, ensure_ascii=False, separators=(",", ":")) + "\n")


_FUNCTIONS = named_functions(_MailFile())


def __getattr__(name: str) -> Any:
    try:
        return _FUNCTIONS[name]
    except KeyError:
        raise AttributeError(f"no function of a profile is named {name!r}") from None
