"""Where the stand-alone service gets its options: a TOML file, `.env` and the environment."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from os import environ
from pathlib import Path
from typing import Any

from betterauth_py.assembly.options import load_options
from betterauth_py.assembly.social_providers import with_provider_variables
from betterauth_py.assembly.stateless import has_no_database, with_default
from betterauth_py.options.environment import read_environment, read_toml, with_environment
from betterauth_py.options.root import Options

DEFAULT_FILE = Path("betterauth.toml")


def read_service_values(config: Path | None = None) -> dict[str, Any]:
    """Return the nested option mapping of the service: file, then environment, over the service's own defaults.

    Raises:
        ConfigurationError: if the file or a variable cannot be read.
    """
    # Import strings may name modules beside the configuration, whichever way this command was started.
    folder = str((config.parent if config else Path.cwd()).resolve())
    if folder not in sys.path:
        sys.path.insert(0, folder)
    env = read_environment()
    # `.env` counts as environment everywhere, also for what is read later.
    for name, value in env.items():
        environ.setdefault(name, value)
    path = config or (Path(env["BETTER_AUTH_CONFIG"]) if env.get("BETTER_AUTH_CONFIG") else None)
    if path is None and DEFAULT_FILE.is_file():
        path = DEFAULT_FILE
    values = read_toml(path) if path is not None else {}
    values = with_service_defaults(with_environment(values, env, environment_wins=True))
    return with_provider_variables(values, env, is_service=True)


def with_service_defaults(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return `values` with e-mail and password on, and clients told apart by their connections, unless they differ.

    Without a database nothing keeps users with their passwords, and this is off.
    """
    values = with_default(values, not has_no_database(values), "email_and_password", "enabled")
    return with_default(values, True, "advanced", "ip_address", "use_connection")


def load_service_options(config: Path | None = None) -> Options:
    """Return the options of the service.

    Raises:
        ConfigurationError: if anything is wrong with them.
    """
    return load_options(read_service_values(config))
