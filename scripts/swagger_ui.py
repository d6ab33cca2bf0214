"""Brings Swagger UI, which shows the API reference, into betterauth_py/pages/api_reference.

    python scripts/swagger_ui.py             writes the files of the locked version again
    python scripts/swagger_ui.py VERSION     moves to that version: writes the files and scripts/swagger-ui.lock.json

npm fetches the archive from the registry it is configured for. The lock holds the hash of the archive and of every file
taken from it; tests/packaging/test_swagger_ui.py compares the files with it.
"""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import tarfile
import tempfile
from base64 import b64encode
from hashlib import sha256, sha512
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "scripts" / "swagger-ui.lock.json"
FOLDER = ROOT / "betterauth_py" / "pages" / "api_reference"

# Our file: the files of the package that it is made of.
FILES = {
    "swagger-ui.js": ("swagger-ui-bundle.js",),
    "swagger-ui.css": ("swagger-ui.css",),
    "swagger-ui.LICENSE.txt": ("NOTICE", "LICENSE", "swagger-ui-bundle.js.LICENSE.txt"),
}


def main(arguments: list[str]) -> None:
    """Write the files; fail if the archive is not the locked one."""
    locked = json.loads(LOCK.read_text()) if not arguments else None
    version = locked["version"] if locked else arguments[0]
    archive = _fetch(version)
    integrity = "sha512-" + b64encode(sha512(archive).digest()).decode()
    if locked and locked["integrity"] != integrity:
        sys.exit(f"swagger-ui-dist {version} is not what the lock names: {integrity}")
    files = _extract(archive)
    for name, content in files.items():
        if name.endswith(".txt"):
            (FOLDER / name).write_bytes(content)
        else:
            (FOLDER / f"{name}.gz").write_bytes(gzip.compress(content, 9, mtime=0))
    hashes = {name: sha256(content).hexdigest() for name, content in files.items()}
    LOCK.write_text(json.dumps({"version": version, "integrity": integrity, "sha256": hashes}, indent=2) + "\n")
    print(f"swagger-ui-dist {version}: {', '.join(files)}")


def _fetch(version: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", "--silent", "--pack-destination", folder, f"swagger-ui-dist@{version}"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        (path,) = Path(folder).glob("*.tgz")
        return path.read_bytes()


def _extract(archive: bytes) -> dict[str, bytes]:
    with tempfile.TemporaryFile() as file:
        file.write(archive)
        file.seek(0)
        with tarfile.open(fileobj=file) as package:
            return {name: b"\n".join(_read(package, part) for part in parts) for name, parts in FILES.items()}


def _read(package: tarfile.TarFile, name: str) -> bytes:
    file = package.extractfile(f"package/{name}")
    if file is None:
        raise SystemExit(f"The package has no file {name}.")
    return file.read()


if __name__ == "__main__":
    main(sys.argv[1:])
