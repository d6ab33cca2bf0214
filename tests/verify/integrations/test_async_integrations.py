"""What only FastAPI's, Litestar's, Starlette's or the plain ASGI integration does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from betterauth_py.errors import ConfigurationError
from betterauth_py.verify import Remote, Session, SessionVerifier, User, VerifiedSession, asgi
from betterauth_py.verify.asgi import BetterAuthMiddleware
from tests.verify.integrations.conftest import NOBODY
from tests.verify.integrations.in_fastapi import make_app
from tests.verify.integrations.people import PAGE, sign_out, sign_up
from tests.verify.integrations.services import WITH_WEBSOCKETS, Service, over_asgi
from tests.verify.integrations.test_all_integrations import FORGED, set_cookies

Serve = Callable[..., Service]
SCHEMES = {
    "SessionCookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": "better-auth.session_token",
        "description": "Set by the auth server at sign-in; browsers send it by themselves.",
    },
    "BearerToken": {
        "type": "http",
        "scheme": "bearer",
        "description": "A token of the auth server's jwt or bearer plugin.",
    },
}


def test_fastapi_shows_both_ways_to_sign_in_in_its_openapi(serve: Serve, auth_url: str) -> None:
    document = serve("fastapi", auth_url).ask("GET", "/openapi.json").json()
    assert document["components"]["securitySchemes"] == SCHEMES
    for path, method in (("/me", "get"), ("/maybe", "get"), ("/notes", "post")):
        operation = document["paths"][path][method]
        assert operation["security"] == [{"SessionCookie": []}, {"BearerToken": []}]
        assert "parameters" not in operation
    assert "security" not in document["paths"]["/health"]["get"]


def test_fastapi_names_the_cookie_it_is_told(serve: Serve, auth_url: str) -> None:
    document = serve("fastapi", auth_url, cookie_name="__Secure-shop.session_token").ask("GET", "/openapi.json").json()
    assert document["components"]["securitySchemes"]["SessionCookie"]["name"] == "__Secure-shop.session_token"


def test_fastapi_shows_its_refusals_where_it_is_told_to() -> None:
    from fastapi import APIRouter, Depends, FastAPI

    from betterauth_py.verify.fastapi import REFUSALS, SessionAuth

    auth = SessionAuth(SessionVerifier(Remote(NOBODY)))
    router = APIRouter(dependencies=[Depends(auth.user)], responses=REFUSALS)
    router.add_api_route("/page", lambda: "page")
    app = FastAPI()
    app.include_router(router)
    shown = app.openapi()["paths"]["/page"]["get"]["responses"]
    for service in over_asgi(app):
        refused = [service.ask("GET", "/page"), service.ask("GET", "/page", FORGED)]
    for answer in refused:
        response = shown[str(answer.status_code)]
        assert response["description"] == answer.json()["detail"]
        assert list(response["content"]["application/json"]["schema"]["properties"]) == list(answer.json())
    assert shown["403"]["description"] == "Origin not allowed"


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
    open_app = FastAPI(lifespan=auth.lifespan)
    closed_app = FastAPI(lifespan=auth.lifespan, dependencies=[Depends(auth.user)])
    open_app.include_router(router)
    for app in (open_app, closed_app):
        app.add_api_route("/page", lambda: "page")
    browser = sign_up(auth_url)
    for service in over_asgi(open_app):
        assert [service.ask("GET", path).status_code for path in ("/page", "/inside/page")] == [200, 401]
        assert service.ask("GET", "/inside/page", browser).status_code == 200
    for service in over_asgi(closed_app):
        assert [service.ask("GET", "/page", headers).status_code for headers in ({}, browser)] == [401, 200]


def test_fastapi_verifies_a_request_once() -> None:
    asked: list[object] = []
    user = User({"id": "1", "name": "Grace"})

    class Counting(SessionVerifier):
        async def verify(self, headers: object) -> VerifiedSession:
            asked.append(headers)
            return VerifiedSession(Session({}), user, ("a=1; Path=/", "b=2; Path=/"))

    app = make_app(Counting(Remote(NOBODY)), False, {})
    for service in over_asgi(app):
        answer = service.ask("GET", "/me")
        assert (answer.json(), set_cookies(answer)) == ({"name": "Grace"}, ["a=1; Path=/", "b=2; Path=/"])
    assert len(asked) == 1


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
    assert document["components"]["securitySchemes"] == SCHEMES
    assert document["paths"]["/me"]["get"]["security"] == [{"SessionCookie": []}, {"BearerToken": []}]
    assert "parameters" not in document["paths"]["/me"]["get"]


def test_litestar_answers_with_a_user(serve: Serve, auth_url: str) -> None:
    service = serve("litestar", auth_url)
    user = service.ask("GET", "/whole", sign_up(auth_url)).json()
    assert (user["name"], user["emailVerified"], user["createdAt"][-1]) == ("Ada Lovelace", False, "Z")
    assert service.ask("GET", "/schema/openapi.json").status_code == 200


def test_litestar_asks_nobody_for_a_handler_that_is_excluded(serve: Serve) -> None:
    service = serve("litestar", NOBODY)
    assert service.ask("GET", "/health", FORGED).json() == {"health": "ok", "user": None}
    assert service.ask("GET", "/maybe", FORGED).status_code == 503


@pytest.mark.parametrize("framework", ["asgi", "starlette"])
def test_excluded_paths_are_open_and_ask_nobody(framework: str, serve: Serve) -> None:
    service = serve(framework, NOBODY, required=True, exclude=["/maybe", "/static/"])
    assert service.ask("GET", "/maybe", FORGED).json() == {"name": None}
    assert service.ask("GET", "/static/app.js", FORGED).status_code == 404
    for path in ("/maybe/", "/maybe2", "/static", "/me"):
        assert service.ask("GET", path, FORGED).status_code == 503, path
        assert service.ask("GET", path).status_code == 401, path


def test_excluded_paths_do_not_know_where_the_application_is_mounted(serve: Serve) -> None:
    from starlette.applications import Starlette
    from starlette.routing import Mount

    inner: Any = getattr(serve("asgi", NOBODY, required=True, exclude=["/maybe"]).client, "app")  # noqa: B009
    for service in over_asgi(Starlette(routes=[Mount("/inner", inner), Mount("/maybe", inner)])):
        assert service.ask("GET", "/inner/maybe", FORGED).json() == {"name": None}
        for path in ("/inner/me", "/maybe/me", "/inner/inner/maybe"):
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
