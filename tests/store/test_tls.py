"""Connections with TLS and SCRAM passwords, to servers that refuse anything less."""

from __future__ import annotations

import gc
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from sqlalchemy import text
from sqlalchemy.util import greenlet_spawn

from betterauth_py import BetterAuth
from betterauth_py.conformance.recorder.embedded_postgres import EmbeddedPostgres
from betterauth_py.errors import DatabaseError
from tests.store.support import auth_on, database_of, running, sign_up
from tests.store.tls import DATABASE, PASSWORD, pgbouncer_with_tls, postgres_with_tls


@dataclass
class Server:
    """A server with TLS."""

    port: int
    certificate: Path

    def url(self, query: str, *, password: str = PASSWORD, host: str = "127.0.0.1") -> str:
        return f"postgresql://postgres:{quote(password, safe='')}@{host}:{self.port}/{DATABASE}{query}"


@pytest.fixture(scope="module", params=["PostgreSQL", "PgBouncer"])
def server(request: pytest.FixtureRequest, postgres: EmbeddedPostgres) -> Iterator[Server]:
    """Each server that demands TLS and a password."""
    if request.param == "PostgreSQL":
        with postgres_with_tls() as (port, certificate):
            yield Server(port, certificate)
    else:
        with pgbouncer_with_tls(postgres.database(DATABASE)) as (port, certificate):
            yield Server(port, certificate)


@pytest.fixture(autouse=True)
def sockets_of_refused_connections_are_collected_here() -> Iterator[None]:
    """The socket of a refused TLS connection is left to the collector, whose warning would hit another test."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


async def use(auth: BetterAuth) -> None:
    """Use both ways to connect: SQLAlchemy's and the session look-up's."""
    async with running(auth):
        answer = await sign_up(auth)
        assert await auth.context.sessions.find_with_user(answer["token"]) is not None


async def refusal(auth: BetterAuth) -> str:
    with pytest.raises(DatabaseError) as refused:
        await auth.migrate()
    await auth.shutdown()
    assert PASSWORD not in str(refused.value)
    assert quote(PASSWORD, safe="") not in str(refused.value)
    return str(refused.value)


@pytest.mark.parametrize(
    "query", ["?sslmode=require&channel_binding=require", "?sslmode=require", "?channel_binding=require", ""]
)
async def test_the_connection_is_made_with_tls(server: Server, query: str) -> None:
    await use(auth_on(server.url(query)))


async def test_localhost_needs_no_certificate_of_an_authority(server: Server) -> None:
    await use(auth_on(server.url("?sslmode=require&channel_binding=require", host="localhost")))


async def test_verify_full_accepts_the_certificate_it_is_given(server: Server) -> None:
    await use(auth_on(server.url(f"?sslmode=verify-full&channel_binding=require&sslrootcert={server.certificate}")))


async def test_a_certificate_of_nobody_is_refused_where_it_is_to_be_verified(server: Server) -> None:
    message = await refusal(auth_on(server.url("?sslmode=verify-full")))
    assert message.startswith("Cannot connect to PostgreSQL at 127.0.0.1: ")


async def test_channel_binding_to_another_machine_verifies_the_certificate(server: Server) -> None:
    # A name that is not this machine's by its look, but leads here: 127.0.0.1 written as one number.
    message = await refusal(auth_on(server.url("?sslmode=require&channel_binding=require", host="2130706433")))
    assert "certificate" in message.lower()


async def test_a_server_that_demands_tls_refuses_a_connection_without(server: Server) -> None:
    message = await refusal(auth_on(server.url("?sslmode=disable")))
    assert message.startswith("Cannot connect to PostgreSQL at 127.0.0.1: ")


async def test_a_wrong_password_is_named_as_the_problem(server: Server) -> None:
    message = await refusal(auth_on(server.url("?sslmode=require", password="wrong")))
    assert message == (
        "Cannot connect to PostgreSQL at 127.0.0.1: the user or password is refused. Check DATABASE_URL."
    )


async def test_the_connection_is_really_encrypted(server: Server) -> None:
    auth = auth_on(server.url("?sslmode=require&channel_binding=require"))
    async with database_of(auth).connect() as connection:
        await greenlet_spawn(connection.execute, text("SELECT 1"))
        driver: Any = connection.connection.driver_connection
        assert driver._transport.get_extra_info("cipher") is not None
    await auth.shutdown()


def test_the_database_of_the_url_is_the_one_that_is_used(server: Server) -> None:
    assert urlsplit(server.url("")).path == f"/{DATABASE}"
