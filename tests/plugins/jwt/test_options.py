"""Options of the plugin: from Python, TOML and the environment, and what is wrong with wrong ones."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from betterauth_py import BetterAuth, ConfigurationError
from betterauth_py.assembly.plugins import plugins_of
from betterauth_py.assembly.sources import load_service_options
from betterauth_py.clock import ManualClock
from betterauth_py.plugins.jwt import JwksOptions, JwtOptions, KeyPairConfig, jwt
from tests.conftest import SECRET, MakeAuth
from tests.plugins.jwt.support import claims_of, sign_in, token_of


def payload_of(known: dict[str, Any]) -> dict[str, Any]:
    """Something to import."""
    return {"email": known["user"]["email"], "session": known["session"]["id"]}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"jwkss": {}}, "Unknown option `plugins.jwt.jwkss`. Did you mean `jwks`?"),
        (
            {"jwks": {"rotationInterval": 5}},
            "Unknown option `plugins.jwt.jwks.rotationInterval`. Did you mean `rotation_",
        ),
        (
            {"jwks": {"key_pair_configs": [{"alg": "ES256"}, {"alg": "ES512", "modulus_length": 2048}]}},
            "Option `plugins.jwt.jwks.key_pair_configs[1].modulus_length` does not fit ES512.",
        ),
        (
            {
                "session_cookie_cache": True,
                "jwks": {"remote_url": "https://x.test", "key_pair_config": {"alg": "ES256"}},
                "jwt": {"sign": str},
            },
            "Option `plugins.jwt.session_cookie_cache` needs keys of this server.",
        ),
        ({"jwks": {"key_pair_config": {}}}, "Option `plugins.jwt.jwks.key_pair_config.alg` is missing."),
        (
            {"jwks": {"key_pair_config": {"alg": "HS256"}}},
            "Option `plugins.jwt.jwks.key_pair_config.alg` must be 'EdDSA'",
        ),
        ({"jwks": {"key_pair_config": {"alg": "ES256", "crv": "P-521"}}}, ".crv` does not fit ES256. Leave it out."),
        (
            {"jwks": {"key_pair_config": {"alg": "ES256", "modulus_length": 2048}}},
            ".modulus_length` does not fit ES256.",
        ),
        (
            {"jwks": {"key_pair_config": {"alg": "RS256", "modulus_length": 1024}}},
            ".modulus_length` must be from 2048 to",
        ),
        ({"jwks": {"jwks_path": "jwks"}}, "Option `plugins.jwt.jwks.jwks_path` must start with '/'"),
        ({"jwks": {"jwks_path": ""}}, "Option `plugins.jwt.jwks.jwks_path` must start with '/'"),
        ({"jwks": {"jwks_path": "/a/../b"}}, "Option `plugins.jwt.jwks.jwks_path` must start with '/'"),
        ({"jwks": {"rotation_interval": -1}}, "Option `plugins.jwt.jwks.rotation_interval` is below 0."),
        ({"jwks": {"grace_period": -1}}, "Option `plugins.jwt.jwks.grace_period` is below 0."),
        ({"jwks": {"remote_url": "https://x.test"}}, "Option `plugins.jwt.jwks.key_pair_config` is missing."),
        ({"jwt": {"sign": str}}, "Option `plugins.jwt.jwks.remote_url` is missing. With `jwt.sign`, set it"),
        ({"jwt": {"expiration_time": "soon"}}, "Option `plugins.jwt.jwt.expiration_time` cannot be read: 'soon' is no"),
        (
            {"jwt": {"expiration_time": "5m ago"}},
            "Option `plugins.jwt.jwt.expiration_time` must be a span into the future",
        ),
        ({"jwt": {"expiration_time": 3600}}, "is a moment in 1970-2001. For a span of seconds, write '3600s'."),
        ({"jwt": {"expiration_time": datetime(2040, 1, 1)}}, "has no time zone."),
        (
            {"schema": {"jwks": {"fields": {"key": "k"}}}},
            "Option `plugins.jwt.schema.jwks.fields.key`: there is no such",
        ),
        ({"adapter": {"get_jwks": list}}, "Option `plugins.jwt.adapter` has one function only."),
    ],
)
def test_a_wrong_option_stops_the_start_and_is_named(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        jwt(**options)
    assert message in str(caught.value)
    with pytest.raises(ConfigurationError) as caught:
        BetterAuth(secret=SECRET, plugins={"jwt": options})
    assert message in str(caught.value)


def test_options_may_be_an_object() -> None:
    options = JwtOptions(jwks=JwksOptions(key_pair_config=KeyPairConfig(alg="RS256", modulus_length=3072)))
    assert jwt(options).id == "jwt"
    assert (options.algorithm, options.key_kind.bits) == ("RS256", 3072)
    assert (JwtOptions().algorithm, JwtOptions().key_kind.bits) == ("EdDSA", 2048)
    with pytest.raises(ConfigurationError, match="with options or with keyword arguments, not both"):
        jwt(options, disable_setting_jwt_header=True)


def test_a_toml_file_has_a_table_for_the_plugin(tmp_path: Path) -> None:
    file = tmp_path / "betterauth.toml"
    file.write_text("""
[plugins.jwt]
disable_setting_jwt_header = true

[plugins.jwt.jwks]
jwks_path = "/.well-known/jwks.json"
rotation_interval = 86400

[plugins.jwt.jwks.key_pair_config]
alg = "ES256"

[plugins.jwt.jwt]
issuer = "https://auth.example.com"
audience = ["https://api.example.com"]
expiration_time = 2040-01-01T00:00:00Z
define_payload = "tests.plugins.jwt.test_options:payload_of"
""")
    [plugin] = plugins_of(load_service_options(file))
    assert [endpoint.path for endpoint in plugin.endpoints] == ["/.well-known/jwks.json", "/token", None, None]
    assert plugin.after == []
    file.write_text("[plugins.jwt.jwt]\nexpiration = '1h'\n")
    with pytest.raises(ConfigurationError, match=r"Unknown option `plugins\.jwt\.jwt\.expiration`\. Did you mean"):
        load_service_options(file)


def test_the_environment_turns_it_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "betterauth.toml"
    file.write_text("[plugins.jwt]\ndisable_setting_jwt_header = true\n")
    monkeypatch.setenv("BETTER_AUTH_PLUGINS", "jwt")
    assert [plugin.after for plugin in plugins_of(load_service_options(file))] == [[]]
    file.write_text("plugins = ['jwt']\n")
    assert [plugin.id for plugin in load_service_options(file).plugins] == ["jwt"]
    file.write_text("")
    assert [plugin.id for plugin in load_service_options(file).plugins] == ["jwt"]
    # Over options given in Python, the environment has no say.
    assert BetterAuth(secret=SECRET).options.plugins == []


@pytest.mark.parametrize(
    ("moment", "expected"),
    [("90 seconds", 90), ("2h", 7200), (datetime(2040, 1, 1, tzinfo=UTC), None), (2_208_988_800, None)],
)
async def test_tokens_end_when_the_options_say(
    moment: Any, expected: int | None, make_auth: MakeAuth, clock: ManualClock
) -> None:
    auth = await make_auth(plugins=[jwt(jwt={"expiration_time": moment})], clock=clock)
    claims = claims_of(await token_of(auth, await sign_in(auth)))
    assert claims["exp"] == (2_208_988_800 if expected is None else claims["iat"] + expected)


async def test_hidden_fields_are_in_no_token_and_not_for_functions(make_auth: MakeAuth) -> None:
    seen: list[dict[str, Any]] = []
    hidden = {"type": "string", "required": False, "returned": False, "default_value": "1234"}
    both = {"user": {"additional_fields": {"pin": hidden}}, "session": {"additional_fields": {"note": hidden}}}
    auth = await make_auth(plugins=["jwt"], **both)
    assert "pin" not in claims_of(await token_of(auth, await sign_in(auth)))

    def define_payload(known: dict[str, Any]) -> dict[str, Any]:
        seen.append(known)
        return {}

    auth = await make_auth(plugins=[jwt(jwt={"define_payload": define_payload})], **both)
    assert list(claims_of(await token_of(auth, await sign_in(auth)))) == ["iat", "sub", "exp", "iss", "aud"]
    assert "pin" not in seen[0]["user"]
    assert "note" not in seen[0]["session"]


@pytest.mark.parametrize(("plugins", "loaded"), [("[]", "False"), ("['jwt']", "True")])
def test_it_is_loaded_only_where_it_is_used(plugins: str, loaded: str) -> None:
    code = f"""
import sys
from betterauth_py import BetterAuth
BetterAuth(secret={SECRET!r}, plugins={plugins})
print("betterauth_py.plugins.jwt" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == loaded
