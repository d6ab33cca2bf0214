"""What the scenarios of the oauth-proxy plugin do not show: two servers, where they are, and wrong options."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from betterauth_py import BetterAuth, ConfigurationError
from tests.conftest import MakeAuth
from tests.http.client import Client
from tests.http.oauth_world import GitHub, count, with_github
from tests.plugins.oauth_proxy.support import PREVIEW, SHARED, Pair, make_pair, opened, query_of

OTHER = "http://other.test:3000"


async def callback_of(auth: BetterAuth, host: str = "localhost:3000", **headers: str) -> str:
    """Return where a sign-in that begins here leads to after production; empty without the proxy."""
    client = Client(auth.app, host=host)
    given = {"content-type": "application/json", "origin": PREVIEW, **headers}
    reply = await client.send("POST", "/api/auth/sign-in/social", given, b'{"provider":"github"}')
    state = query_of(reply.json()["url"], "state")
    if len(state) == 32:
        return ""
    package = opened("oauth-proxy-package", state)
    url: str = opened("oauth-proxy-state", package["stateCookie"])["callbackURL"]
    return url.partition("/api/auth/")[0]


async def preview(make_auth: MakeAuth, **options: Any) -> BetterAuth:
    proxy = {"secret": SHARED, "production_url": "https://www.test", **options.pop("proxy", {})}
    return await with_github(make_auth, GitHub(), plugins={"oauth-proxy": proxy}, **options)


@pytest.mark.parametrize("strategy", ["database", "cookie"])
async def test_a_preview_signs_in_by_production(make_auth: MakeAuth, tmp_path: Path, strategy: str) -> None:
    github = GitHub(expires_in=3600, refresh_token="refresh")
    kept = {"store_state_strategy": strategy, "encrypt_oauth_tokens": True}
    pair = await make_pair(make_auth, tmp_path, github=github, account=kept)
    browser = pair.browser()
    assert await browser.sign_in(newUserCallbackURL="/welcome") == "/welcome"
    assert await browser.sign_in(newUserCallbackURL="/welcome") == "/in"
    assert await count(pair.preview, "user", "account", "session") == [1, 1, 2]
    sent = dict(part.split("=") for part in github.requests[0].content.decode().split("&"))
    assert sent["redirect_uri"] == "http%3A%2F%2Fwww.test%3A3000%2Fapi%2Fauth%2Fcallback%2Fgithub"
    [account] = (await browser.preview.get("/api/auth/list-accounts")).json()
    token = await browser.preview.post("/api/auth/get-access-token", {"accountId": account["id"]})
    assert token.json()["accessToken"].startswith("access-")


async def test_a_state_is_not_asked_for_twice(make_auth: MakeAuth, tmp_path: Path) -> None:
    """`skip_state_cookie_check` lets any browser finish, here as everywhere."""
    pair = await make_pair(make_auth, tmp_path, account={"skip_state_cookie_check": True})
    url = await pair.browser().profile_of()
    assert (await pair.browser().open(url)).header("location") == "/in"


async def test_hooks_and_rules_of_the_preview_count(make_auth: MakeAuth, tmp_path: Path) -> None:
    seen: list[dict[str, Any]] = []

    def validate(data: dict[str, Any], _: Any) -> dict[str, Any] | None:
        seen.append(data["source"])
        return {"error": "not_here", "error_description": "No"}

    pair = await make_pair(make_auth, tmp_path, user_of_preview={"validate_user_info": validate})
    assert await pair.browser().sign_in() == "/oops?error=not_here&error_description=No"
    assert seen[0]["oauth"]["profile"]["login"] == "ada"


async def test_without_a_secret_the_servers_share_their_own(make_auth: MakeAuth, tmp_path: Path) -> None:
    own = {"secret": "one secret of both the servers, long enough"}
    github, proxy = GitHub(), {"production_url": "http://www.test:3000"}
    one = await with_github(make_auth, github, plugins={"oauth-proxy": proxy}, **own)
    database = {"url": f"sqlite:///{tmp_path / 'other.db'}"}
    two = await with_github(
        make_auth, github, plugins={"oauth-proxy": proxy}, base_url="http://www.test:3000", database=database, **own
    )
    assert await Pair(one, two).browser().sign_in() == "/in"


async def test_versions_of_the_secret(make_auth: MakeAuth, tmp_path: Path) -> None:
    versions = [{"version": 2, "value": "a newer secret, which is long enough"}, {"version": 1, "value": SHARED}]
    pair = await make_pair(make_auth, tmp_path, proxy={"secret": versions})
    packed = await pair.browser().begin()
    assert packed.startswith("$ba$2$")
    assert await pair.browser().sign_in() == "/in"


async def test_where_the_preview_is(make_auth: MakeAuth, monkeypatch: pytest.MonkeyPatch) -> None:
    auth = await preview(make_auth, trusted_origins=[OTHER, "https://*.vercel.test"])
    assert await callback_of(auth) == PREVIEW
    assert await callback_of(auth, "other.test:3000") == OTHER
    assert await callback_of(auth, "evil.test") == PREVIEW
    monkeypatch.setenv("VERCEL_URL", "preview-7.vercel.test")
    assert await callback_of(auth, "evil.test") == "https://preview-7.vercel.test"
    assert await callback_of(auth) == PREVIEW


@pytest.mark.parametrize(
    ("variables", "origin"),
    [
        ({"NETLIFY_URL": "https://netlify.test/a"}, "https://netlify.test"),
        ({"RENDER_URL": "https://render.test"}, "https://render.test"),
        ({"AWS_LAMBDA_FUNCTION_NAME": "sign-in"}, PREVIEW),
        ({"GOOGLE_CLOUD_FUNCTION_NAME": "sign-in"}, PREVIEW),
        ({"AZURE_FUNCTION_NAME": "sign-in"}, PREVIEW),
        ({"NETLIFY_URL": "no URL", "RENDER_URL": "https://render.test"}, PREVIEW),
        ({"VERCEL_URL": "", "RENDER_URL": "https://render.test"}, "https://render.test"),
        ({"VERCEL_URL": "vercel.test", "RENDER_URL": "https://render.test"}, "https://vercel.test"),
    ],
)
async def test_the_variables_of_hosts(
    make_auth: MakeAuth, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], origin: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert await callback_of(await preview(make_auth), "evil.test") == origin


async def test_current_url_wins(make_auth: MakeAuth, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERCEL_URL", "vercel.test")
    auth = await preview(make_auth, proxy={"current_url": "https://here.test/app/"})
    assert await callback_of(auth) == await callback_of(auth, "evil.test") == "https://here.test"


async def test_production_does_without_the_proxy(make_auth: MakeAuth, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await callback_of(await preview(make_auth, proxy={"production_url": f"{PREVIEW}/app"})) == ""
    assert await callback_of(await preview(make_auth, proxy={"current_url": "https://www.test:443/"})) == ""
    auth = await preview(make_auth, proxy={"production_url": None}, trusted_origins=[OTHER])
    assert await callback_of(auth) == ""
    assert await callback_of(auth, "other.test:3000") == OTHER
    monkeypatch.setenv("BETTER_AUTH_URL", "https://www.test")
    assert await callback_of(auth) == PREVIEW
    assert await callback_of(auth, **{"x-skip-oauth-proxy": "true"}) == ""


async def test_calls_of_code_in_this_process(make_auth: MakeAuth) -> None:
    auth = await preview(make_auth)
    answer = await auth.api.sign_in_social(body={"provider": "github", "callbackURL": "/in"})
    assert len(query_of(answer["url"], "state")) > 100
    given = {"provider": "github", "callbackURL": "/in"}
    await auth.api.sign_in_social(body=given)
    assert given["callbackURL"] == "/in"


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no URL": ({"current_url": "here"}, "current_url"),
    "a path": ({"production_url": "/api/auth"}, "production_url"),
    "a script": ({"production_url": "javascript:alert(1)"}, "production_url"),
    "no time": ({"max_age": 0}, "max_age"),
    "an empty secret": ({"secret": ""}, "secret"),
    "no secrets": ({"secret": []}, "secret"),
    "an empty version": ({"secret": [{"version": 1, "value": ""}]}, "secret"),
    "a version twice": ({"secret": [{"version": 1, "value": "a"}, {"version": 1, "value": "b"}]}, "secret"),
    "a negative version": ({"secret": [{"version": -1, "value": "a"}]}, "secret"),
    "another name": ({"productionURL": "https://www.test"}, "production_url"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_options_stop_the_start(name: str) -> None:
    options, named = WRONG[name]
    with pytest.raises(ConfigurationError, match=named) as raised:
        BetterAuth(secret=SHARED, base_url=PREVIEW, plugins={"oauth-proxy": options})
    assert "oauth-proxy" in str(raised.value)
