"""The files of Swagger UI are those that scripts/swagger-ui.lock.json names."""

from __future__ import annotations

import gzip
import json
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "betterauth_py" / "pages" / "api_reference"


def test_the_files_are_the_locked_ones() -> None:
    locked: dict[str, str] = json.loads((ROOT / "scripts" / "swagger-ui.lock.json").read_text())["sha256"]
    found = {path.name.removesuffix(".gz"): path.read_bytes() for path in FOLDER.glob("swagger-ui.*")}
    plain = {
        name: gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content for name, content in found.items()
    }
    assert {name: sha256(content).hexdigest() for name, content in plain.items()} == locked
    # The licence asks for its own text, and for the notice.
    licence = plain["swagger-ui.LICENSE.txt"].decode()
    assert "SmartBear" in licence
    assert "Apache License" in licence
