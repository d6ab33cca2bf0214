"""What the scenarios of the i18n plugin do not show: texts of ours, options, costs."""

from __future__ import annotations

import tomllib
from time import perf_counter
from typing import Any

import pytest

from betterauth_py import APIError, BetterAuth, ConfigurationError
from betterauth_py.plugins import Hook, Plugin
from betterauth_py.plugins.i18n import LOCALES, i18n, locales
from betterauth_py.plugins.i18n.detection import languages_of
from betterauth_py.plugins.username import username
from tests.conftest import MakeAuth
from tests.http.client import Client, Reply
from tests.http.people import ALICE, sign_up

SIGN_IN = "/api/auth/sign-in/email"
WRONG = {"email": ALICE["email"], "password": "wrong"}


async def sign_in_wrongly(auth: BetterAuth, language: str) -> Reply:
    return await Client(auth.app).post(SIGN_IN, WRONG, {"accept-language": language})


async def message_in(auth: BetterAuth, language: str) -> Any:
    return (await sign_in_wrongly(auth, language)).json()["message"]


async def test_without_options_every_locale_of_ours_is_there(make_auth: MakeAuth) -> None:
    auth = await make_auth(plugins=["i18n"])
    refused = await sign_in_wrongly(auth, "de-AT,en;q=0.5")
    assert (refused.status, refused.json()) == (
        401,
        {
            "code": "INVALID_EMAIL_OR_PASSWORD",
            "message": "E-Mail-Adresse oder Passwort ist falsch",
            "originalMessage": "Invalid email or password",
        },
    )
    assert len({await message_in(auth, language) for language in LOCALES}) == len(LOCALES) == 22
    assert await message_in(auth, "xx") == "Invalid email or password"


async def test_a_configuration_file_names_locales_and_overrides_single_texts(make_auth: MakeAuth) -> None:
    config = """
    [plugins.i18n]
    locales = ["de", "fr"]
    default_locale = "fr"
    [plugins.i18n.translations.de]
    INVALID_EMAIL_OR_PASSWORD = "Das war nichts"
    [plugins.i18n.translations.la]
    INVALID_EMAIL_OR_PASSWORD = "Tessera falsa"
    """
    auth = await make_auth(**tomllib.loads(config))
    found = {language: await message_in(auth, language) for language in ("de", "fr", "la", "es")}
    french = "Adresse e-mail ou mot de passe incorrect"
    assert found == {"de": "Das war nichts", "fr": french, "la": "Tessera falsa", "es": french}
    short = await Client(auth.app).post(
        "/api/auth/sign-up/email", {**ALICE, "password": "x"}, {"accept-language": "de"}
    )
    assert short.json()["message"] == "Das Passwort ist zu kurz"


async def test_translations_alone_are_all_there_is_as_in_better_auth(make_auth: MakeAuth) -> None:
    auth = await make_auth(plugins={"i18n": {"translations": {"de": {"INVALID_EMAIL_OR_PASSWORD": "Falsch"}}}})
    assert [await message_in(auth, language) for language in ("de", "fr")] == ["Falsch", "Invalid email or password"]


def test_only_the_named_locales_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def reading(name: Any) -> Any:
        read.append(name)
        return locales.read_texts(name)

    monkeypatch.setattr("betterauth_py.plugins.i18n.read_texts", reading)
    i18n(locales=["de", "fr"], translations={"es": {}})
    assert read == ["de", "fr"]
    i18n(locales="all", translations={"es": {}})
    assert read[2:] == [*LOCALES]


async def test_calls_of_code_in_this_process_and_errors_of_plugins_are_translated(make_auth: MakeAuth) -> None:
    auth = await make_auth(plugins=[i18n(), username()])
    with pytest.raises(APIError) as refused:
        await auth.api.sign_in_username(
            body={"username": "nobody", "password": "wrong password"}, headers={"accept-language": "es"}
        )
    assert (refused.value.status, refused.value.code) == (401, "INVALID_USERNAME_OR_PASSWORD")
    assert str(refused.value) == "Nombre de usuario o contraseña incorrectos"


async def test_an_error_keeps_its_headers(make_auth: MakeAuth) -> None:
    async def refuse(_: Any) -> None:
        raise APIError(429, {"code": "TOO_MANY_ATTEMPTS", "message": "Too many attempts"}, {"retry-after": "7"})

    refusing = Plugin(id="refusing", after=[Hook(handler=refuse, paths=["/ok"])])
    auth = await make_auth(plugins=[refusing, i18n(locales=["de"])])
    reply = await Client(auth.app).get("/api/auth/ok", {"accept-language": "de"})
    assert (reply.header("retry-after"), reply.json()["message"]) == ("7", "Zu viele Versuche")


async def test_hooks_for_errors_run_for_errors_only_and_cost_other_calls_nothing(make_auth: MakeAuth) -> None:
    seen: list[str] = []

    def hook(name: str, *, refuses: bool = False, **options: Any) -> Hook:
        async def run(ctx: Any) -> None:
            seen.append(name)
            if refuses:
                raise APIError(403, {"code": "MINE", "message": "Mine"})

        return Hook(handler=run, **options)

    first, second = hook("first", errors_only=True), hook("second", errors_only=True)
    noting = Plugin(id="noting", after=[first, hook("refusing", refuses=True, paths=["/ok"]), second])
    client = Client((await make_auth(plugins=[noting])).app)
    assert (await client.get("/api/auth/get-session")).status == 200
    await sign_up(client)
    assert (await client.get("/api/auth/get-session")).status == 200
    assert seen == []
    assert (await client.get("/api/auth/ok")).status == 403
    assert seen == ["refusing", "second"]
    assert (await client.post(SIGN_IN, WRONG)).status == 401
    assert seen[2:] == ["first", "second"]


async def test_no_hook_runs_where_a_session_is_read(make_auth: MakeAuth, monkeypatch: pytest.MonkeyPatch) -> None:
    async def no_hooks(*_: Any) -> None:
        raise AssertionError

    auth = await make_auth(plugins=["i18n"])
    client = Client(auth.app)
    await sign_up(client)
    monkeypatch.setattr("betterauth_py.http.pipeline.run_after_hooks", no_hooks)
    assert (await client.get("/api/auth/get-session")).json()["user"]["name"] == "Alice"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"locales": ["xx"]}, "Option `plugins.i18n.locales[0]` must be 'ar' or"),
        ({"locales": []}, "Option `plugins.i18n.locales` names no locale"),
        ({"detection": ["ip"]}, "Option `plugins.i18n.detection[0]` must be 'header' or"),
        ({"locale_cookie": "a b"}, "Option `plugins.i18n.locale_cookie` is no name of a cookie"),
        ({"translations": {"de": {"MINE": 7}}}, "Option `plugins.i18n.translations.de.MINE` must be a string"),
        ({"translations": {"de": "Falsch"}}, "Option `plugins.i18n.translations.de` must be a table"),
    ],
)
def test_wrong_options_stop_the_start(options: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        i18n(**options)
    assert str(error.value).startswith(told)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"default_locale": "xx"}, "`plugins.i18n.default_locale` is 'xx', which has no texts."),
        ({"detection": ["callback"]}, "`plugins.i18n.detection` has effect with `callback` only"),
        ({"get_locale": lambda _: None}, "`plugins.i18n.detection` has effect with `callback` only"),
    ],
)
def test_options_without_effect_are_told(options: dict[str, Any], told: str, caplog: pytest.LogCaptureFixture) -> None:
    i18n(**options)
    assert [message.startswith(told) for message in caplog.messages] == [True]


def test_a_long_header_is_read_in_part() -> None:
    began = perf_counter()
    assert len(languages_of("a," * 16_000)) == 2_048
    assert perf_counter() - began < 0.1
