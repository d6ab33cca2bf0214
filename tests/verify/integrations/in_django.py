"""The service in Django, as WSGI or ASGI application; the settings are the process's only ones."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import override_settings
from django.urls import path
from django.utils.decorators import method_decorator
from django.views import View

from betterauth_py.verify.django import BetterAuthRequest, login_required
from betterauth_py.verify.integration import Rejection
from tests.verify.django_settings import configure


@login_required
def me(request: BetterAuthRequest) -> JsonResponse:
    user, session = request.betterauth.current_user, request.betterauth.current_session
    assert (request.betterauth.user, request.betterauth.session) == (user, session)
    assert session.session.user_id == user.id
    return JsonResponse({"name": user.name})


async def maybe(request: BetterAuthRequest) -> JsonResponse:
    user = await request.betterauth.auser()
    assert request.betterauth.user is user  # known by now, so async code may read it
    assert (await request.betterauth.asession()) is request.betterauth.session
    return JsonResponse({"name": user and user.name})


@login_required
async def notes(request: BetterAuthRequest) -> JsonResponse:
    return JsonResponse({"added": request.method == "POST" and bool(request.betterauth.current_user.id)})


@login_required(login_url="https://app.example.com/sign-in?from=notes")
def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("page")


@login_required(login_url="/sign-in", redirect_field_name="callbackURL")
def own_page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("page")


@method_decorator(login_required, name="dispatch")
class ClassBased(View):  # type: ignore[misc]
    def get(self, request: BetterAuthRequest) -> JsonResponse:
        return JsonResponse({"class": True})


@method_decorator(login_required, name="dispatch")
class AsyncClassBased(View):  # type: ignore[misc]
    async def get(self, request: BetterAuthRequest) -> JsonResponse:
        return JsonResponse({"name": request.betterauth.current_user.name})


def undecorated(request: BetterAuthRequest) -> JsonResponse:
    return JsonResponse({"name": request.betterauth.current_user.name})


def stubborn(request: BetterAuthRequest) -> JsonResponse:
    try:
        return JsonResponse({"name": request.betterauth.user})
    except Rejection:
        return JsonResponse({"name": request.betterauth.user})


async def hasty(request: BetterAuthRequest) -> JsonResponse:
    return JsonResponse({"name": request.betterauth.user})


def health(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


urlpatterns = [
    path("me", me),
    path("maybe", maybe),
    path("notes", notes),
    path("page", page),
    path("own-page", own_page),
    path("class", ClassBased.as_view()),
    path("async-class", AsyncClassBased.as_view()),
    path("undecorated", undecorated),
    path("stubborn", stubborn),
    path("hasty", hasty),
    path("health", health),
]


@contextmanager
def handler(verifier: object, asynchronous: bool, more: dict[str, Any]) -> Iterator[Any]:
    configure()
    middleware = ["betterauth_py.verify.django.BetterAuthMiddleware"]
    with override_settings(MIDDLEWARE=middleware, BETTERAUTH_VERIFIER=verifier, **more):
        yield get_asgi_application() if asynchronous else get_wsgi_application()


def with_lifespan(app: Any, close: Callable[[], Awaitable[None]] | None = None) -> Any:
    """Django knows no lifespan; the client that keeps one event loop for all requests does."""

    async def served(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "lifespan":
            await app(scope, receive, send)
            return
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        if close is not None:
            await close()
        await send({"type": "lifespan.shutdown.complete"})

    return served
