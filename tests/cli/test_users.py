"""`betterauth users`, in this process but for one."""

from __future__ import annotations

import asyncio
import io
import json
from pathlib import Path
from typing import Any

import pytest

from betterauth_py import BetterAuth
from betterauth_py.assembly.sources import load_service_options
from betterauth_py.cli import main
from tests.cli.command import run
from tests.http.client import Client

PASSWORD = "correct horse battery"
CONFIG = """\
base_url = "http://localhost:3000"
secret = "the-secret-of-the-tests-0123456789-abcdefgh"
[database]
url = "sqlite:///auth.db"
[plugins.admin]
[user.additional_fields.pin]
type = "string"
required = false
returned = false
"""


class Command:
    """The command, in a folder with a migrated database."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch, self._capsys = monkeypatch, capsys

    def __call__(self, *arguments: str, code: int = 0, typed: str = PASSWORD) -> str:
        """Run it, expecting an exit code; return what it has printed."""
        self._monkeypatch.setattr("sys.stdin", io.StringIO(f"{typed}\n"))
        assert main(["users", *arguments]) == code
        printed = self._capsys.readouterr()
        return printed.err if code else printed.out

    def json(self, *arguments: str) -> Any:
        """Run it and return its JSON."""
        return json.loads(self(*arguments, "--json"))


@pytest.fixture
def users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    monkeypatch.chdir(tmp_path)
    for name in ("DATABASE_URL", "BETTER_AUTH_URL", "BETTER_AUTH_SECRET", "BETTER_AUTH_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "betterauth.toml").write_text(CONFIG, encoding="utf-8")
    asyncio.run(_migrate())
    return Command(monkeypatch, capsys)


async def _migrate() -> None:
    auth = BetterAuth(load_service_options())
    await auth.migrate()
    await auth.context.close()


async def _status_of_sign_in(email: str, password: str) -> int:
    async with BetterAuth(load_service_options()) as auth:
        client = Client(auth.app)
        reply = await client.post("/api/auth/sign-in/email", {"email": email, "password": password})
        if reply.status == 200:
            assert (await client.get("/api/auth/admin/list-users")).status in {200, 403}
        return reply.status


def sign_in(email: str = "ada@example.com", password: str = PASSWORD) -> int:
    return asyncio.run(_status_of_sign_in(email, password))


def test_the_first_admin_is_made_and_administrates(users: Command) -> None:
    assert users("create-admin", "Ada@example.com", "--name", "Ada").startswith("Created ada@example.com (")
    assert "set-role ada@example.com admin" in users("create-admin", "ada@example.com", code=1)
    assert sign_in() == 200
    user = users.json("show", "ada@example.com")
    assert (user["user"]["role"], user["user"]["emailVerified"], user["accounts"]) == ("admin", True, ["credential"])
    assert (user["sessions"], "pin" in user["user"]) == (1, False)
    assert users("revoke-sessions", user["user"]["id"]) == "All sessions of ada@example.com have ended.\n"
    assert users.json("show", "ada@example.com")["sessions"] == 0


def test_bans_and_passwords_count_for_sign_ins(users: Command) -> None:
    users("create-admin", "ada@example.com")
    banned = users.json("ban", "ada@example.com", "--reason", "spam", "--for", "7d")["user"]
    assert (banned["banned"], banned["banReason"]) == (True, "spam")
    assert banned["banExpires"] > banned["updatedAt"]
    assert sign_in() == 403
    assert users("unban", "ada@example.com") == "ada@example.com is not banned.\n"
    assert sign_in() == 200
    assert "All sessions have ended" in users("set-password", "ada@example.com", typed="battery staple")
    assert users.json("show", "ada@example.com")["sessions"] == 0
    assert [sign_in(), sign_in(password="battery staple")] == [401, 200]


def test_users_are_listed_by_role_and_deleted(users: Command) -> None:
    for name in ("ada", "bob", "cid"):
        users("create-admin", f"{name}@example.com", "--no-password")
    users("set-role", "bob@example.com", "user, admin")
    users("set-role", "cid@example.com", "administrator")
    listed = users.json("list", "--role", "admin")
    assert [user["email"] for user in listed["users"]] == ["ada@example.com", "bob@example.com"]
    assert listed["total"] == 2
    assert users.json("list", "--search", "CID", "--limit", "1")["total"] == 1
    assert "1 of 3 users" in users("list", "--limit", "1", "--offset", "1")
    assert "--yes" in users("delete", "cid@example.com", code=1)
    assert users("delete", "cid@example.com", "--yes").startswith("Deleted cid@example.com (")
    assert users.json("list")["total"] == 2


def test_a_name_cannot_move_the_cursor(users: Command) -> None:
    users("create-admin", "ada@example.com", "--name", "\x1b[2JAda\n\u202e", "--no-password")
    for printed in (users("list"), users("show", "ada@example.com")):
        assert not {"\x1b", "\u202e"} & set(printed)
        assert "\ufffd[2JAda\ufffd\ufffd" in printed


@pytest.mark.parametrize(
    ("arguments", "typed", "complaint"),
    [
        (("show", "nobody"), "", "There is no user with the id or address 'nobody'."),
        (("create-admin", "ada"), PASSWORD, "'ada' is no e-mail address."),
        (("create-admin", "ada@example.com"), "short", "The password is too short. Give 8 to 128 characters."),
        (("ban", "\0"), "", "There is no user"),
    ],
)
def test_what_does_not_work_is_one_sentence(
    users: Command, arguments: tuple[str, ...], typed: str, complaint: str
) -> None:
    printed = users(*arguments, code=1, typed=typed)
    assert printed.startswith(f"betterauth: {complaint}")
    assert "Traceback" not in printed


def test_without_the_plugin_it_says_how_to_turn_it_on(users: Command, tmp_path: Path) -> None:
    (tmp_path / "betterauth.toml").write_text(CONFIG.replace("[plugins.admin]\n", ""), encoding="utf-8")
    assert "[plugins.admin]" in users("list", code=1)


def test_a_process_reads_the_password_from_a_pipe_and_refuses_odd_times(tmp_path: Path) -> None:
    (tmp_path / "betterauth.toml").write_text(CONFIG, encoding="utf-8")
    refused = run(tmp_path, "users", "ban", "ada@example.com", "--for", "never")
    assert (refused.returncode, "'never' is no time; write for example 12h or 30d" in refused.stderr) == (2, True)
