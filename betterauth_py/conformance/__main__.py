"""``python -m betterauth_py.conformance``: see `betterauth_py.conformance.recorder.command`; not in the wheel."""

from __future__ import annotations

import sys

from .recorder.command import main

if __name__ == "__main__":
    sys.exit(main())
