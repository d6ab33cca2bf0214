"""The session store of the client in a real Chromium: when `useSession` asks the server again, and what people see.

`session_signal.mjs` plays the pages of every framework that better-auth has a client for, on one origin, with the auth
server on another. The same requests in the same order, and the same texts on the page, as against better-auth.
"""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.clients import profiles
from tests.clients.application_server import application_server
from tests.clients.servers import CLIENTS, ROOT, Server, mails_file, our_server, reference_server
from tests.clients.trace import Trace, run_script

GET_SESSION = "GET /api/auth/get-session 200"
FRAMEWORKS = ("vanilla", "react", "vue", "svelte", "solid")

# After these the client asks for the session again, if they worked; after all others it does not.
ASKS_AGAIN = {
    "signUp.email",
    "signIn.email",
    "signOut",
    "updateUser",
    "updateSession",
    "verifyEmail",
    "changeEmail",
    "changePassword",
    "revokeSession",
    "revokeOtherSessions",
    "revokeSessions",
    "deleteUser",
}
ASKS_NOTHING_MORE = {
    "getSession",
    "listSessions",
    "listAccounts",
    "sendVerificationEmail",
    "verifyPassword",
    "requestPasswordReset",
    "resetPassword",
}
SIGNALLESS_UPDATE = 3  # the step that updates the user and tells the client not to ask

Play = Callable[..., Trace]


@pytest.fixture
def play(node_modules: None, chromium: str, ports: tuple[int, int], tmp_path: Path) -> Play:
    """Plays the pages against a server; `host` is where they are reached, `only` the name of a single one.

    With `one_origin` a proxy serves the auth server on the origin of the pages, whose clients are given no address.
    """
    page_port, api_port = ports

    def trace(
        server: Server,
        profile: profiles.Profile,
        host: str = "localhost",
        only: str | None = None,
        *,
        one_origin: bool = False,
    ) -> Trace:
        page_url = f"http://{host}:{page_port}"
        folder, pages = tmp_path / server.__name__, tmp_path / "pages"
        folder.mkdir()
        client_url = "" if one_origin else f"http://localhost:{api_port}"
        subprocess.run(["node", CLIENTS / "pages" / "build.mjs", client_url, pages], check=True, timeout=60)
        given = profile | ({"baseURL": page_url} if one_origin else {})
        with (
            server(api_port, [page_url], folder, given) as api_url,
            application_server(page_port, pages, api_url if one_origin else None),
        ):
            return run_script(
                "session_signal.mjs",
                *("--page", page_url, "--api", page_url if one_origin else api_url),
                *("--chromium", chromium, "--mails", str(mails_file(folder))),
                *(("--only", only) if only else ()),
                timeout=100,
            )

    return trace


@pytest.mark.slow
def test_pages_ask_again_as_often_and_show_the_same_as_with_better_auth(play: Play) -> None:
    ours = play(our_server, profiles.MAILED)
    assert ours == play(reference_server, profiles.MAILED)

    for framework in FRAMEWORKS:
        steps = [line for line in ours if line["page"] == framework]
        calls = [step for step in steps if "result" in step and step != steps[SIGNALLESS_UPDATE]]
        assert {step["step"] for step in calls} == ASKS_AGAIN | ASKS_NOTHING_MORE
        for step in calls:
            asked_again = step["requests"][1:] == [GET_SESSION]
            assert asked_again is (step["result"]["worked"] and step["step"] in ASKS_AGAIN), step
        assert [step["requests"][1:] for step in steps[SIGNALLESS_UPDATE : SIGNALLESS_UPDATE + 1]] == [[]]

    said = {line["step"]: line["requests"] for line in ours if line["page"] == "two tabs"}
    heard = {step.split()[0]: requests for step, requests in said.items() if step.endswith("in the second tab")}
    assert heard == {
        "updateUser": [GET_SESSION],
        "updateSession": [GET_SESSION],
        "changePassword": [],
        "signOut": [GET_SESSION],
        "signIn.email": [],
    }


def test_the_documents_name_the_calls_after_which_pages_ask_again() -> None:
    text = (ROOT / "docs" / "clients.md").read_text()
    (listed,) = re.findall(r"after each successful call of:\n(.*?)\. ", text, re.DOTALL)
    assert set(re.findall(r"`([\w.]+)`", listed)) == ASKS_AGAIN


@pytest.mark.slow
def test_a_page_on_another_site_needs_cookies_of_its_own(play: Play) -> None:
    """127.0.0.1 is another site than localhost, as example.org is another site than example.com.

    Playwright's browser profiles are private ones, in which Chromium keeps no cookies of third parties.
    """
    ours = play(our_server, profiles.CROSS_SITE, host="127.0.0.1", only="react")
    assert ours == play(reference_server, profiles.CROSS_SITE, host="127.0.0.1", only="react")
    assert ours[1]["shown"].startswith("Ada <react@example.com>")


@pytest.mark.slow
@pytest.mark.parametrize("framework", ["react", "vue"])
def test_a_page_on_the_origin_of_the_server_needs_no_address(play: Play, framework: str) -> None:
    ours = play(our_server, profiles.MAILED, only=framework, one_origin=True)
    assert ours == play(reference_server, profiles.MAILED, only=framework, one_origin=True)
    assert ours[1]["shown"].startswith(f"Ada <{framework}@example.com>")
