"""`betterauth conformance URL`: the reference and this server pass, and a broken server fails loudly."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from betterauth_py._version import REFERENCE_VERSION
from betterauth_py.cli import main
from betterauth_py.conformance.http_wire import Reply
from betterauth_py.conformance.recorder.embedded_postgres import EmbeddedPostgres
from tests.cli.command import BETTERAUTH, free_port, surroundings
from tests.conformance.servers import Breakage, better_auth, in_front_of, ours, with_headers

QUICK = ("--only", "sign-in", "--only", "sign-out")


def conformance(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`betterauth conformance`, with time for real password hashes."""
    return subprocess.run(
        [*BETTERAUTH, "conformance", *arguments],
        cwd=folder,
        env=surroundings(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_this_server_passes_its_default_profile(tmp_path: Path) -> None:
    with ours(tmp_path) as url:
        done = conformance(tmp_path, url)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "no difference" in done.stdout
    assert "POST /sign-in/email" in done.stdout
    assert "needs the rows (give --database)" in done.stdout


def test_rows_and_mails_are_compared_where_they_can_be_seen(tmp_path: Path) -> None:
    with ours(tmp_path, "password-reset") as url:
        blind = conformance(tmp_path, url, "--profile", "password-reset", "--json")
        behind = ("--mails", "mails.jsonl", "--database", f"sqlite:///{tmp_path / 'auth.db'}")
        seeing = conformance(tmp_path, url, "--profile", "password-reset", "--json", *behind)
    assert (blind.returncode, seeing.returncode) == (0, 0), blind.stdout + seeing.stdout + seeing.stderr
    told, all_told = json.loads(blind.stdout), json.loads(seeing.stdout)
    assert told["steps"]["skipped"] > 20
    assert {skipped["why"] for skipped in told["skipped"]} >= {"needs a mail (give --mails)"}
    assert told["not_looked_at"].keys() == {"rows", "mails"}
    assert all_told["steps"]["skipped"] == 0
    assert all_told["not_looked_at"] == {}


@pytest.mark.skipif(shutil.which("node") is None, reason="NOT PLAYED AGAINST better-auth: there is no Node here")
def test_better_auth_on_node_passes_strictly(postgres: EmbeddedPostgres, tmp_path: Path) -> None:
    database = postgres.database("conformance")
    with better_auth(tmp_path, database, "password-reset") as url:
        behind = ("--mails", "mails.jsonl", "--database", database)
        mailed = conformance(tmp_path, url, "--strict", "--profile", "password-reset", "--json", *behind)
    with better_auth(tmp_path, database) as url:
        plain = conformance(tmp_path, url, "--strict", "--json", *QUICK)
    for done in (mailed, plain):
        assert done.returncode == 0, done.stdout + done.stderr
        told = json.loads(done.stdout)
        assert (told["conforms"], told["differences"], told["steps"]["failed"]) == (True, [], 0)
        assert told["steps"]["passed"] > 20


@pytest.mark.parametrize("profile", ["jwt", "jwt-claims"])
def test_a_profile_with_a_plugin_is_played_against_either_server(
    profile: str, postgres: EmbeddedPostgres, tmp_path: Path
) -> None:
    with ours(tmp_path, profile) as url:
        behind = ("--database", f"sqlite:///{tmp_path / 'auth.db'}")
        answers = [conformance(tmp_path, url, "--profile", profile, "--json", *behind)]
    if shutil.which("node") is not None:
        database = postgres.database("conformance_of_plugins")
        with better_auth(tmp_path, database, profile) as url:
            arguments = ("--strict", "--profile", profile, "--json", "--database", database)
            answers.append(conformance(tmp_path, url, *arguments))
    for done in answers:
        assert done.returncode == 0, done.stdout + done.stderr
        told = json.loads(done.stdout)
        assert (told["conforms"], told["differences"], told["steps"]["skipped"]) == (True, [], 0)


def http_only_forgotten(reply: Reply) -> Reply:
    return with_headers(reply, lambda _, value: value.replace("; HttpOnly", ""))


def signed_with_another_secret(reply: Reply) -> Reply:
    return with_headers(reply, lambda name, value: value.replace("%3D;", "%3D%3D;") if name == "set-cookie" else value)


def wrong_status(reply: Reply) -> Reply:
    return replace(reply, status=400) if reply.status == 401 else reply


def another_message(reply: Reply) -> Reply:
    return replace(reply, body=reply.body.replace(b"Invalid email or password", b"Unknown user"))


def a_blank_too_many(reply: Reply) -> Reply:
    return replace(reply, body=reply.body.replace(b'{"success":true}', b'{"success": true}'))


def an_instant_without_milliseconds(reply: Reply) -> Reply:
    return replace(reply, body=reply.body.replace(b'Z"', b'000Z"'))


def another_origin(reply: Reply) -> Reply:
    return with_headers(reply, lambda name, value: f"http://localhost:3000{value}" if name == "location" else value)


def one_header_more(reply: Reply) -> Reply:
    return replace(reply, headers=(*reply.headers, ("x-powered-by", "breakage")))


def everybody_is_the_same_user(reply: Reply) -> Reply:
    body = reply.body
    start = body.find(b'"id":"')
    return replace(reply, body=body[: start + 6] + b"A" * 32 + body[start + 38 :]) if start >= 0 else reply


BREAKAGES: list[Breakage] = [
    http_only_forgotten,
    signed_with_another_secret,
    wrong_status,
    another_message,
    a_blank_too_many,
    an_instant_without_milliseconds,
    another_origin,
    one_header_more,
    everybody_is_the_same_user,
]


@dataclass(frozen=True)
class Fronted:
    """A server of ours that believes to be at a port where something may stand in front of it."""

    behind: str
    port: int

    def judged(self, breakage: Breakage, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
        with in_front_of(self.behind, self.port, breakage) as url:
            code = main(["conformance", url, "--json", *QUICK])
        return code, json.loads(capsys.readouterr().out)


@pytest.fixture(scope="module")
def fronted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fronted]:
    port = free_port()
    with ours(tmp_path_factory.mktemp("fronted"), called=f"http://127.0.0.1:{port}") as url:
        yield Fronted(url, port)


def test_the_front_alone_breaks_nothing(fronted: Fronted, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = fronted.judged(lambda reply: reply, capsys)
    assert (code, told["differences"]) == (0, [])


@pytest.mark.parametrize("breakage", BREAKAGES)
def test_a_broken_server_fails(fronted: Fronted, breakage: Breakage, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = fronted.judged(breakage, capsys)
    assert code == 1
    assert not told["conforms"]
    assert {"scenario", "step", "title", "request", "place", "expected", "got"} == told["differences"][0].keys()


def keeps_the_marker_as_1_7_7_did(reply: Reply) -> Reply:
    """Signing in to be remembered ends an earlier dont_remember only since then."""
    cookies = reply.all("set-cookie")
    signs_in = any(".session_token=" in line and ".session_token=;" not in line for line in cookies)
    headers = (
        (name, value)
        for name, value in reply.headers
        if not (signs_in and name == "set-cookie" and ".dont_remember=;" in value)
    )
    return replace(reply, headers=tuple(headers))


def test_the_version_that_a_server_is_like_is_told(fronted: Fronted, capsys: pytest.CaptureFixture[str]) -> None:
    _, present = fronted.judged(lambda reply: reply, capsys)
    assert present["answers_like"] == {REFERENCE_VERSION: 1, "1.7.7": 0}
    code, earlier = fronted.judged(keeps_the_marker_as_1_7_7_did, capsys)
    assert (code, earlier["answers_like"]) == (1, {REFERENCE_VERSION: 0, "1.7.7": 1})
    with in_front_of(fronted.behind, fronted.port, keeps_the_marker_as_1_7_7_did) as url:
        assert main(["conformance", url, *QUICK]) == 1
        told = capsys.readouterr().out
        assert "Version: like better-auth 1.7.7. Of 1 answers that tell versions apart" in told
        assert "--reference 1.7.7" in told
        assert main(["conformance", url, *QUICK, "--reference", "1.7.7"]) == 0
        assert "against better-auth 1.7.7" in capsys.readouterr().out
        assert main(["conformance", url, "--only", "sign-out"]) == 0
        assert "tells" in capsys.readouterr().out


def test_the_list_says_what_cannot_be_proven_at_a_url_and_why(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["conformance", "--list-profiles"]) == 0
    provable, *others = capsys.readouterr().out.split("\nNot ")
    assert "default  " in provable
    assert [part.partition(":")[0] for part in others] == [
        "at any URL, because they look into the secondary storage (Redis)",
        "at an https URL",
        "with a betterauth.toml (--print js has them)",
    ]
    assert "secondary-sessions" in others[0]
    assert "takes its base URL from the request" in others[1]
    assert "function as a default value" in others[2]


def test_a_server_that_calls_itself_otherwise_fails(fronted: Fronted, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["conformance", fronted.behind, "--json", *QUICK]) == 1
    assert "INVALID_ORIGIN" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Which server?"),
        (["https://localhost:1", "--profile", "base-url-unset"], "takes its base URL from the request"),
        (["https://localhost:1"], "Nothing answers at https://localhost:1"),
        (["https://localhost:1", "--ca-file", "/dev/null"], "holds no certificate"),
        (["http://localhost:1", "--reference", "1.0.0"], "no recordings of better-auth 1.0.0"),
        (["http://localhost:1/auth"], "path /auth"),
        (["http://localhost:99999"], "not the URL of a server"),
        (["ftp://localhost"], "not the URL of a server"),
        (["http://127.0.0.1:1"], "Nothing answers at http://127.0.0.1:1"),
        (["http://127.0.0.1:1", "--profile", "cache"], "Near it: "),
    ],
)
def test_what_cannot_be_played_is_said_in_one_line(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["conformance", *arguments]) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert said in line


def test_a_server_with_another_secret_is_told_so(fronted: Fronted, capsys: pytest.CaptureFixture[str]) -> None:
    with in_front_of(fronted.behind, fronted.port, lambda reply: reply) as url:
        assert main(["conformance", url, "--secret", "another secret of 32 characters!", *QUICK]) == 1
        assert "Its cookies are signed with another secret" in capsys.readouterr().out
    with in_front_of(fronted.behind, fronted.port, wrong_status) as url:
        assert main(["conformance", url, *QUICK]) == 1
        assert "another secret" not in capsys.readouterr().out


def test_without_the_secret_signatures_are_not_judged(fronted: Fronted, capsys: pytest.CaptureFixture[str]) -> None:
    with in_front_of(fronted.behind, fronted.port, lambda reply: reply) as url:
        assert main(["conformance", url, "--json", "--no-secret", *QUICK]) == 0
        unknown = json.loads(capsys.readouterr().out)
        assert main(["conformance", url, "--json", "--secret", "another secret of 32 characters!", *QUICK]) == 1
    assert {skipped["why"] for skipped in unknown["skipped"]} >= {"needs the secret (give --secret)"}
