"""The one place that states the name and version of the package and the version of the reference."""

__version__ = "0.1.0"

DISTRIBUTION = "betterauth-parity"
"""The name that `pip install` takes, as in pyproject.toml."""

REFERENCE_VERSION = "1.7.25"
"""The version of the npm package better-auth whose contract this is. `make reference VERSION=...` moves to another."""
