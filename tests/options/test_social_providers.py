"""`social_providers`: from Python, TOML and the environment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from betterauth_py import BetterAuth
from betterauth_py.assembly.social_providers import with_provider_variables
from betterauth_py.assembly.sources import load_service_options
from betterauth_py.errors import ConfigurationError
from betterauth_py.oauth.options import ProviderOptions

GITHUB = {"client_id": "id", "client_secret": "secret"}


def auth_with(**providers: Any) -> BetterAuth:
    return BetterAuth(
        base_url="http://localhost:3000",
        environment="test",
        secret="a-secret-of-more-than-thirty-two-characters",
        database={"url": "sqlite:///unused.db"},
        social_providers=providers,
    )


def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, toml: str, **variables: str) -> dict[str, Any]:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    config = tmp_path / "betterauth.toml"
    config.write_text(toml, encoding="utf-8")
    return load_service_options(config).social_providers


def test_providers_stand_in_the_order_of_the_options() -> None:
    auth = auth_with(google={**GITHUB, "client_id": ["web", "ios"], "hd": "example.com"}, github=GITHUB)
    assert list(auth.context.oauth_providers) == ["google", "github"]
    assert auth.context.oauth_providers["google"].options.client_ids == ("web", "ios")


def test_a_function_may_make_the_options_or_leave_the_provider_off() -> None:
    auth = auth_with(github=lambda: GITHUB, google=lambda: None)
    assert list(auth.context.oauth_providers) == ["github"]
    auth = auth_with(github=ProviderOptions(client_id="id", client_secret="secret"))
    assert list(auth.context.oauth_providers) == ["github"]


def test_a_provider_that_is_off_needs_no_credentials() -> None:
    assert auth_with(google={"enabled": False}).context.oauth_providers == {}


def failing() -> dict[str, str]:
    raise KeyError("GITHUB_SECRET")


async def later() -> dict[str, str]:
    return GITHUB


@pytest.mark.parametrize(
    ("providers", "complaint"),
    [
        (
            {"githb": GITHUB},
            "Option `social_providers.githb`: there is no provider of this name. Did you mean `github`?",
        ),
        (
            {"github": {**GITHUB, "scopes": ["a"]}},
            "Unknown option `social_providers.github.scopes`. Did you mean `scope`?",
        ),
        ({"github": {**GITHUB, "clientId": "a"}}, "`social_providers.github.clientId`. Did you mean `client_id`?"),
        ({"google": {"client_id": "id"}}, "Option `social_providers.google.client_secret` is missing. Set it"),
        ({"google": {**GITHUB, "client_id": []}}, "Option `social_providers.google.client_id` is missing. Set it"),
        (
            {"gitlab": {**GITHUB, "issuer": "git.example.com"}},
            "of `social_providers.gitlab` make the endpoint",
        ),
        ({"github": {**GITHUB, "authorization_endpoint": "/page"}}, "make the endpoint '/page', which is no URL."),
        (
            {"cloudflare": {**GITHUB, "token_endpoint_auth_method": "none"}},
            "Option `social_providers.cloudflare.client_secret` does not go with 'none'. Remove it.",
        ),
        (
            {"vercel": {"client_id": "id", "token_endpoint_auth": {"method": "client_secret_basic"}}},
            "Option `social_providers.vercel.client_secret` is missing, which 'client_secret_basic' sends. Set it.",
        ),
        (
            {"cloudflare": {"client_id": "id", "token_endpoint_auth": {"method": "private_key_jwt"}}},
            "The client authentication 'private_key_jwt' needs `get_client_assertion`.",
        ),
        ({"github": 7}, "Option `social_providers.github` must be a table, not a whole number (7)."),
        ({"github": failing}, "Option `social_providers.github`: failing(...) raised KeyError: 'GITHUB_SECRET' ("),
        ({"github": later}, "Option `social_providers.github` is an async function. Make it a plain one"),
    ],
)
def test_wrong_options_stop_the_start_with_the_fix(providers: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ConfigurationError) as stopped:
        auth_with(**providers)
    assert complaint in str(stopped.value)
    assert "secret'" not in str(stopped.value)


def test_the_file_names_variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    toml = """
        [social_providers.github]
        client_id = "id"
        client_secret = { env = "MY_SECRET" }
    """
    github = service(tmp_path, monkeypatch, toml, MY_SECRET="from outside")["github"]
    assert (github.client_id, github.client_secret) == ("id", "from outside")
    assert "from outside" not in repr(github)


def test_the_usual_variables_win_over_the_file_and_turn_a_provider_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    toml = '[social_providers.github]\nclient_id = "file"\nscope = ["repo"]\n[social_providers.google]\nenabled = false'
    variables = {"GITHUB_CLIENT_ID": "outside", "GITHUB_CLIENT_SECRET": "s", "GOOGLE_CLIENT_ID": "g"}
    providers = service(tmp_path, monkeypatch, toml, **variables)
    assert (providers["github"].client_id, providers["github"].scope) == ("outside", ["repo"])
    assert providers["google"].enabled is False
    assert list(service(tmp_path, monkeypatch, "", GOOGLE_CLIENT_SECRET="s")) == ["github", "google"]


def test_embedded_they_fill_in_what_is_left_out() -> None:
    env = {
        "GITHUB_CLIENT_ID": "outside",
        "GITHUB_CLIENT_SECRET": "s",
        "GOOGLE_CLIENT_ID": "g",
        "GOOGLE_CLIENT_SECRET": "s",
    }
    values = with_provider_variables({"social_providers": {"github": {"client_id": "own"}}}, env, is_service=False)
    assert values["social_providers"] == {"github": {"client_id": "own", "client_secret": "s"}}
    assert with_provider_variables({}, env, is_service=False) == {}
