"""What the scenarios of the have-i-been-pwned plugin do not show: options of ours, secrecy, unreadable answers."""

from __future__ import annotations

from hashlib import sha1
from pathlib import Path
from typing import Any

import httpx
import pytest

from betterauth_py import BetterAuth, ConfigurationError
from betterauth_py.plugins import APIError
from betterauth_py.plugins.have_i_been_pwned import have_i_been_pwned
from tests.conftest import MakeAuth
from tests.http.client import Client, Reply
from tests.http.people import ALICE, PASSWORD

DIGEST = sha1(PASSWORD.encode(), usedforsecurity=False).hexdigest().upper()
KNOWN = f"{DIGEST[5:]}:12\r\n"
UNKNOWN = f"{'0' * 35}:12\r\n"


class Service:
    """What the service answers, and what it was asked."""

    def __init__(self, answer: httpx.Response | Exception) -> None:
        self.answer = answer
        self.requests: list[httpx.Request] = []

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


async def sign_up_with(make_auth: MakeAuth, service: Service, **options: Any) -> Reply:
    auth = await make_auth(plugins=[have_i_been_pwned(**options)], http_client=service.client())
    return await sign_up(Client(auth.app))


async def sign_up(client: Client, **changes: str) -> Reply:
    return await client.post("/api/auth/sign-up/email", {**ALICE, **changes})


UNREADABLE = [
    httpx.Response(200, text=""),
    httpx.Response(200, text="\r\n"),
    httpx.Response(200, text="<html>sign in to the network</html>"),
    httpx.Response(200, text=UNKNOWN + DIGEST[5:]),
    httpx.Response(200, text=UNKNOWN + "\r\n" + UNKNOWN),
    httpx.Response(200, text=f"{DIGEST[5:]}:-1"),
    httpx.Response(200, text=f"{DIGEST[5:]}:\uff11"),
    httpx.Response(200, content=KNOWN.encode(), headers={"content-type": "image/png"}),
    httpx.Response(200, json=[KNOWN]),
    httpx.Response(204),
    httpx.Response(302, headers={"location": "http://169.254.169.254/"}),
    httpx.Response(503),
    httpx.ConnectTimeout("no answer"),
]


@pytest.mark.parametrize("answer", UNREADABLE, ids=range(len(UNREADABLE)))
async def test_what_cannot_be_read_is_refused_with_an_answer(
    make_auth: MakeAuth, answer: httpx.Response | Exception
) -> None:
    service = Service(answer)
    refused = await sign_up_with(make_auth, service)
    assert refused.status == 500
    assert refused.json()["message"].startswith("Failed to check password. ")
    assert len(service.requests) == 1


@pytest.mark.parametrize("answer", [UNREADABLE[2], UNREADABLE[-1]], ids=["unreadable", "unreachable"])
async def test_an_option_accepts_what_cannot_be_checked_with_a_warning(
    make_auth: MakeAuth, answer: httpx.Response | Exception, caplog: pytest.LogCaptureFixture
) -> None:
    assert (await sign_up_with(make_auth, Service(answer), when_unavailable="accept")).status == 200
    assert "A new password was accepted unchecked" in caplog.text


async def test_accepting_failures_accepts_no_known_password(make_auth: MakeAuth) -> None:
    refused = await sign_up_with(make_auth, Service(httpx.Response(200, text=KNOWN)), when_unavailable="accept")
    assert (refused.status, refused.json()["code"]) == (400, "PASSWORD_COMPROMISED")


async def test_five_digits_of_the_hash_leave_the_server_and_none_is_logged(
    make_auth: MakeAuth, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    service = Service(httpx.Response(503))
    await sign_up_with(make_auth, service)
    (request,) = service.requests
    assert str(request.url) == f"https://api.pwnedpasswords.com/range/{DIGEST[:5]}"
    assert (request.headers["add-padding"], request.headers["user-agent"]) == ("true", "BetterAuth Password Checker")
    assert request.content == b""
    assert DIGEST[5:] not in caplog.text.upper()
    assert PASSWORD not in caplog.text


async def test_a_folder_of_ranges_needs_no_network(make_auth: MakeAuth, tmp_path: Path) -> None:
    service = Service(httpx.ConnectError("nobody is asked"))
    missing = await sign_up_with(make_auth, service, ranges=str(tmp_path))
    (tmp_path / f"{DIGEST[:5]}.txt").write_text(f"\ufeff{KNOWN}{UNKNOWN}")
    known = await sign_up_with(make_auth, service, ranges=str(tmp_path))
    (tmp_path / f"{DIGEST[:5]}.txt").write_text(UNKNOWN)
    unknown = await sign_up_with(make_auth, service, ranges=str(tmp_path))
    assert (missing.status, known.status, unknown.status) == (500, 400, 200)
    assert service.requests == []


async def test_a_known_password_in_full_width_letters_is_known(make_auth: MakeAuth, tmp_path: Path) -> None:
    disguised = chr(ord(PASSWORD[0]) + 0xFEE0) + PASSWORD[1:]
    of_disguised = sha1(disguised.encode(), usedforsecurity=False).hexdigest().upper()
    (tmp_path / f"{of_disguised[:5]}.txt").write_text(UNKNOWN)
    (tmp_path / f"{DIGEST[:5]}.txt").write_text(KNOWN)
    auth = await make_auth(plugins=[have_i_been_pwned(ranges=str(tmp_path))])
    refused = await sign_up(Client(auth.app), password=disguised)
    assert (refused.status, refused.json()["code"]) == (400, "PASSWORD_COMPROMISED")


async def test_a_discreet_sign_up_checks_taken_and_free_addresses_alike(make_auth: MakeAuth) -> None:
    service = Service(httpx.Response(200, text=UNKNOWN))
    auth = await make_auth(
        plugins=[have_i_been_pwned()],
        http_client=service.client(),
        email_and_password={"enabled": True, "auto_sign_in": False},
    )
    client = Client(auth.app)
    await sign_up(client)
    service.answer = httpx.Response(200, text=KNOWN)
    taken, free = await sign_up(client), await sign_up(client, email="free@example.com")
    assert (taken.status, taken.body) == (free.status, free.body)
    assert taken.json()["code"] == "PASSWORD_COMPROMISED"
    assert len(service.requests) == 3


async def test_code_in_this_process_is_checked_too_but_no_other_hash(make_auth: MakeAuth) -> None:
    service = Service(httpx.Response(200, text=KNOWN))
    auth = await make_auth(plugins=[have_i_been_pwned()], http_client=service.client())
    with pytest.raises(APIError, match="compromised"):
        await auth.api.sign_up_email(body={"name": "A", "email": "a@example.com", "password": PASSWORD})
    assert len(service.requests) == 1
    await auth.context.passwords.hash(PASSWORD)
    assert len(service.requests) == 1


async def test_turned_off_it_adds_no_check(make_auth: MakeAuth) -> None:
    auth = await make_auth(plugins=[have_i_been_pwned(enabled=False)])
    assert auth.context.passwords.checks == []


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"ranges": "/no/such/folder"}, r"`plugins.have-i-been-pwned.ranges` names no folder"),
        ({"when_unavailable": "open"}, r"`plugins.have-i-been-pwned.when_unavailable` must be 'refuse' or 'accept'"),
        ({"path": []}, r"Did you mean `paths`"),
    ],
)
def test_wrong_options_stop_the_start(options: dict[str, Any], problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem):
        BetterAuth(secret="x" * 40, base_url="http://localhost:3000", plugins={"have-i-been-pwned": options})
