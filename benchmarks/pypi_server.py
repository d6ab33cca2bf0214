"""The PyPI package `better-auth-server` as its README sets it up: Litestar, SQLAlchemy with asyncpg, uvicorn.

It runs in a virtual environment of its own and imports nothing of this project:

    python pypi_server.py '{"database": "postgresql://…", "secret": "…", "port": 4000, "migrate": false}'

With "migrate" it makes its tables and ends.
"""

from __future__ import annotations

import asyncio
import json
import sys
from importlib import import_module
from typing import Any

import uvicorn


def make_auth(settings: dict[str, Any]) -> Any:
    """Return the auth, and its adapter."""
    better_auth = import_module("better_auth")
    adapters = import_module("better_auth.adapters.sqlalchemy")
    create_async_engine = import_module("sqlalchemy.ext.asyncio").create_async_engine
    url = settings["database"].replace("postgresql://", "postgresql+asyncpg://", 1)
    adapter = adapters.SQLAlchemyAdapter(create_async_engine(url, pool_size=10))
    auth = better_auth.BetterAuth(
        secret=settings["secret"],
        base_url=f"http://127.0.0.1:{settings['port']}",
        adapter=adapter,
        email_and_password=better_auth.EmailAndPassword(enabled=True),
        rate_limit=better_auth.RateLimit(enabled=False),
    )
    return auth, adapter


def main() -> None:
    """Make the tables, or serve."""
    settings = json.loads(sys.argv[1])
    auth, adapter = make_auth(settings)
    if settings.get("migrate"):
        asyncio.run(adapter.create_tables())
        return
    litestar = import_module("litestar")
    integration = import_module("better_auth.integrations.litestar").BetterAuthLitestar(auth)
    app = litestar.Litestar(route_handlers=[integration.router], openapi_config=None, logging_config=None)
    uvicorn.run(app, port=settings["port"], log_config=None, access_log=False, server_header=False, proxy_headers=False)


if __name__ == "__main__":
    main()
