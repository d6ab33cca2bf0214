"""How hard the fuzz tests try: ``FUZZ_EFFORT=10 make test`` makes ten times the requests, `make test-all` four times."""

from __future__ import annotations

from os import environ

EFFORT = int(environ.get("FUZZ_EFFORT", "1"))
