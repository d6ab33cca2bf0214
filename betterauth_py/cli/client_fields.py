"""`betterauth client-fields`."""

from __future__ import annotations

from pathlib import Path

from betterauth_py.assembly.sources import load_service_options
from betterauth_py.errors import ConfigurationError
from betterauth_py.options.client_fields import client_fields


def write_client_fields(config: Path | None, *, file: Path | None, check: bool) -> int:
    """Print the module, write it to `file`, or check that `file` holds it; return the exit code.

    Raises:
        BetterAuthError: if the configuration is wrong, or the file cannot be read or written.
    """
    module = client_fields(load_service_options(config))
    if file is None:
        print(module, end="")
        return 0
    try:
        if check:
            return _check(file, module)
        file.write_text(module, encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"{file}: {error.strerror}.") from None
    return 0


def _check(file: Path, module: str) -> int:
    if file.is_file() and file.read_text(encoding="utf-8") == module:
        return 0
    print(f"{file} is out of date. Run: betterauth client-fields {file}")
    return 1
