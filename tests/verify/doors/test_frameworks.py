"""What only one framework's door does."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from betterauth_py.errors import ConfigurationError
from betterauth_py.verify import Remote, Session, SessionVerifier, User, VerifiedSession, asgi, sync
from betterauth_py.verify.asgi import BetterAuthMiddleware
from tests.verify.doors.conftest import NOBODY
from tests.verify.doors.people import PAGE, sign_out, sign_up
from tests.verify.doors.services import WITH_WEBSOCKETS, Service, over_asgi
from tests.verify.doors.test_all_doors import FORGED, set_cookies

Serve = Callable[..., Service]


def test_fastapi_shows_both_ways_to_sign_in_in_its_openapi(serve: Serve, auth_url: str) -> None:
    document = serve("fastapi", auth_url).ask("GET", "/openapi.json").json()
    assert document["components"]["securitySchemes"] == {
        "SessionCookie": {"type": "apiKey", "in": "cookie", "name": "better-auth.session_token"},
        "BearerToken": {"type": "http", "scheme": "bearer"},
    }
    for path, method in (("/me", "get"), ("/maybe", "get"), ("/notes", "post")):
        operation = document["paths"][path][method]
        assert operation["security"] == [{"SessionCookie": []}, {"BearerToken": []}]
        assert "parameters" not in operation
    assert "security" not in document["paths"]["/health"]["get"]


def test_fastapi_names_the_cookie_it_is_told(serve: Serve, auth_url: str) -> None:
    document = serve("fastapi", auth_url, cookie_name="__Secure-shop.session_token").ask("GET", "/openapi.json").json()
    assert document["components"]["securitySchemes"]["SessionCookie"]["name"] == "__Secure-shop.session_token"


def test_fastapi_passes_cookies_back_with_responses_of_an_endpoints_own(serve: Serve, auth_url: str) -> None:
    browser = sign_up(auth_url)
    answer = serve("fastapi", auth_url).ask("GET", "/own-response", browser)
    assert answer.text == "Ada Lovelace"
    assert len(set_cookies(answer)) == 1

    # Without the middleware only FastAPI's own answers have them.
    service = serve("fastapi", auth_url, refreshed_cookies=False)
    assert [len(set_cookies(service.ask("GET", path, browser))) for path in ("/own-response", "/me")] == [0, 1]
    sign_out(auth_url, browser)
    over = service.ask("GET", "/me", browser)
    assert over.status_code == 401
    assert len(set_cookies(over)) > 1


def test_fastapi_protects_whole_routers_and_apps(auth_url: str) -> None:
    from fastapi import APIRouter, Depends, FastAPI

    from betterauth_py.verify.fastapi import SessionAuth

    auth = SessionAuth(SessionVerifier(Remote(auth_url)))
    router = APIRouter(prefix="/inside", dependencies=[Depends(auth.user)])
    router.add_api_route("/page", lambda: "page")
    open_app, closed_app = FastAPI(), FastAPI(dependencies=[Depends(auth.user)])
    open_app.include_router(router)
    for app in (open_app, closed_app):
        app.add_api_route("/page", lambda: "page")
    browser = sign_up(auth_url)
    for service in over_asgi(open_app):
        assert [service.ask("GET", path).status_code for path in ("/page", "/inside/page")] == [200, 401]
        assert service.ask("GET", "/inside/page", browser).status_code == 200
    for service in over_asgi(closed_app):
        assert [service.ask("GET", "/page", headers).status_code for headers in ({}, browser)] == [401, 200]


def test_fastapis_dependencies_can_be_replaced_in_tests(serve: Serve) -> None:
    service = serve("fastapi", NOBODY)
    app: Any = getattr(service.client, "app")  # noqa: B009 - the client of ASGI applications has it
    auth = app.state.auth
    user = User({"id": "1", "name": "Grace"})
    app.dependency_overrides[auth.user] = lambda: user
    app.dependency_overrides[auth.session] = lambda: VerifiedSession(Session({}), user)
    assert service.ask("GET", "/me").json() == {"name": "Grace"}


def test_litestar_shows_both_ways_to_sign_in_in_its_openapi(serve: Serve, auth_url: str) -> None:
    document = serve("litestar", auth_url).ask("GET", "/schema/openapi.json").json()
    assert document["components"]["securitySchemes"] == {
        "SessionCookie": {"type": "apiKey", "in": "cookie", "name": "better-auth.session_token"},
        "BearerToken": {"type": "http", "scheme": "bearer"},
    }
    assert document["paths"]["/me"]["get"]["security"] == [{"SessionCookie": []}, {"BearerToken": []}]
    assert "parameters" not in document["paths"]["/me"]["get"]


def test_litestar_asks_nobody_for_a_handler_that_is_excluded(serve: Serve) -> None:
    service = serve("litestar", NOBODY)
    assert service.ask("GET", "/health", FORGED).status_code == 200
    assert service.ask("GET", "/maybe", FORGED).status_code == 503


@pytest.mark.parametrize("framework", ["asgi", "starlette"])
def test_excluded_paths_are_open_and_ask_nobody(framework: str, serve: Serve) -> None:
    service = serve(framework, NOBODY, required=True, exclude=["/maybe", "/static/"])
    assert service.ask("GET", "/maybe", FORGED).json() == {"name": None}
    assert service.ask("GET", "/static/app.js", FORGED).status_code == 404
    for path in ("/maybe/", "/maybe2", "/static", "/me"):
        assert service.ask("GET", path, FORGED).status_code == 503, path
        assert service.ask("GET", path).status_code == 401, path


def test_excluded_paths_are_a_list(serve: Serve) -> None:
    with pytest.raises(ConfigurationError, match=r"exclude: give a list of paths, \['/health'\], not a text"):
        serve("asgi", NOBODY, exclude="/health")


@pytest.mark.parametrize("framework", ["asgi", "starlette"])
def test_everything_can_need_somebody(framework: str, serve: Serve, auth_url: str) -> None:
    service = serve(framework, auth_url, required=True)
    refused = service.ask("GET", "/maybe")
    assert (refused.status_code, refused.json()) == (401, {"detail": "Not authenticated"})
    assert (refused.headers["www-authenticate"], refused.headers["cache-control"]) == ("Bearer", "no-store")
    assert service.ask("GET", "/maybe", sign_up(auth_url)).status_code == 200
    assert service.open("/live", {"origin": PAGE}) == (401, {"detail": "Not authenticated"})
    # A preflight has no credentials, so it gets to whatever answers it.
    preflight = {"origin": PAGE, "access-control-request-method": "POST"}
    assert service.ask("OPTIONS", "/notes", preflight).status_code == 405
    assert service.ask("OPTIONS", "/notes").status_code == 401


def test_a_server_without_denial_responses_closes_the_websocket() -> None:
    async def opened(status_of: str) -> list[Any]:
        sent: list[Any] = []

        async def app(scope: Any, receive: Any, send: Any) -> None:
            raise AssertionError("nobody may get here")

        async def send(message: Any) -> None:
            sent.append(message)

        async def receive() -> Any:
            return {"type": "websocket.connect"}

        headers = [(b"cookie", FORGED["cookie"].encode()), (b"origin", status_of.encode())]
        scope = {"type": "websocket", "path": "/", "scheme": "ws", "headers": headers}
        async with SessionVerifier(Remote(NOBODY)) as verifier:
            await BetterAuthMiddleware(app, verifier, trusted_origins=[PAGE])(scope, receive, send)
        return sent

    assert asyncio.run(opened("https://evil.test")) == [
        {"type": "websocket.close", "code": 1008, "reason": "Origin not allowed"}
    ]
    assert asyncio.run(opened(PAGE)) == [
        {"type": "websocket.close", "code": 1013, "reason": "Authentication service unavailable"}
    ]


def test_fastapi_closes_it_too(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asgi, "can_deny", lambda scope: False)
    service = serve("fastapi", NOBODY)
    assert service.open("/mine", {"origin": PAGE}) == (1008, "Not authenticated")
    assert service.open("/mine", FORGED | {"origin": PAGE}) == (1013, "Authentication service unavailable")


@pytest.mark.parametrize("framework", WITH_WEBSOCKETS)
def test_an_accepted_websocket_passes_cookies_back(framework: str, serve: Serve, auth_url: str) -> None:
    client: Any = serve(framework, auth_url).client
    browser = sign_up(auth_url)
    with client.websocket_connect("/live", headers=browser | {"origin": PAGE}) as websocket:
        cookies = [value.decode() for name, value in websocket.extra_headers if name == b"set-cookie"]
    assert [cookie.partition("; ")[0] for cookie in cookies] == [browser["cookie"]]


def test_the_connections_are_closed_with_the_application() -> None:
    closed = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "lifespan.shutdown.complete"})

    async def verify(headers: object) -> VerifiedSession:
        raise AssertionError

    async def aclose() -> None:
        closed.append(True)

    async def nothing(*_: Any) -> Any:
        return None

    verifier: Any = SimpleNamespace(verify=verify, aclose=aclose)
    asyncio.run(BetterAuthMiddleware(app, verifier)({"type": "lifespan"}, nothing, nothing))
    assert closed == [True]


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


def test_the_wrong_twin_is_refused_at_the_start() -> None:
    from flask import Flask

    from betterauth_py.verify.fastapi import SessionAuth as FastAPIAuth
    from betterauth_py.verify.flask import SessionAuth as FlaskAuth

    blocking: Any = sync.SessionVerifier(sync.Remote(NOBODY))
    awaited: Any = SessionVerifier(Remote(NOBODY))
    with pytest.raises(ConfigurationError, match=r"use betterauth_py\.verify\.SessionVerifier, not sync's"):
        FastAPIAuth(blocking)
    with pytest.raises(ConfigurationError, match=r"sync\.SessionVerifier\(sync\.Remote\(\.\.\.\)\)"):
        FlaskAuth(awaited, Flask(__name__))


FRAMEWORKS = {
    "django": "Django",
    "fastapi": "FastAPI",
    "flask": "Flask",
    "litestar": "Litestar",
    "starlette": "Starlette",
}


@pytest.mark.parametrize(("module", "framework"), FRAMEWORKS.items())
def test_a_framework_that_is_not_installed_is_named(module: str, framework: str) -> None:
    code = f"""
import sys

class NotInstalled:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {{{module!r}, "asgiref"}}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, NotInstalled())
import betterauth_py.verify.{module}
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        f"ModuleNotFoundError: betterauth_py.verify.{module} is for {framework}, which is not installed: "
        f"pip install {module}"
    )


def test_a_framework_that_is_too_old_is_named() -> None:
    code = "import litestar.di; del litestar.di.NamedDependency; import betterauth_py.verify.litestar"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert "ImportError: betterauth_py.verify.litestar needs a newer Litestar: pip install --upgrade" in done.stderr


def test_the_plain_middleware_needs_no_framework() -> None:
    code = """
import sys
import betterauth_py.verify.asgi
frameworks = {"fastapi", "starlette", "litestar", "flask", "werkzeug", "django", "asgiref", "pydantic"}
print(sorted(frameworks & {name.partition(".")[0] for name in sys.modules}))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "[]\n"
