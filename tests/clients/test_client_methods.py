"""Every method of the unmodified better-auth client for what the core has, as against better-auth itself."""

from pathlib import Path
from typing import ClassVar

from betterauth_py.plugins.registry import BY_ID
from tests.clients import profiles
from tests.clients.client_tests import ClientTests, Played, client_paths, exchanges, line_of


class TestClient(ClientTests):
    owner = "core"
    plays: ClassVar = {
        "mailed": (profiles.MAILED, ("passwords", "addresses", "users", "sessions", "calls", "signal")),
        "confirmed": (profiles.CONFIRMED, ("confirmed",)),
        "strict": (profiles.STRICT, ("strict", "signal")),
        "social": (profiles.SOCIAL, ("social",)),
        "plain": (profiles.PLAIN, ("unconfigured",)),
        "closed": (profiles.CLOSED, ("closed",)),
    }

    def test_a_session_that_is_due_is_refreshed_by_a_post_of_an_empty_object(self, played: Played) -> None:
        """As the client of better-auth 1.7.25 does; that of 1.7.7 sent no body."""
        trace = played("strict")[0]
        refreshes = [
            one for one in exchanges(trace) if line_of(one) == "POST /api/auth/get-session" and one["request"]["body"]
        ]
        assert {(one["request"]["body"], one["response"]["status"]) for one in refreshes} == {("{}", 200)}
        assert {one["request"]["headers"]["content-type"] for one in refreshes} == {"application/json"}

    def test_head_has_no_body_and_nothing_polls_outside_a_browser(self, played: Played) -> None:
        trace = {step["step"]: step for step in played("mailed")[0]}
        (head,) = trace["HEAD with a body"]["exchanges"]
        assert (head["request"]["method"], head["request"]["body"], head["response"]["status"]) == ("HEAD", None, 404)
        assert trace["after the interval"]["exchanges"] == []


# Its document has texts of ours, and no client reads it; tests/plugins/open_api compares the rest.
READ_BY_TOOLS = {"open-api"}


def test_every_plugin_with_methods_is_called() -> None:
    plugins = Path(__file__).parents[1] / "plugins"
    called = {path.parent.name.replace("_", "-") for path in plugins.glob("*/test_client.py")}
    assert [id for id in BY_ID if client_paths(id) and id not in called | READ_BY_TOOLS] == []
