"""`python -m betterauth_py`."""

from betterauth_py.cli import main

raise SystemExit(main())
