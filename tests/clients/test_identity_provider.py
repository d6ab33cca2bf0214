"""A real identity provider: `oidc-provider`, which is certified, and the pages of its own that Chromium goes through.

`identity_provider.mjs` is the provider, `provider_sign_in.mjs` plays the steps of somebody with the unmodified client.
"""

import json
import re
import subprocess
from dataclasses import dataclass
from typing import Any

import pytest

from tests.clients.servers import CLIENTS, ROOT, clean_environment, free_port, our_server, page_server, running
from tests.clients.trace import run_script

pytestmark = pytest.mark.slow

# Each of our server's providers, the client that it is at the identity provider, and how that one authenticates.
PROVIDERS = {"acme": ("web", "post"), "basic": ("service", "basic")}
SCOPES = ["email", "profile", "offline_access"]
SAID_NO = "error=access_denied&error_description=The+user+has+said+no."


@dataclass(frozen=True)
class Played:
    """What each step reported, what the provider logged, and the addresses."""

    steps: dict[str, dict[str, Any]]
    grants: list[dict[str, str]]
    page: str
    api: str


@pytest.fixture(scope="module")
def played(node_modules: None, chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Played:
    folder, log_folder = tmp_path_factory.mktemp("server"), tmp_path_factory.mktemp("provider")
    page_port, api_port, port = free_port(), free_port(), free_port()
    page, api, provider = (f"http://localhost:{number}" for number in (page_port, api_port, port))
    clients = {
        client: {
            "client_name": "Acme",
            "client_secret": f"{client}'s secret",
            "redirect_uris": [f"{api}/api/auth/callback/{name}"],
            "token_endpoint_auth_method": f"client_secret_{method}",
        }
        for name, (client, method) in PROVIDERS.items()
    }
    configured = [
        {
            "providerId": name,
            "discoveryUrl": f"{provider}/.well-known/openid-configuration",
            "clientId": client,
            "clientSecret": f"{client}'s secret",
            "authentication": method,
            "scopes": SCOPES,
            "prompt": "consent",
        }
        for name, (client, method) in PROVIDERS.items()
    ]
    serve = ["node", str(CLIENTS / "identity_provider.mjs"), str(port), json.dumps(clients)]
    subprocess.run(["node", CLIENTS / "pages" / "build.mjs", api, folder / "pages"], check=True, timeout=60)
    with (
        running(serve, provider, folder, clean_environment(), log_folder=log_folder),
        our_server(api_port, [page], folder, {"plugins": {"generic-oauth": {"config": configured}}}),
        page_server(page_port, folder / "pages"),
    ):
        addresses = ("--page", page, "--api", api, "--provider", provider)
        browser = ("--chromium", chromium, "--screenshots", str(ROOT / ".cache" / "browser"))
        steps = run_script("provider_sign_in.mjs", *addresses, *browser, timeout=100)
    logged = (log_folder / "server.log").read_text().splitlines()
    return Played(
        steps={step.pop("step"): step for step in steps},
        grants=[json.loads(line) for line in logged if line.startswith("{")],
        page=page,
        api=api,
    )


def test_a_user_goes_to_the_providers_pages_and_comes_back_signed_in(played: Played) -> None:
    assert played.steps["the provider's login page"] == {"title": "Log in to Acme"}
    signed_in = played.steps["sign in"]
    assert re.fullmatch(r"Ada Lovelace <ada@example\.com> until 20\d\d", signed_in["shown"])
    assert signed_in["verified"] is True
    assert played.grants[0] == {"grant": "authorization_code", "client": "web"}


def test_the_account_is_listed_with_its_profile(played: Played) -> None:
    (account,) = played.steps["list the accounts"]["accounts"]
    assert (account["providerId"], account["scopes"]) == ("acme", ["openid", *SCOPES])
    assert account["userId"] == played.steps["sign in"]["user"]
    profile = played.steps["the account's profile"]
    assert profile["user"] == {"name": "Ada Lovelace", "email": "ada@example.com", "emailVerified": True}
    assert profile["data"]["sub"] == profile["account"]["accountId"] == account["accountId"]


def test_who_says_no_comes_back_with_the_error(played: Played) -> None:
    said_no = played.steps["say no"]
    assert said_no == {"address": f"{played.page}/?framework=vanilla&failed=yes&{SAID_NO}", "text": "nobody"}
    error_page = played.steps["say no without a page for errors"]
    assert error_page["address"] == f"{played.api}/api/auth/error?{SAID_NO}"
    assert "access_denied" in error_page["text"]
    assert played.steps["say no at the consent page"]["address"] == error_page["address"]


def test_an_expired_token_is_refreshed_with_refresh_tokens_that_rotate(played: Played) -> None:
    assert played.steps["refresh an expired token"] == {"expired": 401, "refreshed": 200, "different": 3}
    assert played.steps["refresh at once"] == {"statuses": [200, 200, 200]}
    assert played.steps["keep a token that is good"] == {"same": True}
    # A refresh token that is used twice would have been refused, and would have ended the grant.
    refused = [line for line in played.grants if "refused" in line]
    assert [line["why"] for line in refused] == ["refresh token already used", "refresh token not found"]
    assert played.grants[-2:] == refused


def test_signing_out_leads_to_the_provider_which_then_asks_who_somebody_is(played: Played) -> None:
    assert played.steps["sign out at the provider, too"] == {"session": None, "title": "Log in to Acme"}


def test_signing_in_again_is_the_same_user_also_after_the_keys_have_changed(played: Played) -> None:
    signed_in = played.steps["sign in"]
    assert played.steps["sign in again"] == signed_in
    assert played.steps["sign in after the keys have changed"] == signed_in


def test_a_signed_in_user_links_another_account(played: Played) -> None:
    assert played.steps["link another"] == {"accounts": ["acme", "basic"]}


def test_a_revoked_grant_is_an_error_and_the_user_stays_signed_in(played: Played) -> None:
    revoked = played.steps["refresh after the provider has revoked"]
    assert revoked["replay"] == "invalid_grant"
    assert (revoked["error"]["status"], revoked["error"]["code"]) == (400, "FAILED_TO_REFRESH_ACCESS_TOKEN")
    assert revoked["user"] == played.steps["sign in"]["user"]
