"""Where the scenarios and recordings are: in ``contracts/`` of the repository, in one packed file of the wheel."""

from __future__ import annotations

import atexit
import tarfile
import tempfile
from pathlib import Path

from betterauth_py._version import DISTRIBUTION
from betterauth_py.errors import BetterAuthError

_PACKED = Path(__file__).with_name("kit.tar.xz")
_REPOSITORY = Path(__file__).parents[2] / "contracts"


def _contracts() -> Path:
    if not _PACKED.is_file():
        return _REPOSITORY
    folder = tempfile.TemporaryDirectory(prefix="betterauth-conformance-")
    atexit.register(folder.cleanup)
    with tarfile.open(_PACKED) as archive:
        for entry in archive:
            content = archive.extractfile(entry)
            if content is not None:
                path = Path(folder.name) / entry.name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content.read())
    return Path(folder.name)


CONTRACTS = _contracts()
SCENARIOS = CONTRACTS / "scenarios"
RECORDINGS = CONTRACTS / "recordings"


def check() -> None:
    """Raise BetterAuthError when this installation was made without the kit."""
    if not SCENARIOS.is_dir():
        raise BetterAuthError(
            "This installation has no conformance scenarios (a container image leaves them out). "
            f"Install the wheel: pip install '{DISTRIBUTION}[conformance]'"
        )
