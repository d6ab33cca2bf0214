"""Database URLs are read as people paste them."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from sqlalchemy import text

from betterauth_py.errors import ConfigurationError, DatabaseError
from betterauth_py.options import DatabaseOptions
from betterauth_py.store.database_url import parse_database_url
from tests.store.pooler import pgbouncer
from tests.store.support import (
    auth_on,
    browser,
    counts,
    database_of,
    new_address,
    query,
    running,
    sign_up,
    sign_up_body,
)

NEON = (
    "postgresql://neondb_owner:npg_AbC123dEf456@ep-cool-darkness-123456-pooler.us-east-2.aws.neon.tech/neondb"
    "?sslmode=require&channel_binding=require"
)
SPECIAL = "p@ss/w:rd?#[]%+ &=é"


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///auth.db", "auth.db"),
        ("sqlite:///data/auth.db", "data/auth.db"),
        ("sqlite:////var/lib/auth.db", "/var/lib/auth.db"),
        ("sqlite+aiosqlite:///auth.db", "auth.db"),
        ("SQLite:///auth.db", "auth.db"),
        ("  sqlite:///auth.db\n", "auth.db"),
        ("sqlite:///with space.db", "with space.db"),
        ("sqlite://", None),
        ("sqlite:///", None),
        ("sqlite:///:memory:", None),
        ("sqlite+aiosqlite:///:memory:", None),
    ],
)
def test_sqlite_urls(url: str, path: str | None) -> None:
    parsed = parse_database_url(url)
    assert (parsed.dialect, parsed.path, parsed.is_pooler) == ("sqlite", path, False)


def test_a_sqlite_url_with_two_slashes_is_explained() -> None:
    with pytest.raises(ConfigurationError, match=r"sqlite:///auth\.db") as refused:
        parse_database_url("sqlite://auth.db")
    assert "three slashes" in str(refused.value)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+asyncpg", "POSTGRES"])
def test_every_scheme_of_postgresql(scheme: str) -> None:
    parsed = parse_database_url(f"{scheme}://ada:pw@db.example.com:6432/auth")
    assert (parsed.dialect, parsed.host, parsed.tls) == ("postgresql", "db.example.com", None)
    assert parsed.dsn == "postgresql://ada:pw@db.example.com:6432/auth"


def test_neons_connection_string_is_read_as_its_console_prints_it() -> None:
    parsed = parse_database_url(NEON)
    assert parsed.host == "ep-cool-darkness-123456-pooler.us-east-2.aws.neon.tech"
    assert parsed.is_pooler
    # asyncpg would send it to the server as a setting, which the server refuses.
    assert "channel_binding" not in parsed.dsn
    assert parse_qs(urlsplit(parsed.dsn).query) == {"sslmode": ["require"]}
    assert parsed.tls is not None
    assert (parsed.tls.verify_mode, parsed.tls.check_hostname) == (ssl.CERT_REQUIRED, True)


@pytest.mark.parametrize(
    ("host", "is_pooler"),
    [
        ("ep-cool-123-pooler.us-east-2.aws.neon.tech", True),
        ("ep-cool-123.us-east-2.aws.neon.tech", False),
        ("pooler.example.com", False),
        ("ep-pooler-1.us-east-2.aws.neon.tech", False),
        ("127.0.0.1", False),
        ("[::1]", False),
    ],
)
def test_a_pooler_is_told_by_its_host(host: str, is_pooler: bool) -> None:
    url = f"postgresql://ada:pw@{host}/auth"
    assert parse_database_url(url).is_pooler is is_pooler
    assert database_of(auth_on(url)).pooled is is_pooler
    assert database_of(auth_on(url, database={"pooled": not is_pooler})).pooled is not is_pooler


@pytest.mark.parametrize("mode", ["disable", "verify-ca", "verify-full"])
def test_tls_that_the_url_asks_for_itself_is_left_to_asyncpg(mode: str) -> None:
    parsed = parse_database_url(f"postgresql://ada@db.example.com/auth?sslmode={mode}&channel_binding=require")
    assert parsed.tls is None
    assert f"sslmode={mode}" in parsed.dsn


@pytest.mark.parametrize(
    "url",
    [
        "auth.db",
        "mysql://ada:hunter2@localhost/auth",
        "postgresql://ada:hunter2#x@localhost/auth",
        "postgresql://ada:hunter2/x@localhost/auth",
        "postgresql://ada:hunter2?x@localhost/auth",
        "postgresql://ada:hunter2[x@localhost/auth",
        "postgresql://ada:hunter2@localhost:port/auth",
        "postgresql://ada:hunter2@localhost",
        "postgresql://ada:hunter2@localhost/",
        "postgresql:ada:hunter2@localhost/auth",
    ],
)
def test_a_url_that_cannot_be_read_is_explained_without_the_password(url: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        parse_database_url(url)
    message = str(refused.value)
    assert message.startswith("DATABASE_URL (option `database.url`)")
    assert "hunter2" not in message
    assert "hunter2" not in str(refused.value.__cause__)


def test_neither_url_nor_options_show_the_password() -> None:
    assert "npg_AbC" not in repr(parse_database_url(NEON))
    assert "npg_AbC" not in repr(DatabaseOptions(url=NEON))


async def test_the_library_works_over_a_unix_socket(postgresql_url: str) -> None:
    assert "?host=/" in postgresql_url
    folder, name = urlsplit(postgresql_url).query, urlsplit(postgresql_url).path
    for url in (f"postgresql://{name}?{folder}&user=postgres", f"postgres://postgres@{name}?{folder}"):
        async with running(auth_on(url)) as auth:
            await sign_up(auth)
    assert await counts(postgresql_url, "user") == {"user": 2}


async def test_a_socket_in_a_folder_with_a_percent_encoded_name(postgresql_url: str) -> None:
    parts = urlsplit(postgresql_url)
    folder = quote(parse_qs(parts.query)["host"][0], safe="")
    async with running(auth_on(f"postgresql://postgres@{parts.path}?host={folder}")) as auth:
        await sign_up(auth)


async def test_parameters_that_other_clients_understand_do_not_hurt(postgresql_url: str) -> None:
    url = f"{postgresql_url}&connect_timeout=10&pgbouncer=true"
    async with running(auth_on(url)) as auth:
        await sign_up(auth)


async def test_the_name_of_the_application_may_come_from_the_url(postgresql_url: str) -> None:
    auth = auth_on(f"{postgresql_url}&application_name=shop")
    assert (await database_of(auth).execute(text("SHOW application_name"))).scalar() == "shop"
    await auth.shutdown()


async def test_a_setting_of_the_url_reaches_the_server(postgresql_url: str) -> None:
    auth = auth_on(f"{postgresql_url}&options=-c%20statement_timeout%3D12345")
    assert (await database_of(auth).execute(text("SHOW statement_timeout"))).scalar() == "12345ms"
    await auth.shutdown()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://ada:hunter2@127.0.0.1:1/auth", "Check the host and port of DATABASE_URL"),
        ("postgresql://ada:hunter2@host.invalid/auth", "host.invalid"),
        ("postgresql://ada:hunter2@/auth?host=/nowhere", "/nowhere"),
    ],
)
async def test_a_server_that_is_not_there_is_one_sentence_without_the_password(url: str, said: str) -> None:
    auth = auth_on(url)
    with pytest.raises(DatabaseError, match=r"^Cannot connect to PostgreSQL at ") as refused:
        await auth.migrate()
    await auth.shutdown()
    assert said in str(refused.value)
    assert "hunter2" not in str(refused.value)


async def test_a_database_that_is_not_there_is_named_as_the_problem(postgresql_url: str) -> None:
    name = urlsplit(postgresql_url).path
    auth = auth_on(postgresql_url.replace(f"{name}?", "/nobody?"))
    with pytest.raises(DatabaseError, match="there is no such database"):
        await auth.migrate()
    await auth.shutdown()


async def test_a_sqlite_file_in_a_folder_that_is_not_there_is_made(tmp_path: Path) -> None:
    async with running(auth_on(f"sqlite:///{tmp_path / 'a' / 'b' / 'auth.db'}")) as auth:
        await sign_up(auth)
    assert (tmp_path / "a" / "b" / "auth.db").is_file()


async def test_percent_encoded_database_names_and_users(new_postgresql: Callable[[], str]) -> None:
    url = new_postgresql()
    await query(url, 'CREATE ROLE "ada@example" LOGIN SUPERUSER')
    async with running(auth_on(url.replace("postgres:@", "ada%40example@"))) as auth:
        await sign_up(auth)
    await query(url, 'REASSIGN OWNED BY "ada@example" TO postgres')
    await query(url, 'DROP ROLE "ada@example"')


@pytest.mark.parametrize(
    ("port", "is_pooler"), [("6432", True), ("6543", True), ("5432", False), ("5433,h2:6543", True)]
)
def test_a_pooler_is_told_by_its_port(port: str, is_pooler: bool) -> None:
    assert parse_database_url(f"postgresql://ada:pw@aws-0.pooler.supabase.com:{port}/postgres").is_pooler is is_pooler


def test_pgbouncer_is_told_by_its_name() -> None:
    assert parse_database_url("postgresql://ada:pw@pgbouncer.internal/auth").is_pooler


@pytest.mark.parametrize(
    ("said", "mode", "is_checked"),
    [
        ("sslmode=no-verify", "require", False),
        ("sslmode=require", "require", False),
        ("sslmode=verify-full", "verify-full", False),
        ("ssl=true", None, True),
        ("ssl=1", None, True),
        ("ssl=true&sslrootcert=/ca.pem", "verify-full", False),
        ("ssl=false", "disable", False),
        ("ssl=0", "disable", False),
        ("ssl=require", "require", False),
        ("ssl=no-verify", "require", False),
        ("sslmode=disable&ssl=true", "disable", False),
        ("sslaccept=strict", None, True),
        ("sslaccept=accept_invalid_certs", "require", False),
        ("sslmode=verify-full&sslrootcert=system", None, True),
        ("sslmode=require&supa=base-pooler.x&workaround=supabase-pooler.vercel&socket_timeout=3", "require", False),
    ],
)
def test_tls_as_other_drivers_write_it(said: str, mode: str | None, is_checked: bool) -> None:
    parsed = parse_database_url(f"postgresql://ada:pw@db.example.com/auth?{said}")
    query = parse_qs(urlsplit(parsed.dsn).query)
    assert query.pop("sslmode", [None]) == [mode]
    assert set(query) <= {"sslrootcert"}
    assert (parsed.tls is not None) is is_checked
    if parsed.tls is not None:
        assert (parsed.tls.verify_mode, parsed.tls.check_hostname) == (ssl.CERT_REQUIRED, True)
        assert "sslrootcert" not in query


@pytest.mark.parametrize(
    "scheme", ["postgresql+psycopg", "postgresql+psycopg2", "postgresql+pg8000", "jdbc:postgresql"]
)
def test_schemes_of_other_drivers(scheme: str) -> None:
    assert parse_database_url(f"{scheme}://db.example.com/auth").dsn == "postgresql://db.example.com/auth"


@pytest.mark.parametrize("password", ["1#x", "1/x", "1?x", "12/34", "12?34", "a@b/c"])
def test_a_password_that_ends_the_host_too_early_never_becomes_a_host(password: str) -> None:
    with pytest.raises(ConfigurationError, match="Percent-encode") as refused:
        parse_database_url(f"postgresql://ada:{password}@db.example.com/auth")
    assert password not in str(refused.value)


async def test_several_hosts_are_tried_in_turn(postgresql_url: str) -> None:
    folder = parse_qs(urlsplit(postgresql_url).query)["host"][0]
    parsed = parse_database_url("postgresql://ada:p%40ss@h1:5432,h2:5433,[::1]/auth?target_session_attrs=read-write")
    assert (parsed.host, parsed.ports) == ("h1,h2,::1", (5432, 5433))
    url = f"postgresql://postgres@{urlsplit(postgresql_url).path}?host=/nowhere,{folder}&port=5432,5432"
    async with running(auth_on(url)) as auth:
        await sign_up(auth)


async def test_a_pooler_that_nothing_tells_is_named_by_the_message(
    postgresql_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = urlsplit(postgresql_url).path
    mode = {"pool_mode": "transaction", "server_round_robin": "1", "default_pool_size": "2"}
    with pgbouncer(postgresql_url, mode) as port:
        auth = auth_on(f"postgresql://postgres@127.0.0.1:{port}{path}")
        with pytest.raises(DatabaseError, match=r"`database\.pooled`"):
            await auth.migrate()
    with pgbouncer(postgresql_url, {**mode, "ignore_startup_parameters": "jit"}) as port:
        auth = auth_on(f"postgresql://postgres@127.0.0.1:{port}{path}")
        await auth.migrate()
        async with browser(auth) as client:
            for _ in range(5):
                await asyncio.gather(
                    *(client.post("/sign-up/email", json=sign_up_body(new_address())) for _ in range(8))
                )
        await auth.shutdown()
    assert "`database.pooled`" in caplog.text
