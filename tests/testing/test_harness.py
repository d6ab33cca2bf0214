"""The helper for other people's tests: servers in memory, people, mails, clients."""

from __future__ import annotations

from betterauth_py.testing import AuthFactory, SyncAuthFactory

PASSWORD = "correct horse battery"


async def test_a_user_signs_in_as_on_any_server(auth_factory: AuthFactory) -> None:
    auth = await auth_factory()
    ada = await auth.users.create(name="Ada", password=PASSWORD)
    client = await auth.client()
    answer = await client.post("/api/auth/sign-in/email", json={"email": ada.email, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    assert (await client.get("/api/auth/get-session")).json()["user"]["name"] == "Ada"


async def test_somebody_is_signed_in_without_a_password(auth_factory: AuthFactory) -> None:
    auth = await auth_factory()
    ada = await auth.users.create(name="Ada")
    client = await auth.client(ada)
    assert (await client.get("/api/auth/get-session")).json()["user"]["id"] == ada.id
    signed_in = await auth.login(ada)
    assert (await auth.api.get_session(headers=signed_in.headers))["session"]["token"] == signed_in.token
    auth.clock.advance(days=8)
    assert (await client.get("/api/auth/get-session")).json() is None


async def test_a_mail_is_there_when_the_answer_is(auth_factory: AuthFactory) -> None:
    auth = await auth_factory()
    ada = await auth.users.create(email="ada@example.com", password=PASSWORD)
    client = await auth.client()
    await client.post("/api/auth/request-password-reset", json={"email": ada.email, "redirectTo": "/reset"})
    mail = auth.mails.last_to("ada@example.com")
    assert mail.kind == "reset-password"
    assert (await client.get(mail.link)).headers["location"].endswith(f"/reset?token={mail.token}")
    changed = await client.post("/api/auth/reset-password", json={"token": mail.token, "newPassword": "another one"})
    assert changed.json() == {"status": True}


def test_the_same_without_await(sync_auth_factory: SyncAuthFactory) -> None:
    auth = sync_auth_factory()
    ada = auth.users.create(name="Ada", password=PASSWORD)
    client = auth.client(ada)
    assert client.get("/api/auth/get-session").json()["user"]["name"] == "Ada"
    verified = auth.verifier().verify(auth.login(ada).headers)
    assert verified.user.id == ada.id
