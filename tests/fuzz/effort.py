"""How hard the fuzz tests try: ``FUZZ_EFFORT=10 make test`` makes ten times as many requests, `make test-all` four."""

from __future__ import annotations

from os import environ

EFFORT = int(environ.get("FUZZ_EFFORT", "1"))
