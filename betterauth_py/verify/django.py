"""The verifier in Django: a middleware and a `login_required`, for sync and async views.

Example:
    # settings.py
    MIDDLEWARE = [..., "betterauth_py.verify.django.BetterAuthMiddleware"]
    BETTERAUTH_VERIFIER = "mysite.auth.verifier"

    # views.py
    @login_required
    def me(request):
        return JsonResponse({"name": request.betterauth.current_user.name})

`request.user` stays what it is: the user of `django.contrib.auth`, which many projects keep for their admin site.
"""

from __future__ import annotations

from asyncio import get_running_loop
from collections.abc import Awaitable, Callable
from functools import wraps
from inspect import isawaitable
from re import compile as compile_pattern
from typing import Any, Final, TypeVar, overload
from urllib.parse import urlencode, urlsplit

from betterauth_py.errors import ConfigurationError
from betterauth_py.verify.credentials import Headers
from betterauth_py.verify.door import AsyncDoor, Refusal, SyncDoor, Visitor, is_async, needs, with_peer
from betterauth_py.verify.records import User, VerifiedSession

with needs("Django", "django", "asgiref"):
    from asgiref.sync import async_to_sync, iscoroutinefunction, markcoroutinefunction, sync_to_async
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured
    from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
    from django.shortcuts import resolve_url
    from django.utils.asyncio import async_unsafe
    from django.utils.cache import patch_vary_headers
    from django.utils.module_loading import import_string

__all__ = ["BetterAuthMiddleware", "BetterAuthRequest", "RequestSession", "login_required"]

View = TypeVar("View", bound=Callable[..., Any])

_OPTION: Final = compile_pattern(r"^(verifier|trusted_origins|retry_after)(?=:)|\bcheck_origin(?==)")


class RequestSession:
    """Who makes a request. It is asked on first use, once per request.

    In async code await `auser()` or `asession()`; the properties may follow them there, as in templates, and as in
    views under `login_required`.

    Raises `Refusal` 403 if an untrusted page's unsafe request has cookies, 503 if nobody can tell; the middleware makes
    the answer of it.
    """

    def __init__(self, door: AsyncDoor | SyncDoor, request: HttpRequest) -> None:
        """Ask `door` about `request`."""
        self._door: Final = door
        self._request: Final = request
        # A refusal is kept too: an error page that shows who is signed in does not wait for a dead auth server again.
        self._found: Visitor | Refusal | None = None

    @property
    def current_user(self) -> User:
        """The signed-in user, never None: raises `Refusal` 401 if there is none."""
        return self.current_session.user

    @property
    def current_session(self) -> VerifiedSession:
        """The session and its user, never None: raises `Refusal` 401 if there is none."""
        return self.visitor().signed_in()

    @property
    def user(self) -> User | None:
        """The signed-in user, or None."""
        return _user(self.visitor())

    @property
    def session(self) -> VerifiedSession | None:
        """The session and its user, or None."""
        return self.visitor().verified

    async def auser(self) -> User | None:
        """Return the signed-in user, or None."""
        return _user(await self.avisitor())

    async def asession(self) -> VerifiedSession | None:
        """Return the session and its user, or None."""
        return (await self.avisitor()).verified

    @property
    def seen(self) -> Visitor | None:
        """Who asked, if that was asked for."""
        return self._found if isinstance(self._found, Visitor) else None

    def visitor(self) -> Visitor:
        """Return who asks.

        Raises:
            SynchronousOnlyOperation: in async code, if it is not known yet.
        """
        if self._found is None:
            self._found = self._look()
        return self._let_in(self._found)

    async def avisitor(self) -> Visitor:
        """Return who asks."""
        if self._found is None:
            look: Any = self._door.look if isinstance(self._door, AsyncDoor) else sync_to_async(self._door.look)
            try:
                self._found = await look(*self._question())
            except Refusal as refusal:
                self._found = refusal
        return self._let_in(self._found)

    @staticmethod
    def _let_in(found: Visitor | Refusal) -> Visitor:
        if isinstance(found, Refusal):
            raise found
        return found

    @async_unsafe("Use `await request.betterauth.auser()` in async code.")  # type: ignore[untyped-decorator]
    def _look(self) -> Visitor | Refusal:
        look: Any = self._door.look if isinstance(self._door, SyncDoor) else async_to_sync(self._door.look)
        try:
            visitor: Visitor = look(*self._question())
        except Refusal as refusal:
            return refusal
        return visitor

    def _question(self) -> tuple[str, str, Headers]:
        headers = [(name, value) for name, value in self._request.headers.items() if name != "Host"]
        # Django knows best: USE_X_FORWARDED_HOST, ALLOWED_HOSTS.
        headers.append(("host", self._request.get_host()))
        return self._request.method, self._request.scheme, with_peer(headers, self._request.META.get("REMOTE_ADDR"))


class BetterAuthRequest(HttpRequest):  # type: ignore[misc]
    """A request behind the middleware, for annotations."""

    betterauth: RequestSession


class BetterAuthMiddleware:
    """Sets `request.betterauth`, makes answers of refusals that views raise, and passes refreshed cookies back.

    A middleware after this one that asks who is signed in handles `Refusal` itself.

    Settings:
        BETTERAUTH_VERIFIER: a `SessionVerifier`, sync or async, or the dotted path of one. `sync.SessionVerifier` fits
            everywhere; the async one saves a thread where all views are async, and is slow in sync views.
        BETTERAUTH_TRUSTED_ORIGINS: whose pages may send unsafe requests with cookies; CSRF_TRUSTED_ORIGINS by default.
        BETTERAUTH_CHECK_ORIGIN: False turns that check off.
        BETTERAUTH_RETRY_AFTER: seconds for the `Retry-After` of a 503, 5 by default.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        """Stand before `get_response`.

        Raises:
            ImproperlyConfigured: if BETTERAUTH_VERIFIER is missing, or a setting is wrong.
        """
        self._get_response: Final = get_response
        self._door: Final = _door_of_the_settings()
        self._is_async: Final = iscoroutinefunction(get_response)
        if self._is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponse | Awaitable[HttpResponse]:
        """Answer one request."""
        request.betterauth = RequestSession(self._door, request)
        if self._is_async:
            return self._answer_later(request)
        return _finished(self._get_response(request), request)

    async def _answer_later(self, request: HttpRequest) -> HttpResponse:
        return _finished(await self._get_response(request), request)

    def process_exception(self, _: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Make the answer of a refusal that a view raised."""
        if not isinstance(exception, Refusal):
            return None
        return JsonResponse({"detail": exception.detail}, status=exception.status, headers=dict(exception.headers))


@overload
def login_required(view: View) -> View: ...
@overload
def login_required(*, login_url: str | None = None, redirect_field_name: str = "next") -> Callable[[View], View]: ...
def login_required(view: Any = None, *, login_url: str | None = None, redirect_field_name: str = "next") -> Any:
    """Answer 401 to everybody without a session, or send them to `login_url` with `?next=`; views may be async.

    For classes, with async handlers too: `@method_decorator(login_required, name="dispatch")`.

    Args:
        view: the view.
        login_url: a URL, path or name of a URL pattern.
        redirect_field_name: of the parameter with the address asked for: with host if `login_url` has one.
    """
    if view is None:
        return lambda given: _protected(given, login_url, redirect_field_name)
    return _protected(view, login_url, redirect_field_name)


def _protected(view: Callable[..., Any], login_url: str | None, redirect_field_name: str) -> Callable[..., Any]:
    def refused(request: HttpRequest, visitor: Visitor) -> HttpResponse | None:
        if visitor.verified is None and login_url is not None:
            return _to_sign_in(request, resolve_url(login_url), redirect_field_name)
        visitor.signed_in()
        return None

    @wraps(view)
    async def protected_later(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        answer = refused(request, await _of(request).avisitor()) or view(request, *args, **kwargs)
        return await answer if isawaitable(answer) else answer

    if iscoroutinefunction(view):
        return protected_later

    @wraps(view)
    def protected(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if _of(request).seen is None and _is_in_event_loop():
            # `dispatch` of a class with async handlers: no coroutine function, and what it returns is awaited.
            return protected_later(request, *args, **kwargs)
        return refused(request, _of(request).visitor()) or view(request, *args, **kwargs)

    return protected


def _to_sign_in(request: HttpRequest, url: str, field: str) -> HttpResponse:
    asked = request.build_absolute_uri() if urlsplit(url).netloc else request.get_full_path()
    return HttpResponseRedirect(f"{url}{'&' if '?' in url else '?'}{urlencode({field: asked})}")


def _is_in_event_loop() -> bool:
    try:
        get_running_loop()
    except RuntimeError:
        return False
    return True


def _of(request: HttpRequest) -> RequestSession:
    found = getattr(request, "betterauth", None)
    if not isinstance(found, RequestSession):
        raise ImproperlyConfigured(f"login_required needs {__name__}.BetterAuthMiddleware in MIDDLEWARE.")
    return found


def _user(visitor: Visitor) -> User | None:
    return None if visitor.verified is None else visitor.verified.user


def _finished(response: HttpResponse, request: HttpRequest) -> HttpResponse:
    visitor = request.betterauth.seen
    if visitor is not None:
        patch_vary_headers(response, ("Cookie", "Authorization"))
        for value in visitor.set_cookies:
            name, _, rest = value.partition("=")
            # The attributes go into the coded value, which is written as it is: Django would know only some of them.
            response.cookies[name] = ""
            response.cookies[name].set(name, rest.partition(";")[0], rest)
    return response


def _door_of_the_settings() -> AsyncDoor | SyncDoor:
    verifier = getattr(settings, "BETTERAUTH_VERIFIER", None)
    if verifier is None:
        raise ImproperlyConfigured(
            "BETTERAUTH_VERIFIER is missing in the settings. Set it to the dotted path of a "
            "betterauth_py.verify.sync.SessionVerifier, e.g. 'mysite.auth.verifier'."
        )
    if isinstance(verifier, str):
        try:
            verifier = import_string(verifier)
        except ImportError as error:
            raise ImproperlyConfigured(f"BETTERAUTH_VERIFIER: {verifier!r} cannot be imported: {error}") from error
    origins = "BETTERAUTH_TRUSTED_ORIGINS"
    if not hasattr(settings, origins):
        origins = "CSRF_TRUSTED_ORIGINS"
    try:
        make = AsyncDoor if is_async(verifier) else SyncDoor
        return make(
            verifier,
            trusted_origins=getattr(settings, origins),
            check_origin=getattr(settings, "BETTERAUTH_CHECK_ORIGIN", True),
            retry_after=getattr(settings, "BETTERAUTH_RETRY_AFTER", 5),
        )
    except ConfigurationError as error:
        names = {"trusted_origins": origins}
        text = _OPTION.sub(lambda found: names.get(found[0], f"BETTERAUTH_{found[0].upper()}"), str(error))
        raise ImproperlyConfigured(text) from None
