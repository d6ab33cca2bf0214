"""`betterauth cleanup`."""

from __future__ import annotations

import asyncio
from pathlib import Path

from betterauth_py.assembly.plugins import plugins_of
from betterauth_py.assembly.schema import schema_of
from betterauth_py.assembly.sources import load_service_options
from betterauth_py.core.rate_limit import count_lives
from betterauth_py.store.cleanup import CleanedUp, Cleanup
from betterauth_py.store.database import Database


def clean_up(config: Path | None, *, batch_size: int, dry_run: bool) -> int:
    """Delete expired rows from the configured database and print how many; return the exit code.

    Raises:
        BetterAuthError: if the configuration or the database is wrong.
    """
    options = load_service_options(config)
    plugins = plugins_of(options)
    database = Database(options.database, schema_of(options, plugins))
    if database.url.in_process:
        print("There is no database (`database = false` or DATABASE_URL=none): nothing to do.")
        return 0
    lives = count_lives(options.rate_limit, plugins)
    cleanup = Cleanup(database, options, options.clock, lives)
    done = asyncio.run(_run(database, cleanup, batch_size=batch_size, dry_run=dry_run))
    kinds = (
        ("expired sessions", done.sessions),
        ("expired verifications", done.verifications),
        ("old rate-limit counts", done.rate_limits),
        *((f"expired rows of {model}", count) for model, count in done.of_plugins.items()),
    )
    counted = ", ".join(f"{count} {kind}" for kind, count in kinds if count is not None)
    print(f"{'To be deleted' if dry_run else 'Deleted'}: {counted or 'nothing, as the options say'}.")
    return 0


async def _run(database: Database, cleanup: Cleanup, *, batch_size: int, dry_run: bool) -> CleanedUp:
    try:
        return await cleanup.run(batch_size=batch_size, dry_run=dry_run)
    finally:
        await database.close()
