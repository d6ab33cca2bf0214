"""Prints where our providers differ from the recordings: `python -m tests.oauth.differences github`."""

from __future__ import annotations

import asyncio
import logging
import sys

from tests.oauth.cases import PROVIDERS, cases_of
from tests.oauth.comparison import compare, recording_of
from tests.oauth.world import play


async def main(names: list[str]) -> None:
    """Print a line for each difference."""
    logging.disable()
    for provider in names or PROVIDERS:
        for name, case in cases_of(provider).items():
            ours = await play(provider, case)
            for what in compare(case, ours, recording_of(provider)[name]):
                print(f"{provider}: {name}: {what}")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
