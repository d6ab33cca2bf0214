"""What only Flask's or Django's door does."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from betterauth_py.verify import Session, User, VerifiedSession, sync
from tests.verify.doors.conftest import NOBODY
from tests.verify.doors.people import sign_up
from tests.verify.doors.services import Service

Serve = Callable[..., Service]


def test_flask_asks_again_for_the_next_request_in_one_application_context(auth_url: str) -> None:
    from flask import Flask

    from betterauth_py.verify.flask import SessionAuth

    app = Flask(__name__)
    with sync.SessionVerifier(sync.Remote(auth_url)) as verifier:
        auth = SessionAuth(verifier, app)
        app.add_url_rule("/", view_func=lambda: {"signed_in": auth.user is not None})
        with app.app_context():
            client = app.test_client(use_cookies=False)
            assert client.get("/", headers=sign_up(auth_url)).json == {"signed_in": True}
            assert client.get("/").json == {"signed_in": False}


def test_flask_lets_the_application_word_its_errors(auth_url: str) -> None:
    from flask import Flask

    from betterauth_py.verify.flask import SessionAuth

    app = Flask(__name__)
    auth = SessionAuth(sync.SessionVerifier(sync.Remote(NOBODY)))
    auth.init_app(app)

    @app.get("/")
    @auth.login_required
    def index() -> str:
        return "index"

    @app.errorhandler(401)
    def sign_in_first(error: Exception) -> tuple[str, int]:
        return "Sign in first.", 401

    client = app.test_client()
    refused = client.get("/")
    assert (refused.status_code, refused.text) == (401, "Sign in first.")
    assert refused.vary.as_set() >= {"cookie", "authorization"}
    assert client.options("/").status_code == 200


def test_flask_asks_once_per_request_and_only_if_it_matters() -> None:
    from flask import Flask

    from betterauth_py.verify.flask import SessionAuth

    asked = []

    class Counting:
        def verify(self, headers: object) -> VerifiedSession:
            asked.append(headers)
            return VerifiedSession(Session({}), User({"id": "1", "name": "Grace"}))

    app = Flask(__name__)
    auth = SessionAuth(Counting(), app)
    app.add_url_rule("/public", view_func=lambda: "public", endpoint="public")
    app.add_url_rule(
        "/twice", view_func=lambda: auth.current_user.name + auth.current_session.user.name, endpoint="twice"
    )
    assert app.test_client().get("/public").vary.as_set() == set()
    assert asked == []
    assert app.test_client().get("/twice").text == "GraceGrace"
    assert len(asked) == 1


@pytest.mark.parametrize("framework", ["django", "django async", "django all async"])
def test_django_knows_classes_sign_in_pages_and_hasty_code(framework: str, serve: Serve, auth_url: str) -> None:
    service = serve(framework, auth_url)
    browser = sign_up(auth_url)
    assert service.ask("GET", "/class").status_code == 401
    assert service.ask("GET", "/class", browser).json() == {"class": True}
    sent = service.ask("GET", "/page?a=1")
    assert sent.status_code == 302
    assert sent.headers["location"] == (
        "https://app.example.com/sign-in?from=notes&next=http%3A%2F%2Flocalhost%3A8000%2Fpage%3Fa%3D1"
    )
    seen = service.ask("GET", "/page", browser)
    assert (seen.text, seen.headers["vary"]) == ("page", "Cookie, Authorization")
    assert "vary" not in service.ask("GET", "/health", browser).headers


def test_djangos_async_views_are_told_to_await(serve: Serve, auth_url: str, caplog: pytest.LogCaptureFixture) -> None:
    assert serve("django async", auth_url).ask("GET", "/hasty").status_code == 500
    assert "SynchronousOnlyOperation: Use `await request.betterauth.auser()` in async code." in caplog.text


def test_django_needs_its_settings_and_its_middleware(serve: Serve, auth_url: str) -> None:
    from django.core.exceptions import ImproperlyConfigured
    from django.http import HttpRequest
    from django.test import override_settings

    from betterauth_py.verify.django import BetterAuthMiddleware as DjangoMiddleware
    from betterauth_py.verify.django import login_required

    serve("django", auth_url)  # configures Django
    with (
        override_settings(BETTERAUTH_VERIFIER=None),
        pytest.raises(ImproperlyConfigured, match="BETTERAUTH_VERIFIER is"),
    ):
        DjangoMiddleware(lambda request: None)
    with pytest.raises(ImproperlyConfigured, match="BetterAuthMiddleware in MIDDLEWARE"):
        login_required(lambda request: None)(HttpRequest())
