"""What only Flask's or Django's integration does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from betterauth_py.verify import Session, User, VerifiedSession, sync
from tests.verify.integrations.conftest import NOBODY
from tests.verify.integrations.people import sign_up
from tests.verify.integrations.services import Service
from tests.verify.integrations.test_all_integrations import FORGED

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


def test_flask_protects_classes_and_whole_blueprints_but_not_from_preflights(auth_url: str) -> None:
    from flask import Blueprint, Flask
    from flask.views import MethodView

    from betterauth_py.verify.flask import SessionAuth

    app = Flask(__name__)
    verifier = sync.SessionVerifier(sync.Remote(auth_url))
    auth = SessionAuth(verifier, app)
    blueprint = Blueprint("notes", __name__, url_prefix="/notes")
    blueprint.before_request(auth.login_required(lambda: None))
    blueprint.add_url_rule("/", view_func=lambda: auth.current_user.name, endpoint="index")
    app.register_blueprint(blueprint)

    class Page(MethodView):
        decorators = [auth.login_required]  # noqa: RUF012 - as Flask has it

        def get(self) -> str:
            return auth.current_user.name

    app.add_url_rule("/page", view_func=Page.as_view("page"))
    client = app.test_client(use_cookies=False)
    with verifier:
        for path in ("/notes/", "/page"):
            assert client.get(path).json == {"detail": "Not authenticated"}
            assert client.get(path, headers=sign_up(auth_url)).text == "Ada Lovelace"
            assert client.options(path).status_code == 200


def test_flask_does_not_wait_for_a_dead_auth_server_twice(caplog: pytest.LogCaptureFixture) -> None:
    from flask import Flask
    from werkzeug.exceptions import ServiceUnavailable

    from betterauth_py.verify.flask import SessionAuth

    app = Flask(__name__)
    auth = SessionAuth(sync.SessionVerifier(sync.Remote(NOBODY)), app)
    app.add_url_rule("/", view_func=lambda: auth.current_user.name, endpoint="index")

    @app.errorhandler(503)
    def page(error: ServiceUnavailable) -> tuple[str, int]:
        with pytest.raises(ServiceUnavailable):
            _ = auth.user
        return "Try again.", 503

    answer = app.test_client(use_cookies=False).get("/", headers=FORGED)
    assert (answer.status_code, answer.text) == (503, "Try again.")
    assert caplog.text.count("is unavailable") == 1


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
    # A sign-in page of the service's own needs no host, as with Django's own decorator.
    assert service.ask("GET", "/own-page?a=1").headers["location"] == "/sign-in?callbackURL=%2Fown-page%3Fa%3D1"
    seen = service.ask("GET", "/page", browser)
    assert (seen.text, seen.headers["vary"]) == ("page", "Cookie, Authorization")
    assert "vary" not in service.ask("GET", "/health", browser).headers


@pytest.mark.parametrize("framework", ["django", "django async", "django all async"])
def test_djangos_classes_with_async_handlers_can_need_somebody(framework: str, serve: Serve, auth_url: str) -> None:
    service = serve(framework, auth_url)
    assert service.ask("GET", "/async-class").status_code == 401
    assert service.ask("GET", "/async-class", sign_up(auth_url)).json() == {"name": "Ada Lovelace"}
    assert serve(framework, NOBODY).ask("GET", "/async-class", FORGED).status_code == 503


def test_django_answers_401_where_the_current_user_is_nobody(serve: Serve, auth_url: str) -> None:
    service = serve("django", auth_url)
    refused = service.ask("GET", "/undecorated")
    assert (refused.status_code, refused.json()) == (401, {"detail": "Not authenticated"})
    assert service.ask("GET", "/undecorated", sign_up(auth_url)).json() == {"name": "Ada Lovelace"}


@pytest.mark.parametrize("framework", ["django", "django async"])
def test_django_does_not_wait_for_a_dead_auth_server_twice(
    framework: str, serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    assert serve(framework, NOBODY).ask("GET", "/stubborn", FORGED).status_code == 503
    assert caplog.text.count("is unavailable") == 1


def test_djangos_async_views_are_told_to_await(serve: Serve, auth_url: str, caplog: pytest.LogCaptureFixture) -> None:
    assert serve("django async", auth_url).ask("GET", "/hasty").status_code == 500
    assert "SynchronousOnlyOperation: Use `await request.betterauth.auser()` in async code." in caplog.text


def test_django_needs_its_settings_and_its_middleware(serve: Serve, auth_url: str) -> None:
    from django.conf import settings
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
    for wrong, problem in (
        ({"BETTERAUTH_VERIFIER": "nowhere.verifier"}, "BETTERAUTH_VERIFIER: 'nowhere.verifier' cannot be imported: No"),
        ({"BETTERAUTH_VERIFIER": sync.Remote(NOBODY)}, "BETTERAUTH_VERIFIER: give a SessionVerifier, "),
        ({"BETTERAUTH_TRUSTED_ORIGINS": ["*"]}, "BETTERAUTH_TRUSTED_ORIGINS: '\\*' .* BETTERAUTH_CHECK_ORIGIN=False"),
        ({"BETTERAUTH_RETRY_AFTER": "soon"}, "BETTERAUTH_RETRY_AFTER: give whole seconds"),
    ):
        given: dict[str, Any] = {"BETTERAUTH_VERIFIER": sync.SessionVerifier(sync.Remote(auth_url)), **wrong}
        with override_settings(**given), pytest.raises(ImproperlyConfigured, match=f"^{problem}"):
            DjangoMiddleware(lambda request: None)
    with override_settings(CSRF_TRUSTED_ORIGINS=["example.com"]):
        del settings.BETTERAUTH_TRUSTED_ORIGINS
        with pytest.raises(ImproperlyConfigured, match=r"^CSRF_TRUSTED_ORIGINS: 'example\.com' is not an origin"):
            DjangoMiddleware(lambda request: None)
    with pytest.raises(ImproperlyConfigured, match="BetterAuthMiddleware in MIDDLEWARE"):
        login_required(lambda request: None)(HttpRequest())
