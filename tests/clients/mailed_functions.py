"""What the options of `profiles.py` call on our server, by the names in `contracts/oracle/callables.mjs`.

Each mail becomes a line of the file that `MAILS_FILE` names, as the reference server writes them.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from betterauth_py.conformance.named_functions import named_functions


class _MailFile(list[dict[str, Any]]):
    def append(self, mail: dict[str, Any]) -> None:
        with Path(os.environ["MAILS_FILE"]).open("a") as file:
            file.write(json.dumps(mail) + "\n")


globals().update(named_functions(_MailFile()))
