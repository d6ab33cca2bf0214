"""What every integration does, whichever the framework."""

from __future__ import annotations

import logging
from collections.abc import Callable

import httpx
import pytest

from betterauth_py.errors import ConfigurationError
from tests.verify.integrations.conftest import NOBODY
from tests.verify.integrations.people import PAGE, sign_out, sign_up
from tests.verify.integrations.services import SERVICES, WITH_WEBSOCKETS, Service

Serve = Callable[..., Service]
COOKIE = "better-auth.session_token"
FORGED = {"cookie": f"{COOKIE}=forged.c2lnbmF0dXJl"}

every_integration = pytest.mark.parametrize("framework", sorted(SERVICES))
every_integration_with_websockets = pytest.mark.parametrize("framework", WITH_WEBSOCKETS)


def set_cookies(answer: httpx.Response) -> list[str]:
    """The values of its `Set-Cookie` headers; Django over WSGI begins each with a space."""
    return [cookie.strip() for cookie in answer.headers.get_list("set-cookie")]


@every_integration
def test_who_is_signed_in_is_known(framework: str, serve: Serve, auth_url: str) -> None:
    service = serve(framework, auth_url)
    browser = sign_up(auth_url)
    for path in ("/me", "/maybe"):
        answer = service.ask("GET", path, browser)
        assert (answer.status_code, answer.json()) == (200, {"name": "Ada Lovelace"})
        # The service prolongs the session: its cookie lives on in the browser.
        (cookie,) = set_cookies(answer)
        assert cookie.startswith(browser["cookie"] + "; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax")


@every_integration
def test_nobody_is_nobody(framework: str, serve: Serve, auth_url: str) -> None:
    service = serve(framework, auth_url)
    assert service.ask("GET", "/maybe").json() == {"name": None}
    answer = service.ask("GET", "/me")
    assert answer.status_code == 401
    assert answer.json()["detail"] == "Not authenticated"


@pytest.mark.parametrize("framework", sorted(set(SERVICES) - {"starlette", "asgi"}))
def test_a_refusal_says_how_to_sign_in_and_is_not_kept(framework: str, serve: Serve, auth_url: str) -> None:
    answer = serve(framework, auth_url).ask("POST", "/notes")
    assert answer.status_code == 401
    assert (answer.headers["www-authenticate"], answer.headers["cache-control"]) == ("Bearer", "no-store")


@every_integration
def test_a_session_that_is_over_is_nobody_and_its_cookie_goes(
    framework: str, serve: Serve, auth_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "betterauth.verify")
    service = serve(framework, auth_url)
    browser = sign_up(auth_url)
    sign_out(auth_url, browser)
    for path, status in (("/maybe", 200), ("/me", 401)):
        answer = service.ask("GET", path, browser)
        assert answer.status_code == status
        cleared = set_cookies(answer)
        assert COOKIE in {cookie.partition("=")[0] for cookie in cleared}
        assert all("Max-Age=0" in cookie for cookie in cleared)
    # Why is for the log; the token is for nobody.
    assert "knows no such session" in caplog.text
    token = browser["cookie"].partition("=")[2]
    assert token.partition(".")[0] not in caplog.text
    assert token.partition(".")[0] not in answer.text


@every_integration
def test_forged_is_like_none(framework: str, serve: Serve, auth_url: str) -> None:
    service = serve(framework, auth_url)
    without, forged = service.ask("GET", "/me"), service.ask("GET", "/me", FORGED)
    assert (forged.status_code, forged.content) == (without.status_code, without.content)


@every_integration
def test_nobody_to_ask_is_503_and_says_when_to_come_back(framework: str, serve: Serve) -> None:
    service = serve(framework, NOBODY)
    for path in ("/me", "/maybe"):
        answer = service.ask("GET", path, FORGED)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert answer.json()["detail"] == "Authentication service unavailable"
    assert service.ask("GET", "/maybe").status_code == 200
    assert serve(framework, NOBODY, retry_after=30).ask("GET", "/me", FORGED).headers["retry-after"] == "30"


@every_integration
def test_a_page_that_is_not_trusted_changes_nothing(framework: str, serve: Serve, auth_url: str) -> None:
    service = serve(framework, auth_url)
    browser = sign_up(auth_url)
    untrusted: list[dict[str, str]] = [
        {},
        {"origin": "null"},
        {"origin": "https://evil.test"},
        {"origin": f"{PAGE}.evil.test"},
        {"origin": "https://evil.test", "referer": f"{PAGE}/"},
        {"referer": "https://evil.test/?http://localhost:3000"},
        {"origin": "https://evil.test", "authorization": "Bearer nonsense"},
    ]
    for headers in untrusted:
        answer = service.ask("POST", "/notes", browser | headers)
        assert answer.status_code == (401 if "authorization" in headers else 403), headers
        assert "set-cookie" not in answer.headers
        assert answer.status_code == 401 or answer.json()["detail"] == "Origin not allowed"
    for headers in ({"origin": PAGE}, {"origin": "http://localhost:8000"}, {"referer": f"{PAGE}/notes?page=2"}):
        assert service.ask("POST", "/notes", browser | headers).status_code == 200, headers


@every_integration
def test_the_check_of_the_origin_can_be_turned_off(framework: str, serve: Serve, auth_url: str) -> None:
    service = serve(framework, auth_url, check_origin=False)
    assert service.ask("POST", "/notes", sign_up(auth_url) | {"origin": "https://evil.test"}).status_code == 200


@every_integration
def test_a_wrong_origin_is_refused_at_the_start(framework: str, serve: Serve, auth_url: str) -> None:
    from django.core.exceptions import ImproperlyConfigured

    # Django says it in its own source, with the name of its setting.
    error = ImproperlyConfigured if framework.startswith("django") else ConfigurationError
    with pytest.raises(error, match=r"(?i)^(betterauth_)?trusted_origins: 'example\.com' is not an origin"):
        serve(framework, auth_url, trusted_origins=["example.com"]).ask("GET", "/maybe")


@every_integration_with_websockets
def test_a_websocket_knows_who_opens_it(framework: str, serve: Serve, auth_url: str) -> None:
    service = serve(framework, auth_url)
    browser = sign_up(auth_url) | {"origin": PAGE}
    assert service.open("/live", browser) == (101, {"name": "Ada Lovelace"})
    assert service.open("/live", {"origin": PAGE}) == (101, {"name": None})


@every_integration_with_websockets
def test_a_websocket_of_a_page_that_is_not_trusted_is_not_opened(framework: str, serve: Serve, auth_url: str) -> None:
    service = serve(framework, auth_url)
    browser = sign_up(auth_url)
    for headers in ({"origin": "https://evil.test"}, {"origin": "null"}, {}):
        status, body = service.open("/live", browser | headers)
        assert (status, body["detail"]) == (403, "Origin not allowed")


@every_integration_with_websockets
def test_a_websocket_that_nobody_can_judge_is_503(framework: str, serve: Serve) -> None:
    status, body = serve(framework, NOBODY).open("/live", FORGED | {"origin": PAGE})
    assert (status, body["detail"]) == (503, "Authentication service unavailable")


@pytest.mark.parametrize("framework", ["fastapi", "litestar"])
def test_a_websocket_that_needs_somebody_is_401(framework: str, serve: Serve, auth_url: str) -> None:
    service = serve(framework, auth_url)
    assert service.open("/mine", sign_up(auth_url) | {"origin": PAGE}) == (101, {"name": "Ada Lovelace"})
    status, body = service.open("/mine", {"origin": PAGE})
    assert (status, body["detail"]) == (401, "Not authenticated")
