"""Every command that ends by itself, and everything that keeps `serve` from starting."""

from __future__ import annotations

import re
import socket
import sqlite3
from pathlib import Path

import pytest

from betterauth_py import __version__
from betterauth_py._version import REFERENCE_VERSION
from tests.cli.command import Done, free_port, run

SECRET = "wT5mOQpYyJ3s8r2vKx7uZ1aB4cD6eF9g"
PRODUCTION = {"BETTER_AUTH_URL": "https://auth.example.com", "BETTER_AUTH_SECRET": SECRET}
TABLES = {"user", "session", "account", "verification"}


def tables_of(path: Path) -> set[str]:
    connection = sqlite3.connect(path)
    names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    connection.close()
    return names


def assert_refused(done: Done, message: str, code: int = 1) -> None:
    """One sentence that says what to do, and no traceback."""
    assert done.returncode == code, done
    assert "Traceback" not in done.stderr
    assert message in done.stderr
    assert done.stdout == ""
    if code == 1:
        assert done.stderr.startswith("betterauth: ")
        assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "taught"),
    [
        ([], ["serve", "migrate", "secret", "version", "first steps:", "BETTER_AUTH_SECRET", "DATABASE_URL", "toml"]),
        (["serve"], ["--host", "--port", "--workers", "--reload", "--access-log", "--config", "3001", "127.0.0.1"]),
        (["migrate"], ["--check", "--sql", "--adopt", "--to", "--config", "safe to repeat"]),
        (["secret"], ["Print a new random secret of 256 bits."]),
        (["version"], ["Print the version."]),
    ],
)
def test_help_teaches(tmp_path: Path, arguments: list[str], taught: list[str]) -> None:
    done = run(tmp_path, *arguments, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert [words for words in taught if words not in done.stdout] == []
    assert done.stdout.startswith("usage: betterauth ")


def test_version_names_both_contracts(tmp_path: Path) -> None:
    done = run(tmp_path, "version")
    assert (done.returncode, done.stderr) == (0, "")
    stated = f"betterauth-py {__version__} (contract of better-auth {REFERENCE_VERSION}, Python "
    assert re.fullmatch(re.escape(stated) + r"3\.\d+\.\d+\)\n", done.stdout)


def test_a_secret_is_43_random_characters(tmp_path: Path) -> None:
    printed = [run(tmp_path, "secret") for _ in range(2)]
    assert all(re.fullmatch(r"[\w-]{43}\n", done.stdout) for done in printed)
    assert printed[0].stdout != printed[1].stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "the following arguments are required: command"),
        (["sreve"], "invalid choice: 'sreve'"),
        (["serve", "--prot", "1"], "unrecognized arguments: --prot 1"),
        (["serve", "--port", "99999"], "'99999' is not a port; give a number from 1 to 65535"),
        (["serve", "--port", "http"], "'http' is not a port; give a number from 1 to 65535"),
        (["serve", "--workers", "0"], "'0' is not a whole number; give 1 or more"),
        (["serve", "--log-format", "xml"], "invalid choice: 'xml'"),
        (["migrate", "--check", "--sql"], "not allowed with argument --check"),
    ],
)
def test_a_wrong_argument_is_told_with_the_usage(tmp_path: Path, arguments: list[str], message: str) -> None:
    assert_refused(run(tmp_path, *arguments), message, code=2)


@pytest.mark.parametrize("command", ["serve", "migrate"])
@pytest.mark.parametrize(
    ("toml", "variables", "message"),
    [
        ("a = ", {}, "Configuration file betterauth.toml is not valid TOML"),
        ("baseURL = 'x'", {}, "Unknown option `baseURL`. Did you mean `base_url`?"),
        (
            "[session]\nexpires_in = 'soon'",
            {},
            "Option `session.expires_in` must be a whole number of seconds, or a span such as",
        ),
        ("", {"BETTER_AUTH_ENV": "staging"}, "Variable BETTER_AUTH_ENV is 'staging', but a server is in production"),
        ("", {"BETTER_AUTH_SECRETS": "nonsense"}, "BETTER_AUTH_SECRETS: entry 1 is not of the form"),
        ("", {"DATABASE_URL": "mysql://u:hidden@h/d"}, "DATABASE_URL (option `database.url`): mysql:// databases are"),
        ("", {"DATABASE_URL": "postgresql://u:hidden@host"}, "the database's name is missing after the host"),
        ("", {"DATABASE_URL": "postgresql://u:hidden@127.0.0.1:1/d"}, "Cannot connect to PostgreSQL at 127.0.0.1"),
        ("", {"DATABASE_URL": "postgresql://u:hidden@no.such.invalid/d"}, "PostgreSQL at no.such.invalid"),
        ("[database]\nurl = 'sqlite:////proc/nothing/x.db'", {}, "/proc/nothing"),
    ],
)
def test_wrong_settings_are_told_in_one_sentence(
    tmp_path: Path, command: str, toml: str, variables: dict[str, str], message: str
) -> None:
    (tmp_path / "betterauth.toml").write_text(toml)
    # The port of the tests of the browser is taken while they run.
    port = ["--port", str(free_port())] if command == "serve" else []
    done = run(tmp_path, command, *port, **{"BETTER_AUTH_SECRET": SECRET, **variables})
    assert_refused(done, message)
    assert "hidden" not in done.stderr


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({**PRODUCTION, "BETTER_AUTH_SECRET": "short"}, "BETTER_AUTH_SECRET has 5 characters; it needs at least 32."),
        ({**PRODUCTION, "BETTER_AUTH_SECRET": ""}, "The secret is missing. Make one with `betterauth secret`"),
        ({"BETTER_AUTH_ENV": "production", "BETTER_AUTH_SECRET": SECRET}, "Option `base_url` is missing."),
        (PRODUCTION, "Run: betterauth migrate"),
    ],
)
def test_production_does_not_start_half_configured(tmp_path: Path, variables: dict[str, str], message: str) -> None:
    assert_refused(run(tmp_path, "serve", "--port", str(free_port()), **variables), message)
    assert not (tmp_path / ".betterauth").exists()


def test_a_configuration_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert_refused(run(tmp_path, "serve", "--config", "no.toml"), "Configuration file no.toml does not exist.")


def test_a_taken_port_is_told_with_the_way_out(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run(tmp_path, "serve", "--port", str(port))
    assert_refused(done, f"Cannot listen on 127.0.0.1:{port}: Address already in use.")
    assert "--port" in done.stderr


def test_a_host_that_is_not_this_machines_is_told(tmp_path: Path) -> None:
    done = run(tmp_path, "serve", "--host", "192.0.2.1", "--port", str(free_port()), BETTER_AUTH_ENV="development")
    assert_refused(done, "Cannot listen on 192.0.2.1:")


def test_development_by_accident_is_not_shown_to_other_machines(tmp_path: Path) -> None:
    done = run(tmp_path, "serve", "--host", "0.0.0.0", "--port", str(free_port()))
    assert_refused(done, "This would be a development server, because the base URL http://localhost:")


def test_migrate_makes_checks_and_drops_the_tables(tmp_path: Path) -> None:
    database = tmp_path / "own.db"
    url = {"DATABASE_URL": "sqlite:///own.db"}
    missing = run(tmp_path, "migrate", "--check", **url)
    assert (missing.returncode, missing.stderr) == (1, "")
    assert missing.stdout.startswith("Not up to date: missing tables: ")
    made = run(tmp_path, "migrate", **url)
    assert (made.returncode, made.stderr) == (0, "")
    assert made.stdout.startswith("The database is at revision 0002_account_index. Added: ")
    assert tables_of(database) == {*TABLES, "betterauth_version"}
    checked = run(tmp_path, "migrate", "--check", **url)
    assert (checked.returncode, checked.stdout) == (0, "The database is up to date (revision 0002_account_index).\n")
    again = run(tmp_path, "migrate", **url)
    assert (again.returncode, again.stdout) == (0, "The database is at revision 0002_account_index.\n")
    dropped = run(tmp_path, "migrate", "--to", "base", **url)
    assert (dropped.returncode, dropped.stdout) == (0, "The database is at revision base.\n")
    assert tables_of(database) & TABLES == set()


def test_a_revision_that_does_not_exist_is_told(tmp_path: Path) -> None:
    run(tmp_path, "migrate")
    assert_refused(run(tmp_path, "migrate", "--to", "nonsense"), "nonsense")


def test_the_printed_sql_makes_what_the_server_needs(tmp_path: Path) -> None:
    (tmp_path / "betterauth.toml").write_text(
        "[user.additional_fields.age]\ntype = 'number'\nrequired = false\n[rate_limit]\nstorage = 'database'\n"
    )
    url = {"DATABASE_URL": "sqlite:///own.db"}
    printed = run(tmp_path, "migrate", "--sql", **url)
    assert (printed.returncode, printed.stderr) == (0, "")
    assert not (tmp_path / "own.db").exists()
    connection = sqlite3.connect(tmp_path / "own.db")
    connection.executescript(printed.stdout)
    connection.close()
    checked = run(tmp_path, "migrate", "--check", **url)
    assert (checked.returncode, checked.stdout) == (0, "The database is up to date (revision not stamped).\n")
    assert "rate_limit" in tables_of(tmp_path / "own.db")


def test_the_sql_of_postgresql_needs_no_server(tmp_path: Path) -> None:
    printed = run(tmp_path, "migrate", "--sql", DATABASE_URL="postgresql://u:hidden@no.such.invalid/d")
    assert (printed.returncode, printed.stderr) == (0, "")
    assert printed.stdout.count("CREATE TABLE") == 4
    assert "TIMESTAMP" in printed.stdout


def test_tables_of_another_program_are_not_touched(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "own.db")
    connection.execute('CREATE TABLE "user" (id integer primary key)')
    connection.close()
    url = {"DATABASE_URL": "sqlite:///own.db"}
    assert_refused(run(tmp_path, "migrate", **url), "tables that this server did not make: user")
    assert_refused(run(tmp_path, "migrate", "--adopt", **url), "The database cannot be adopted")
    assert tables_of(tmp_path / "own.db") == {"user"}


@pytest.mark.parametrize("command", ["serve", "migrate"])
@pytest.mark.parametrize(
    ("place", "problem"),
    [("folder", "Is a directory"), ("text/auth.db", "Not a directory"), ("text", "file is not a database")],
)
def test_a_place_where_no_sqlite_file_can_be_is_told(tmp_path: Path, command: str, place: str, problem: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "text").write_text("no database " * 100)
    done = run(tmp_path, command, DATABASE_URL=f"sqlite:///{place}", PORT=str(free_port()))
    assert_refused(done, "names a SQLite file that this user may write.")
    assert problem in done.stderr
