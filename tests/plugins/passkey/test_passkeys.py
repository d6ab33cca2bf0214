"""What the scenarios of the passkey plugin do not show: options, hidden fields, functions, what a sign-in costs."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import event

from betterauth_py import BetterAuth, ConfigurationError
from betterauth_py.conformance.passkeys import asserted, attested, cbor, credential_id_of
from betterauth_py.core.caller import NoRequest
from betterauth_py.crypto.signing import sign_base64
from betterauth_py.flows.proven_sign_in import sign_in_by_proof
from betterauth_py.flows.single_use import store_single_use_value
from betterauth_py.plugins.passkey import authenticator_name, passkey
from betterauth_py.plugins.passkey.cbor import UnsafeCBORError, end_of_item
from tests.conftest import MakeAuth
from tests.http.oauth_world import count
from tests.plugins.passkey.support import ORIGIN, Browser


async def made(make_auth: MakeAuth, **options: Any) -> BetterAuth:
    return await make_auth(**{"plugins": {"passkey": {}}, "email_and_password": {"enabled": True}, **options})


async def test_hidden_fields_are_in_no_answer(make_auth: MakeAuth) -> None:
    hidden = {"type": "string", "required": False, "returned": False, "input": False, "default_value": "hidden"}
    auth = await made(
        make_auth,
        user={"additional_fields": {"note": hidden}},
        session={"additional_fields": {"note": hidden}},
        plugins={"passkey": {"schema": {"passkey": {"additional_fields": {"note": hidden}}}}},
    )
    ada = Browser(auth)
    await ada.sign_up("ada")
    registered = await ada.register("laptop", createSession=True)
    replies = [
        registered,
        await ada.sign_in("laptop counter=1"),
        await ada.client.get("/api/auth/passkey/list-user-passkeys"),
        await ada.client.post("/api/auth/passkey/update-passkey", {"id": registered.json()["id"], "name": "a"}),
    ]
    assert [(reply.status, b"hidden" in reply.body) for reply in replies] == [(200, False)] * 4
    (row,) = await auth.context.rows.find_many("passkey")
    assert row["note"] == "hidden"


async def test_the_first_proof_of_an_address_deletes_the_passkeys_from_before(make_auth: MakeAuth) -> None:
    """Eve has signed up with Ada's address, and registered a passkey."""
    auth = await made(make_auth)
    eve = Browser(auth)
    await eve.sign_up("ada")
    await eve.register("hers")

    async def nobody() -> Any:
        raise AssertionError

    await sign_in_by_proof(NoRequest(auth.context), "ada@example.com", nobody)
    assert await count(auth, "passkey") == [0]
    assert (await eve.sign_in("hers counter=1")).json()["code"] == "PASSKEY_NOT_FOUND"


async def test_the_first_proof_of_an_address_ends_registrations_from_before(make_auth: MakeAuth) -> None:
    """Eve has signed up with Ada's address; a registration that began before the proof needs no session to end."""
    auth = await made(make_auth, plugins={"passkey": {"registration": {"require_session": False}}})
    eve = Browser(auth)
    await eve.sign_up("ada")
    response = attested(await eve.challenge("register"), "hers")

    async def nobody() -> Any:
        raise AssertionError

    await sign_in_by_proof(NoRequest(auth.context), "ada@example.com", nobody)
    reply = await eve.send("registration", response)
    assert (reply.status, reply.json()["code"]) == (400, "CHALLENGE_NOT_FOUND")
    assert await count(auth, "passkey") == [0]


async def test_a_signed_value_of_another_kind_uses_nothing_up(make_auth: MakeAuth) -> None:
    """What another part of the server signs, such as a state, may name a value that is stored for somebody else."""
    auth = await made(make_auth)
    context = auth.context
    await store_single_use_value(context, "phone-number-otp-4912345", "123456:0", 300)
    name = context.make_cookie("better-auth-passkey", None).name
    signature = sign_base64(context.secrets.current, "phone-number-otp-4912345")
    browser = Browser(auth)
    browser.client.cookies[name] = quote(f"phone-number-otp-4912345.{signature}", safe="")
    reply = await browser.send("authentication", asserted("x", "laptop"))
    assert (reply.status, reply.json()["code"]) == (400, "CHALLENGE_NOT_FOUND")
    assert await context.verifications.find("phone-number-otp-4912345", context.now()) is not None


@pytest.mark.parametrize("name", ["a\0b", "\ud800", "a" * 10_000])
async def test_a_name_that_no_database_stores_is_no_error_of_ours(make_auth: MakeAuth, name: str) -> None:
    auth = await made(make_auth)
    ada = Browser(auth)
    await ada.sign_up("ada")
    named = await ada.register("laptop", name=name)
    row = (await ada.register("phone")).json()
    body = json.dumps({"id": row["id"], "name": name}).encode()
    renamed = await ada.client.send(
        "POST", "/api/auth/passkey/update-passkey", {"content-type": "application/json", "origin": ORIGIN}, body
    )
    assert {named.status, renamed.status} == ({400} if "\0" in name else {200})


@pytest.mark.parametrize("passkey_id", ["a\0b", "\ud800"])
async def test_an_id_that_no_database_stores_is_nobodys(make_auth: MakeAuth, passkey_id: str) -> None:
    ada = Browser(await made(make_auth))
    await ada.sign_up("ada")
    body = json.dumps({"id": passkey_id, "name": "x"}).encode()
    headers = {"content-type": "application/json", "origin": ORIGIN}
    for action in ("update", "delete"):
        reply = await ada.client.send("POST", f"/api/auth/passkey/{action}-passkey", headers, body)
        assert (reply.status, reply.json()["code"]) == (404, "PASSKEY_NOT_FOUND")


async def test_new_and_deleted_passkeys_are_logged(make_auth: MakeAuth, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "betterauth.security")
    auth = await made(make_auth)
    ada = Browser(auth)
    user_id = await ada.sign_up("ada")
    row = (await ada.register("laptop")).json()
    await ada.sign_in("laptop counter=1")
    await ada.sign_in("laptop counter=1")
    await ada.client.post("/api/auth/passkey/delete-passkey", {"id": row["id"]})
    said = [message.split()[0] for message in caplog.messages if f"user_id={user_id}" in message]
    assert said == ["sign_up", "passkey_added", "sign_in", "sign_in_failed", "passkey_removed"]


async def test_a_deleted_user_has_no_passkeys(make_auth: MakeAuth) -> None:
    auth = await made(make_auth, user={"delete_user": {"enabled": True}})
    ada = Browser(auth)
    await ada.sign_up("ada")
    await ada.register("laptop")
    assert (await ada.client.post("/api/auth/delete-user", {"password": "correct horse"})).status == 200
    assert await count(auth, "user", "passkey") == [0, 0]


async def test_the_rp_id_follows_the_host_of_the_request(make_auth: MakeAuth) -> None:
    auth = await made(make_auth, base_url={"allowed_hosts": ["*.example.com"], "protocol": "https"})
    client = Browser(auth).client
    client.host = "shop.example.com"
    reply = await client.get("/api/auth/passkey/generate-authenticate-options")
    assert reply.json()["rpId"] == "shop.example.com"
    assert (await auth.api.generate_passkey_authentication_options(headers={"host": "a.example.com"}))["rpId"] == (
        "a.example.com"
    )


async def test_the_calls_in_process_register_and_sign_in(make_auth: MakeAuth) -> None:
    auth = await made(make_auth)
    ada = Browser(auth)
    user_id = await ada.sign_up("ada")
    options = await auth.api.generate_passkey_registration_options(
        headers={"cookie": _cookies(ada)}, query={"name": "Ada"}
    )
    assert (options["user"]["name"], options["rp"]["id"]) == ("Ada", "localhost")
    response = attested(await ada.challenge("register"), "laptop")
    headers = {"cookie": _cookies(ada), "origin": ORIGIN}
    passkey_row = await auth.api.verify_passkey_registration(
        headers=headers, body={"response": json.loads(response), "name": "Laptop"}
    )
    assert (passkey_row["userId"], passkey_row["credentialID"]) == (user_id, credential_id_of("laptop"))
    listed = await auth.api.list_passkeys(headers=headers)
    assert [row["name"] for row in listed] == ["Laptop"]
    assert await auth.api.delete_passkey(headers=headers, body={"id": passkey_row["id"]}) == {"status": True}


def _cookies(browser: Browser) -> str:
    return "; ".join(f"{name}={value}" for name, value in browser.client.cookies.items())


async def test_what_a_sign_in_asks_of_the_database(make_auth: MakeAuth) -> None:
    auth = await made(make_auth)
    ada = Browser(auth)
    await ada.sign_up("ada")
    await ada.register("laptop")
    response = asserted(await ada.challenge(), "laptop counter=1")
    await asyncio.sleep(0.1)
    asked: list[str] = []
    event.listen(auth.context.database.engine, "before_cursor_execute", lambda *of: asked.append(str(of[2]).split()[0]))
    assert (await ada.send("authentication", response)).status == 200
    # The challenge, the passkey; the lock, the passkey's counter, the session; the user.
    assert [one for one in asked if one != "BEGIN"] == ["DELETE", "SELECT", "SELECT", "UPDATE", "INSERT", "SELECT"]


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"rp_id": "https://example.com"}, "`plugins.passkey.rp_id`: 'https://example.com' is not a domain"),
        ({"rp_id": "example.com:3000"}, "`plugins.passkey.rp_id`"),
        ({"rp_id": "Example.com"}, "Write it in lower case"),
        ({"origin": "https://example.com/"}, "`plugins.passkey.origin`: 'https://example.com/' is not an origin"),
        ({"origin": ["https://example.com", "http://a.test/b"]}, "'http://a.test/b' is not an origin"),
        ({"origin": []}, "`plugins.passkey.origin` is an empty list"),
        ({"advanced": {"web_authn_challenge_cookie": ""}}, "web_authn_challenge_cookie` is empty"),
        ({"authenticator_selection": {"resident_key": "always"}}, "resident_key"),
        ({"registration": {"require_sesion": True}}, "require_session"),
    ],
)
def test_wrong_options_stop_the_start(options: dict[str, Any], problem: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        passkey(options)
    assert problem in str(error.value)


async def test_a_registration_without_session_and_function_is_told(
    make_auth: MakeAuth, caplog: pytest.LogCaptureFixture
) -> None:
    await made(make_auth, plugins={"passkey": {"registration": {"require_session": False}}})
    assert "Only signed-in users can register passkeys" in caplog.text
    caplog.clear()
    registration = {"require_session": False, "resolve_user": lambda *_: {"id": "1", "name": "Ada"}}
    await made(make_auth, plugins={"passkey": {"registration": registration}})
    assert "Only signed-in users" not in caplog.text


def test_origins_of_apps_are_good() -> None:
    given = ["https://example.com", "android:apk-key-hash:Zm9v"]
    assert passkey(origin=given).options.origin == given


def test_without_the_extra_the_error_names_it(tmp_path: Any) -> None:
    (tmp_path / "betterauth.toml").write_text('plugins = ["passkey"]\n')
    code = "import sys; sys.modules['webauthn'] = None; from betterauth_py.cli import main; sys.exit(main(['migrate']))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode != 0
    assert "webauthn is not installed. Install it with: pip install 'betterauth-parity[passkey]'" in done.stderr
    assert "Traceback" not in done.stderr


def test_authenticators_have_names() -> None:
    assert authenticator_name(" EA9B8D66-4D01-1D21-3CE4-B6B48CB575D4 ") == "Google Password Manager"
    assert [authenticator_name(one) for one in (None, "", "00000000-0000-0000-0000-000000000000", "a")] == [None] * 4


GOOD = [0, -1, 23, 24, 255, 256, 65_536, b"", b"a" * 300, "é", [], [1, [2, {}]], {1: 2, "a": [b"c"]}, True, False]


@pytest.mark.parametrize("value", GOOD, ids=repr)
def test_the_end_of_an_item_is_where_it_ends(value: Any) -> None:
    assert end_of_item(b"--" + cbor(value) + b"more", 2) == 2 + len(cbor(value))


@pytest.mark.parametrize(
    "data",
    [
        "", "18", "1801", "190001", "1b", "1f", "5f41004100ff", "42aa", "62aa", "81", "a1", "a101", "9fff", "bfff",
        "c0", "c24100", "d82301", "e0", "f0", "f800", "f93c00", "fa00000000", "fb0000000000000000", "ff",
        "9bffffffffffffffff", "5bffffffffffffffff", "81" * 9 + "80", "9901ff" + "00" * 511,
    ],
)  # fmt: skip
def test_what_no_authenticator_sends_is_not_parsed(data: str) -> None:
    with pytest.raises(UnsafeCBORError):
        end_of_item(bytes.fromhex(data))
