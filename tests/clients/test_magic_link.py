"""A magic link in a real Chromium: from the folder of mails of `betterauth serve`, with nothing but TOML."""

from pathlib import Path

from tests.clients.profiles import Profile
from tests.clients.servers import free_port, our_server
from tests.clients.trace import run_script


def test_a_link_from_the_mail_folder_signs_the_browser_in(node_modules: None, chromium: str, tmp_path: Path) -> None:
    profile: Profile = {"plugins": {"magic-link": {}, "last-login-method": {}}}
    with our_server(free_port(), [], tmp_path, profile) as base_url:
        mails = tmp_path / ".betterauth" / "mails"
        mails.mkdir(parents=True, exist_ok=True)
        (happened,) = run_script("magic_link.mjs", base_url, str(mails), chromium, timeout=60)
    assert happened == {
        "asked": {"status": True},
        "before": None,
        "landed": f"{base_url}/api/auth/ok?in=1",
        "email": "ada@example.com",
        "again": f"{base_url}/api/auth/ok?in=1&error=INVALID_TOKEN",
        "kept": [["better-auth.last_used_login_method", False], ["better-auth.session_token", True]],
        "read": "better-auth.last_used_login_method=magic-link",
    }
