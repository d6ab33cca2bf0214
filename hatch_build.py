"""Packs the conformance scenarios and recordings into the wheel, as one file of a few dozen kilobytes."""

from __future__ import annotations

import io
import lzma
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PLACE = "betterauth_py/conformance/kit.tar.xz"
FUNCTIONS = ("oracle/callables.mjs", "oracle/hooks.mjs", "oracle/plugins.mjs", "oracle/functions/*.mjs")
PARTS = ("scenarios/**/*.yaml", "recordings/**/*.yaml", "endpoints.json", *FUNCTIONS)


class ConformanceKit(BuildHookInterface):  # type: ignore[type-arg]
    """Adds the kit to wheels; an editable installation reads ``contracts/`` itself, an image does without."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Pack the kit next to the package while a wheel is built."""
        contracts = Path(self.root) / "contracts"
        if version == "editable" or not contracts.is_dir():
            return
        archive = Path(tempfile.mkdtemp(prefix="betterauth-kit-")) / "kit.tar.xz"
        archive.write_bytes(packed(contracts))
        build_data["force_include"][str(archive)] = PLACE


def packed(contracts: Path) -> bytes:
    """The same bytes for the same files, wherever and whenever they are packed."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for path in sorted(path for part in PARTS for path in contracts.glob(part)):
            data = path.read_bytes()
            entry = tarfile.TarInfo(path.relative_to(contracts).as_posix())
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return lzma.compress(content.getvalue(), preset=9)
