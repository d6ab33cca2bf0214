"""Forged passkeys: nobody signs in, nothing is stored, and nothing of it costs much."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from betterauth_py import BetterAuth
from betterauth_py.conformance.passkeys import asserted, attested, cbor, credential_id_of
from betterauth_py.conformance.sealed import b64url
from betterauth_py.crypto.random import generate_id
from tests.conftest import MakeAuth
from tests.http.oauth_world import count
from tests.plugins.passkey.support import COOKIE, Browser

FAILED = "AUTHENTICATION_FAILED"


async def made(make_auth: MakeAuth, **options: Any) -> BetterAuth:
    return await make_auth(**{"plugins": {"passkey": {}}, "email_and_password": {"enabled": True}, **options})


@pytest.fixture(params=["sqlite", "postgres"])
def stored(request: pytest.FixtureRequest) -> dict[str, Any]:
    if request.param == "sqlite":
        return {}
    return {"database": {"url": request.getfixturevalue("postgres").database(f"passkey_{generate_id(8).lower()}")}}


def how(words: str) -> Callable[[str], str]:
    return lambda challenge: asserted(challenge, words)


def with_part(part: str, value: Any) -> Callable[[str], str]:
    """A right response of which one part is another."""

    def response(challenge: str) -> str:
        made = json.loads(asserted(challenge, "laptop counter=9"))
        (made if part in made else made["response"])[part] = value
        return json.dumps(made)

    return response


def respelt(challenge: str) -> str:
    """The signature of other client data that say the same."""
    made = json.loads(asserted(challenge, "laptop counter=9"))
    data = {"challenge": challenge, "origin": "http://localhost:3000", "type": "webauthn.get", "crossOrigin": False}
    made["response"]["clientDataJSON"] = b64url(json.dumps(data).encode())
    return json.dumps(made)


DEEP = b"\x81" * 2_000 + b"\x80"
MANY = b"\x9a\x00\x0f\xff\xff" + b"\x80" * 2_000
REGULAR_EXPRESSION = b"\xd8\x23" + cbor("(?i)[\\0-\U0010ffff]" * 20)

FORGED: dict[str, Callable[[str], str]] = {
    "another challenge": how("laptop counter=9 challenge=AAAA"),
    "no challenge": how("laptop counter=9 challenge="),
    "another origin": how("laptop counter=9 origin=https://evil.test"),
    "the origin with a slash": how("laptop counter=9 origin=http://localhost:3000/"),
    "the origin in capitals": how("laptop counter=9 origin=HTTP://LOCALHOST:3000"),
    "another RP ID": how("laptop counter=9 rp=evil.test"),
    "a parent of the RP ID": how("laptop counter=9 rp=host"),
    "a registration": how("laptop counter=9 type=webauthn.create"),
    "a payment": how("laptop counter=9 type=payment.get"),
    "nobody present": how("laptop counter=9 flags=04"),
    "the same counter": how("laptop counter=5"),
    "a counter that goes back": how("laptop counter=1"),
    "a counter that is none": how("laptop counter=0"),
    "a counter beyond the column": how("laptop counter=4294967295"),
    "another key": how("laptop counter=9 signed_by=eve"),
    "another algorithm": how("laptop counter=9 alg=EdDSA"),
    "an RSA signature": how("laptop counter=9 alg=RS256"),
    "another's passkey": how("eve counter=9 id=laptop"),
    "one's own key for another's passkey": how("laptop counter=9 id=bobs"),
    "an unknown passkey": how("nobody counter=9"),
    "no signature": how("laptop counter=9 signature="),
    "zeros as the signature": with_part("signature", b64url(bytes(64))),
    "zero as both numbers": with_part("signature", b64url(bytes.fromhex("3006020100020100"))),
    "other client data": respelt,
    "another user handle": with_part("userHandle", 7),
    "another rawId": with_part("rawId", credential_id_of("bobs")),
    "no id": with_part("id", None),
    "a NUL in the id": with_part("id", "\0"),
    "an id that is a list": with_part("id", [credential_id_of("laptop")]),
    "another type of credential": with_part("type", "password"),
    "no authenticator data": with_part("authenticatorData", ""),
    "bytes behind the data": how("laptop counter=9 trailing=00"),
    "deep extensions": how(f"laptop counter=9 extensions={DEEP.hex()}"),
    "many extensions": how(f"laptop counter=9 extensions={MANY.hex()}"),
    "a regular expression": how(f"laptop counter=9 extensions={REGULAR_EXPRESSION.hex()}"),
    "much client data": with_part("clientDataJSON", "A" * 20_000),
    "much authenticator data": with_part("authenticatorData", "A" * 20_000),
    "a long signature": with_part("signature", "A" * 20_000),
    "deep client data": with_part("clientDataJSON", b64url(b"[" * 5_000)),
    "client data that is a list": with_part("clientDataJSON", b64url(b"[]")),
    "client data that is no UTF-8": with_part("clientDataJSON", b64url(b"\xff\xfe")),
}


async def test_no_forged_assertion_signs_in(make_auth: MakeAuth, caplog: pytest.LogCaptureFixture) -> None:
    auth = await made(make_auth)
    ada, bob, eve = Browser(auth), Browser(auth), Browser(auth)
    await ada.sign_up("ada")
    await bob.sign_up("bob")
    assert (await ada.register("laptop counter=5")).status == 200
    assert (await bob.register("bobs counter=5")).status == 200
    rows = await auth.context.rows.find_many("passkey")
    for name, forge in FORGED.items():
        challenge = await eve.challenge()
        reply = await eve.send("authentication", forge(challenge))
        refused = (
            reply.status in {400, 401},
            reply.json().get("code") in {FAILED, "PASSKEY_NOT_FOUND"},
            reply.set_cookies,
        )
        assert refused == (True, True, []), (name, reply.body)
        assert challenge not in caplog.text
    assert await auth.context.rows.find_many("passkey") == rows
    assert await count(auth, "session", "verification") == [2, 0]
    # The right one still does.
    assert (await eve.sign_in("laptop counter=9")).status == 200


def attesting(words: str) -> Callable[[str], str]:
    return lambda challenge: attested(challenge, words)


def stating(fmt: str, **statement: Any) -> Callable[[str], str]:
    return attesting(f"a fmt={fmt} statement={cbor(statement).hex()}")


SLOW_KEY = cbor({1: 3, 3: -257, -1: b"\xff" * 384, -2: b"\xff" * 384})
LONG_KEY = cbor({1: 3, 3: -257, -1: b"\xff" * 4_000, -2: b"\1\0\1"})
KEY_OF_TWO = cbor({1: 2, 3: -7, -1: 1, -2: b"\1" * 32, -3: b"\1" * 32})
BAD: dict[str, Callable[[str], str]] = {
    "another challenge": attesting("a challenge=AAAA"),
    "another origin": attesting("a origin=https://evil.test"),
    "another RP ID": attesting("a rp=evil.test"),
    "a sign-in": attesting("a type=webauthn.get"),
    "nobody present": attesting("a flags=04"),
    "a format that there is not": attesting("a fmt=other"),
    "a self attestation by another": attesting("a fmt=packed signed_by=eve"),
    "a self attestation by another algorithm": stating("packed", alg=-257, sig=b"a"),
    "certificates that are none": stating("packed", alg=-7, sig=b"a", x5c=[b"a"]),
    "certificates of a TPM that are none": stating("tpm", alg=-7, sig=b"a", x5c=[]),
    "an algorithm that nobody has offered": attesting("a alg=ES512"),
    "an RSA key with PSS": attesting("a alg=PS256"),
    "a point that is on no curve": attesting(f"a key={KEY_OF_TWO.hex()}"),
    "a key that is a number": attesting("a key=04"),
    "a key that is empty": attesting("a key=a0"),
    "a key that is deep": attesting(f"a key={DEEP.hex()}"),
    "a key with a tag": attesting(f"a key=a101{REGULAR_EXPRESSION.hex()}"),
    "a very long key": attesting(f"a key={LONG_KEY.hex()}"),
    "an exponent that costs much": attesting(f"a key={SLOW_KEY.hex()}"),
    "a key that twice has a number": attesting("a key=a201020102"),
    # To the library, the number is one byte: it would look for the extensions seven bytes earlier.
    "a tag behind a long number": attesting(f"a key=a1011b0000000000000001 extensions={REGULAR_EXPRESSION.hex()}"),
    "the wrong EdDSA key of Firefox with a tag": attesting(
        f"a key=a301634f4b500327206745643235353139{(b'!' + REGULAR_EXPRESSION).hex()}"
    ),
    "deep extensions": attesting(f"a extensions={DEEP.hex()}"),
    "a statement that is deep": attesting(f"a fmt=packed statement={DEEP.hex()}"),
    "long transports": attesting(f"a transports={'usb,' * 100}"),
}  # fmt: skip


async def test_no_forged_attestation_is_registered(make_auth: MakeAuth) -> None:
    auth = await made(make_auth)
    ada = Browser(auth)
    await ada.sign_up("ada")
    for name, forge in BAD.items():
        reply = await ada.send("registration", forge(await ada.challenge("register")))
        assert (reply.status, reply.json()["code"]) == (400, "FAILED_TO_VERIFY_REGISTRATION"), (name, reply.body)
    assert await count(auth, "passkey", "verification") == [0, 0]


async def test_a_challenge_counts_once_and_in_its_browser(make_auth: MakeAuth, stored: dict[str, Any]) -> None:
    auth = await made(make_auth, **stored)
    ada, eve = Browser(auth), Browser(auth)
    await ada.sign_up("ada")
    await ada.register("laptop")
    response = asserted(await ada.challenge(), "laptop counter=1")
    await eve.challenge()
    assert (await eve.send("authentication", response)).json()["code"] == FAILED
    assert (await Browser(auth).send("authentication", response)).json()["code"] == "CHALLENGE_NOT_FOUND"
    # Every browser has the cookie: the challenge is taken once all the same.
    others = [Browser(auth) for _ in range(8)]
    for other in others:
        other.client.cookies[COOKIE] = ada.client.cookies[COOKIE]
    replies = await asyncio.gather(*(other.send("authentication", response) for other in others))
    assert sorted(reply.status for reply in replies) == [200] + [400] * 7
    assert {reply.json().get("code") for reply in replies} == {None, "CHALLENGE_NOT_FOUND"}
    assert await count(auth, "session") == [2]


async def test_of_two_copies_of_an_authenticator_one_signs_in(make_auth: MakeAuth, stored: dict[str, Any]) -> None:
    auth = await made(make_auth, **stored)
    ada = Browser(auth)
    await ada.sign_up("ada")
    await ada.register("laptop counter=1")
    copies = [Browser(auth) for _ in range(8)]
    responses = [asserted(await copy.challenge(), "laptop counter=2") for copy in copies]
    replies = await asyncio.gather(
        *(copy.send("authentication", response) for copy, response in zip(copies, responses, strict=True))
    )
    assert sorted(reply.status for reply in replies) == [200] + [400] * 7
    assert await count(auth, "session") == [2]


async def test_authenticators_that_do_not_count_sign_in_together(make_auth: MakeAuth) -> None:
    auth = await made(make_auth)
    ada = Browser(auth)
    await ada.sign_up("ada")
    await ada.register("phone alg=EdDSA flags=1d")
    browsers = [Browser(auth) for _ in range(3)]
    replies = await asyncio.gather(*(browser.sign_in("phone alg=EdDSA flags=1d") for browser in browsers))
    assert [reply.status for reply in replies] == [200] * 3


async def test_a_credential_id_is_registered_once(make_auth: MakeAuth, stored: dict[str, Any]) -> None:
    auth = await made(make_auth, **stored)
    browsers = [Browser(auth) for _ in range(4)]
    for number, browser in enumerate(browsers):
        await browser.sign_up(f"user{number}")
    replies = await asyncio.gather(
        *(browser.register(f"key{number} id=shared") for number, browser in enumerate(browsers))
    )
    assert sorted(reply.status for reply in replies) == [200] + [400] * 3
    assert {reply.json().get("code") for reply in replies} == {None, "PREVIOUSLY_REGISTERED"}
    assert await count(auth, "passkey") == [1]


async def test_nobody_takes_the_place_of_a_passkey(make_auth: MakeAuth) -> None:
    auth = await made(make_auth)
    ada, eve = Browser(auth), Browser(auth)
    ada_id = await ada.sign_up("ada")
    await eve.sign_up("eve")
    await ada.register("laptop")
    reply = await eve.register("hers id=laptop", createSession=True)
    assert (reply.status, reply.json()["code"], reply.set_cookies) == (400, "PREVIOUSLY_REGISTERED", [])
    assert (await Browser(auth).sign_in("hers counter=1 id=laptop")).json()["code"] == FAILED
    assert (await Browser(auth).sign_in("laptop counter=1")).json()["user"]["id"] == ada_id


async def test_a_challenge_of_one_user_registers_nothing_for_another(make_auth: MakeAuth) -> None:
    auth = await made(make_auth)
    ada, eve = Browser(auth), Browser(auth)
    await ada.sign_up("ada")
    await eve.sign_up("eve")
    response = attested(await eve.challenge("register"), "hers")
    # Eve gives her cookie to Ada's browser, to sign in as Ada with a key of her own.
    ada.client.cookies[COOKIE] = eve.client.cookies[COOKIE]
    reply = await ada.send("registration", response)
    assert (reply.status, reply.json()["code"]) == (401, "YOU_ARE_NOT_ALLOWED_TO_REGISTER_THIS_PASSKEY")
    assert await count(auth, "passkey") == [0]


async def test_user_verification_is_demanded_where_the_options_do(make_auth: MakeAuth) -> None:
    auth = await made(make_auth, plugins={"passkey": {"authenticator_selection": {"user_verification": "required"}}})
    ada = Browser(auth)
    await ada.sign_up("ada")
    assert (await ada.register("laptop flags=01")).json()["code"] == "FAILED_TO_VERIFY_REGISTRATION"
    assert (await ada.register("laptop flags=05")).status == 200
    reply = await ada.sign_in("laptop flags=01 counter=1")
    assert (reply.status, reply.json()["code"]) == (400, FAILED)
    assert (await ada.sign_in("laptop flags=05 counter=1")).status == 200


async def test_a_page_elsewhere_cannot_pass_on_what_it_was_told(make_auth: MakeAuth) -> None:
    """A page on a neighbouring host may use the RP ID, so that only the origin tells it from ours."""
    auth = await made(make_auth, plugins={"passkey": {"rp_id": "localhost"}})
    ada = Browser(auth)
    await ada.sign_up("ada")
    await ada.register("laptop")
    response = json.loads(asserted(await ada.challenge(), "laptop counter=1 origin=http://evil.localhost"))
    body = json.dumps({"response": response}).encode()
    headers = {"content-type": "application/json", "origin": "http://evil.localhost"}
    reply = await ada.client.send("POST", "/api/auth/passkey/verify-authentication", headers, body)
    assert (reply.status, reply.json()["code"]) == (403, "INVALID_ORIGIN")
    assert (await ada.send("authentication", json.dumps(response))).json()["code"] == FAILED
