"""What a stranger, another preview's operator or a second provider may try with what goes through the browser."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from betterauth_py.clock import ManualClock
from betterauth_py.conformance.recorder.embedded_postgres import EmbeddedPostgres
from tests.conftest import MakeAuth
from tests.http.oauth_world import GitHub, count
from tests.plugins.oauth_proxy.support import (
    PREVIEW,
    Browser,
    changed_profile,
    make_pair,
    opened,
    query_of,
    sealed,
)

EVIL = ("https://evil.test", "//evil.test", "/\\evil.test", "javascript:alert(1)", "/a\r\nset-cookie: a=b")


async def refused_with(browser: Browser, url: str, error: str) -> None:
    reply = await browser.open(url)
    assert (reply.status, query_of(reply.header("location") or "", "error")) == (302, error)
    assert not browser.is_signed_in
    assert await count(browser.pair.preview, "user", "account", "session") == [0, 0, 0]


async def test_a_profile_counts_once(make_auth: MakeAuth, tmp_path: Path) -> None:
    browser = (await make_pair(make_auth, tmp_path)).browser()
    url = await browser.profile_of()
    cookies = dict(browser.preview.cookies)
    assert (await browser.open(url)).header("location") == "/in"
    browser.preview.cookies = cookies
    assert (await browser.open(url)).header("location") == "/oops?error=state_mismatch"
    assert not browser.is_signed_in


@pytest.mark.parametrize("strategy", ["database", "cookie"])
async def test_of_eight_at_once_one_signs_in(
    make_auth: MakeAuth, tmp_path: Path, postgres: EmbeddedPostgres, strategy: str
) -> None:
    database: dict[str, Any] = {"url": postgres.database(f"oauth_proxy_{strategy}")}
    account = {"store_state_strategy": strategy}
    pair = await make_pair(make_auth, tmp_path, database_of_preview=database, account=account)
    browser = pair.browser()
    url = await browser.profile_of()
    target = url.removeprefix(PREVIEW)
    replies = await asyncio.gather(*(browser.preview.prepared("GET", target) for _ in range(8)))
    assert sorted(reply.header("location") or "" for reply in replies) == ["/in"] + ["/oops?error=state_mismatch"] * 7
    assert await count(pair.preview, "user", "account", "session") == [1, 1, 1]


@pytest.mark.parametrize("strategy", ["database", "cookie"])
async def test_another_browser_is_not_signed_in_as_who_has_begun(
    make_auth: MakeAuth, tmp_path: Path, strategy: str
) -> None:
    pair = await make_pair(make_auth, tmp_path, account={"store_state_strategy": strategy})
    attacker, victim = pair.browser(), pair.browser()
    url = await attacker.profile_of()
    await refused_with(victim, url, "state_mismatch")
    assert (await attacker.open(url)).header("location") == "/in"


async def test_nobodys_account_is_linked_to_a_stranger(make_auth: MakeAuth, tmp_path: Path) -> None:
    """A stranger begins a link and has somebody else, who is known to the provider, come back from it."""
    linking = {"account_linking": {"allow_different_emails": True}}
    pair = await make_pair(make_auth, tmp_path, account=linking)
    attacker, victim = pair.browser(), pair.browser()
    person = {"email": "eve@example.com", "password": "a good password", "name": "Eve"}
    assert (await attacker.preview.post("/api/auth/sign-up/email", person)).status == 200
    packed = await attacker.begin("/api/auth/link-social")
    reply = await victim.open(await victim.through_production(packed))
    assert reply.header("location") == "/oops?error=state_mismatch"
    assert await count(pair.preview, "account") == [1]
    assert (await attacker.open(await attacker.through_production(packed))).header("location") == "/in"
    assert await count(pair.preview, "account") == [2]


async def test_a_link_ends_with_the_session_that_asked_for_it(make_auth: MakeAuth, tmp_path: Path) -> None:
    browser = (await make_pair(make_auth, tmp_path)).browser()
    assert await browser.sign_in() == "/in"
    url = await browser.through_production(await browser.begin("/api/auth/link-social"))
    state = browser.preview.cookies["better-auth.state"]
    assert (await browser.preview.post("/api/auth/sign-out")).status == 200
    browser.preview.cookies["better-auth.state"] = state
    assert query_of((await browser.open(url)).header("location") or "", "error") == "unable_to_link_account"


async def test_who_does_not_have_the_secret_forges_nothing(make_auth: MakeAuth, tmp_path: Path) -> None:
    browser = (await make_pair(make_auth, tmp_path)).browser()
    url = await browser.profile_of()
    profile = query_of(url, "profile")
    payload = opened("oauth-proxy-profile", profile)
    tries = [
        sealed("oauth-proxy-profile", payload, "another secret than the shared one"),
        sealed("oauth-proxy-state", payload),
        sealed("oauth-proxy-package", payload),
        sealed("oauth-state-cookie", payload),
        profile[:-2],
        profile[:48] + "00" + profile[50:],
        profile + "00",
        "",
        "00",
        "é",
        "\u0660\u0660",
        "00" * 3_000,
    ]
    for attempt in tries:
        await refused_with(
            browser, url.replace(profile, quote(attempt)), "missing_profile" if not attempt else "invalid_profile"
        )
    assert (await browser.open(url)).header("location") == "/in"


async def test_who_does_not_have_the_secret_begins_nothing(make_auth: MakeAuth, tmp_path: Path) -> None:
    github = GitHub()
    browser = (await make_pair(make_auth, tmp_path, github=github)).browser()
    packed = await browser.begin()
    package = opened("oauth-proxy-package", packed)
    state = opened("oauth-proxy-state", package["stateCookie"])
    evil = {**state, "callbackURL": "https://evil.test/steal"}
    other = "another secret than the shared one"
    tries = [
        sealed("oauth-proxy-package", package, other),
        sealed("oauth-proxy-state", package),
        sealed("oauth-proxy-package", {**package, "stateCookie": sealed("oauth-proxy-state", evil, other)}),
        sealed("oauth-proxy-package", {**package, "stateCookie": sealed("oauth-proxy-package", evil)}),
        sealed("oauth-proxy-package", {**package, "stateCookie": 7}),
        sealed("oauth-proxy-package", {**package, "isOAuthProxy": "yes"}),
        sealed("oauth-proxy-package", {}),
        sealed("oauth-proxy-package", [package]),
        package["stateCookie"],
        state["oauthState"],
        packed[:-2],
    ]
    for attempt in tries:
        location = await browser.through_production(attempt)
        assert location == "http://www.test:3000/api/auth/error?error=state_mismatch"
    assert github.requests == []


STATES: dict[str, dict[str, Any]] = {
    "another package's": {"oauthState": "another"},
    "expired": {"expiresAt": 1},
    "of another provider": {"oauthProvider": "gitlab"},
    "of another provider by its URL": {
        "oauthProvider": None,
        "callbackURL": f"{PREVIEW}/api/auth/callback/gitlab/oauth-proxy?callbackURL=%2Fin",
    },
    "without a callback": {"callbackURL": None},
    "with a relative callback": {"callbackURL": "/in"},
}


@pytest.mark.parametrize("name", STATES)
async def test_no_code_is_exchanged_for_a_state(make_auth: MakeAuth, tmp_path: Path, name: str) -> None:
    github = GitHub()
    browser = (await make_pair(make_auth, tmp_path, github=github)).browser()
    package = opened("oauth-proxy-package", await browser.begin())
    state = {**opened("oauth-proxy-state", package["stateCookie"]), **STATES[name]}
    forged = {**package, "stateCookie": sealed("oauth-proxy-state", state)}
    location = await browser.through_production(sealed("oauth-proxy-package", forged))
    assert location == "/oops?error=state_mismatch"
    assert github.requests == []


async def test_a_state_of_better_auth_names_its_provider_in_its_url(make_auth: MakeAuth, tmp_path: Path) -> None:
    browser = (await make_pair(make_auth, tmp_path)).browser()
    package = opened("oauth-proxy-package", await browser.begin())
    state = opened("oauth-proxy-state", package["stateCookie"])
    del state["oauthProvider"]
    package["stateCookie"] = sealed("oauth-proxy-state", state)
    url = await browser.through_production(sealed("oauth-proxy-package", package))
    assert (await browser.open(url)).header("location") == "/in"


@pytest.mark.parametrize(
    ("seconds", "error"), [(61, "payload_expired"), (-11, "payload_expired"), (60, None), (-10, None)]
)
async def test_a_profile_is_only_good_for_a_minute(
    make_auth: MakeAuth, tmp_path: Path, clock: ManualClock, seconds: int, error: str | None
) -> None:
    browser = (await make_pair(make_auth, tmp_path, clock=clock)).browser()
    url = await browser.profile_of()
    clock.advance(seconds)
    if error is not None:
        await refused_with(browser, url, error)
    else:
        assert (await browser.open(url)).header("location") == "/in"


async def test_a_state_ends_after_ten_minutes_also_at_production(
    make_auth: MakeAuth, tmp_path: Path, clock: ManualClock
) -> None:
    browser = (await make_pair(make_auth, tmp_path, clock=clock)).browser()
    packed = await browser.begin()
    clock.advance(601)
    assert await browser.through_production(packed) == "/oops?error=state_mismatch"


@pytest.mark.parametrize("timestamp", [1e308, -1e308, 0, 9e15])
async def test_no_time_lets_an_old_profile_pass(make_auth: MakeAuth, tmp_path: Path, timestamp: float) -> None:
    browser = (await make_pair(make_auth, tmp_path)).browser()
    await refused_with(browser, changed_profile(await browser.profile_of(), timestamp=timestamp), "payload_expired")


@pytest.mark.parametrize("name", ["callbackURL", "newUserURL", "errorURL"])
async def test_no_profile_leads_elsewhere(make_auth: MakeAuth, tmp_path: Path, name: str) -> None:
    """Whoever has the proxy's secret is another preview, perhaps of somebody else."""
    browser = (await make_pair(make_auth, tmp_path)).browser()
    url = await browser.profile_of()
    for evil in EVIL:
        timestamp = {"timestamp": 0} if name == "errorURL" else {}
        reply = await browser.open(changed_profile(url, **{name: evil}, **timestamp))
        location = reply.header("location") or ""
        assert location.startswith(("/oops?error=invalid_payload", f"{PREVIEW}/api/auth/error?error=")), location
    assert not browser.is_signed_in


async def test_a_profile_is_one_providers(make_auth: MakeAuth, tmp_path: Path) -> None:
    browser = (await make_pair(make_auth, tmp_path)).browser()
    url = await browser.profile_of()
    await refused_with(browser, url.replace("/callback/github/", "/callback/gitlab/"), "provider_mismatch")
    # Also at the URL of earlier versions, which names none: the state does.
    account = {**opened("oauth-proxy-profile", query_of(url, "profile"))["account"], "providerId": "gitlab"}
    old = changed_profile(url, account=account).replace("/callback/github/oauth-proxy", "/oauth-proxy-callback")
    await refused_with(browser, old, "state_mismatch")


@pytest.mark.parametrize("host", ["evil.test", "evil.test:3000", "localhost:3000@evil.test"])
async def test_no_host_gets_the_profile_that_is_not_trusted(make_auth: MakeAuth, tmp_path: Path, host: str) -> None:
    browser = (await make_pair(make_auth, tmp_path)).browser()
    browser.preview.host = host
    headers = [("content-type", "application/json"), ("origin", PREVIEW), ("x-forwarded-host", host)]
    body = b'{"provider":"github","callbackURL":"/in"}'
    reply = await browser.preview.send("POST", "/api/auth/sign-in/social", headers, body)
    package = opened("oauth-proxy-package", query_of(reply.json()["url"], "state"))
    callback = opened("oauth-proxy-state", package["stateCookie"])["callbackURL"]
    assert callback.startswith(f"{PREVIEW}/api/auth/callback/github/oauth-proxy?")


async def test_nothing_is_kept_at_production(make_auth: MakeAuth, tmp_path: Path) -> None:
    pair = await make_pair(make_auth, tmp_path)
    browser = pair.browser()
    assert await browser.sign_in() == "/in"
    assert await count(pair.production, "user", "account", "session", "verification") == [0, 0, 0, 0]
    assert browser.production.cookies == {}


async def test_no_secret_is_shown(make_auth: MakeAuth, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    pair = await make_pair(make_auth, tmp_path)
    browser = pair.browser()
    url = await browser.profile_of()
    await browser.open(changed_profile(url, account={"accessToken": "a-stolen-token"}))
    await browser.open(changed_profile(url, timestamp=0))
    from betterauth_py.plugins.oauth_proxy.options import OAuthProxyOptions
    from betterauth_py.plugins.oauth_proxy.payload import read_payload
    from betterauth_py.plugins.oauth_proxy.seals import Seals

    payload = read_payload(opened("oauth-proxy-profile", query_of(url, "profile")))
    services = pair.preview.context.services
    shown = caplog.text + repr(payload) + repr(services.get(OAuthProxyOptions)) + repr(services.get(Seals))
    assert "secret that production" not in shown
    assert "access-" not in shown
    assert "a-stolen-token" not in shown
    assert query_of(url, "profile")[:40] not in shown
