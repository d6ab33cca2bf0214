"""A stranger's test files: they run by the one line of their conftest, and what fails says what to do."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.testing.strangers import run


def test_tests_of_a_stranger_pass(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
        import pytest

        @pytest.fixture
        async def auth(auth_factory):
            return await auth_factory(app_name="Acme")

        async def test_sign_up(auth):
            client = await auth.client()
            body = {"name": "Ada", "email": "ada@example.com", "password": "correct horse battery"}
            assert (await client.post("/api/auth/sign-up/email", json=body)).status_code == 200
            assert (await client.get("/api/auth/get-session")).json()["user"]["name"] == "Ada"

        @pytest.mark.parametrize("number", [1, 2])
        async def test_each_test_has_a_server_of_its_own(auth, number):
            await auth.users.create(email="ada@example.com")

        async def test_two_servers(auth, auth_factory):
            other = await auth_factory(base_url="http://localhost:4000")
            ada = await other.users.create()
            with pytest.raises(AssertionError):
                await auth.login(ada)

        def test_without_await(sync_auth_factory):
            auth = sync_auth_factory()
            ada = auth.users.create(name="Ada")
            assert auth.client(ada).get("/api/auth/get-session").json()["user"]["name"] == "Ada"
        """,
    )
    result.assert_outcomes(passed=5)


def test_servers_are_shut_down_whatever_runs_the_loop(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
        import asyncio

        import pytest

        def test_a_loop_of_its_own(auth_factory):
            async def play():
                auth = await auth_factory()
                return await auth.api.get_session(headers=(await auth.login(await auth.users.create())).headers)
            assert asyncio.run(play())["user"]

        async def test_closed_by_the_test(auth_factory):
            async with await auth_factory() as auth:
                await auth.users.create()

        @pytest.mark.asyncio(loop_scope="module")
        async def test_a_loop_of_the_module(auth_factory):
            await (await auth_factory()).users.create()
        """,
    )
    result.assert_outcomes(passed=3)


def test_anyio_runs_them_as_well(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
        import pytest

        @pytest.fixture
        def anyio_backend():
            return "asyncio"

        @pytest.fixture
        async def auth(auth_factory):
            return await auth_factory()

        @pytest.mark.anyio
        async def test_fixture(auth):
            assert (await auth.client(await auth.users.create())).cookies

        @pytest.mark.anyio
        async def test_factory(auth_factory):
            auth = await auth_factory()
            await auth.users.create()
        """,
        runner="anyio.pytest_plugin",
    )
    result.assert_outcomes(passed=2)


def test_a_missing_mail_says_which_there_are(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
        async def test_mail(auth_factory):
            auth = await auth_factory()
            ada = await auth.users.create(email="ada@example.com", password="correct horse battery")
            await auth.api.request_password_reset(body={"email": "ada@example.com"})
            auth.mails.last_to("bob@example.com")

        async def test_code(auth_factory):
            (await auth_factory()).codes.last_to("ada@example.com")

        async def test_field(auth_factory):
            (await auth_factory()).users.build(nmae="Ada")

        async def test_option(auth_factory):
            await auth_factory(trusted_origin=["https://example.com"])

        async def test_token(auth_factory):
            auth = await auth_factory()
            await auth.authorization(await auth.users.create())
        """,
    )
    result.assert_outcomes(failed=5)
    result.stdout.fnmatch_lines(
        [
            "E *There is no mail to bob@example.com. Mails so far:*",
            "E *reset-password to ada@example.com",
            "E *There is no code for ada@example.com. There are codes for: nobody",
            "E *A user has no field nmae. Fields: id, name, email, *",
            "E *Unknown option `trusted_origin`. Did you mean `trusted_origins`?",
            'E *There are no tokens without the jwt plugin. Add the option plugins={"jwt": {}}.',
        ]
    )


def test_a_service_that_only_verifies_needs_nothing_of_the_server(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        without_server="""
        import sys
        for name in ("litestar", "sqlalchemy", "msgspec", "argon2", "alembic"):
            sys.modules[name] = None
        """
    )
    result = run(
        pytester,
        """
        from betterauth_py.verify import Remote, SessionVerifier

        verifier = SessionVerifier(Remote("http://127.0.0.1:9"))

        async def test_me(verified_as):
            verified_as(verifier, name="Ada")
            assert (await verifier.verify({})).user.name == "Ada"

        def test_server(sync_auth_factory):
            pass
        """,
        *("-p", "without_server"),
    )
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["E *is not installed. Install it with: pip install 'betterauth-parity[[]server]'"])


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({}, "is for tests, and this is not pytest. In a script or another test runner, set BETTER_AUTH_ENV=test."),
        ({"BETTER_AUTH_ENV": "production", "PYTEST_VERSION": "9"}, "the environment is production"),
        ({"NODE_ENV": "production", "PYTEST_VERSION": "9"}, "the environment is production"),
        ({"BETTER_AUTH_ENV": "test"}, ""),
        ({"PYTEST_VERSION": "9"}, ""),
    ],
)
@pytest.mark.parametrize("module", ["betterauth_py.testing", "betterauth_py.testing.harness"])
def test_nothing_of_it_is_imported_in_production(environment: dict[str, str], said: str, module: str) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("BETTER_AUTH", "NODE", "PYTEST"))}
    done = subprocess.run(
        [sys.executable, "-c", f"import {module}"],
        env={**kept, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == (1 if said else 0), done.stderr
    assert said in done.stderr
