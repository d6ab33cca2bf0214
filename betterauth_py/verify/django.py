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
from betterauth_py.verify.integration import (
    AsyncRequestVerifier,
    AuthState,
    Rejection,
    SyncRequestVerifier,
    is_async,
    require_package,
    with_peer,
)
from betterauth_py.verify.records import User, VerifiedSession

with require_package("Django", "django", "asgiref"):
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
    """The session of a request, verified on first use and once per request.

    In async code await `auser()` or `asession()`; the properties may follow them there, as in templates, and as in
    views under `login_required`.

    Raises `Rejection` 403 if an untrusted page's unsafe request has cookies, 503 if the session cannot be checked; the
    middleware turns it into the answer.
    """

    def __init__(self, request_verifier: AsyncRequestVerifier | SyncRequestVerifier, request: HttpRequest) -> None:
        """Verify `request` with `request_verifier`, on first use."""
        self._verifier: Final = request_verifier
        self._request: Final = request
        # A rejection is kept too: an error page that shows the user does not wait again for an unavailable auth server.
        self._found: AuthState | Rejection | None = None

    @property
    def current_user(self) -> User:
        """The signed-in user, never None: raises `Rejection` 401 if there is none."""
        return self.current_session.user

    @property
    def current_session(self) -> VerifiedSession:
        """The session and its user, never None: raises `Rejection` 401 if there is none."""
        return self.auth_state().signed_in()

    @property
    def user(self) -> User | None:
        """The signed-in user, or None."""
        return self.auth_state().user

    @property
    def session(self) -> VerifiedSession | None:
        """The session and its user, or None."""
        return self.auth_state().verified

    async def auser(self) -> User | None:
        """Return the signed-in user, or None."""
        return (await self.aauth_state()).user

    async def asession(self) -> VerifiedSession | None:
        """Return the session and its user, or None."""
        return (await self.aauth_state()).verified

    @property
    def seen(self) -> AuthState | None:
        """The state of the request, if it was verified."""
        return self._found if isinstance(self._found, AuthState) else None

    def auth_state(self) -> AuthState:
        """Verify the request.

        Raises:
            SynchronousOnlyOperation: in async code, if it is not known yet.
        """
        if self._found is None:
            self._found = self._authenticate()
        return self._let_in(self._found)

    async def aauth_state(self) -> AuthState:
        """Return who asks."""
        if self._found is None:
            authenticate: Any = self._verifier.authenticate
            if isinstance(self._verifier, SyncRequestVerifier):
                authenticate = sync_to_async(authenticate)
            try:
                self._found = await authenticate(*self._question())
            except Rejection as rejection:
                self._found = rejection
        return self._let_in(self._found)

    @staticmethod
    def _let_in(found: AuthState | Rejection) -> AuthState:
        if isinstance(found, Rejection):
            raise found
        return found

    @async_unsafe("Use `await request.betterauth.auser()` in async code.")  # type: ignore[untyped-decorator]
    def _authenticate(self) -> AuthState | Rejection:
        authenticate: Any = self._verifier.authenticate
        if isinstance(self._verifier, AsyncRequestVerifier):
            authenticate = async_to_sync(authenticate)
        try:
            return authenticate(*self._question())  # type: ignore[no-any-return]
        except Rejection as rejection:
            return rejection

    def _question(self) -> tuple[str, str, Headers]:
        headers = [(name, value) for name, value in self._request.headers.items() if name != "Host"]
        # Django knows best: USE_X_FORWARDED_HOST, ALLOWED_HOSTS.
        headers.append(("host", self._request.get_host()))
        return self._request.method, self._request.scheme, with_peer(headers, self._request.META.get("REMOTE_ADDR"))


class BetterAuthRequest(HttpRequest):  # type: ignore[misc]
    """A request behind the middleware, for annotations."""

    betterauth: RequestSession


class BetterAuthMiddleware:
    """Sets `request.betterauth`, answers rejections that views raise, and passes refreshed cookies back.

    A middleware after this one that reads the user must handle `Rejection` itself.

    Settings:
        BETTERAUTH_VERIFIER: a `SessionVerifier`, sync or async, or the dotted path of one. `sync.SessionVerifier` fits
            everywhere; the async one saves a thread where all views are async, and is slow in sync views.
        BETTERAUTH_TRUSTED_ORIGINS: whose pages may send unsafe requests with cookies; CSRF_TRUSTED_ORIGINS by default.
        BETTERAUTH_CHECK_ORIGIN: False turns that check off.
        BETTERAUTH_RETRY_AFTER: seconds for the `Retry-After` of a 503, 5 by default.
    """

    sync_capable = async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        """Wrap `get_response`.

        Raises:
            ImproperlyConfigured: if BETTERAUTH_VERIFIER is missing, or a setting is wrong.
        """
        self._get_response: Final = get_response
        self._verifier: Final = _from_settings()
        self._is_async: Final = iscoroutinefunction(get_response)
        if self._is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponse | Awaitable[HttpResponse]:
        """Answer one request."""
        request.betterauth = RequestSession(self._verifier, request)
        if self._is_async:
            return self._answer_later(request)
        return _finished(self._get_response(request), request)

    async def _answer_later(self, request: HttpRequest) -> HttpResponse:
        return _finished(await self._get_response(request), request)

    def process_exception(self, _: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return the answer of a rejection that a view raised."""
        if not isinstance(exception, Rejection):
            return None
        return JsonResponse({"detail": exception.detail}, status=exception.status, headers=dict(exception.headers))


@overload
def login_required(view: View) -> View: ...
@overload
def login_required(*, login_url: str | None = None, redirect_field_name: str = "next") -> Callable[[View], View]: ...
def login_required(view: Any = None, *, login_url: str | None = None, redirect_field_name: str = "next") -> Any:
    """Answer 401 to requests without a session, or redirect them to `login_url` with `?next=`; views may be async.

    For classes too, with async handlers: `@method_decorator(login_required, name="dispatch")`.

    Args:
        view: the view.
        login_url: a URL, path or name of a URL pattern.
        redirect_field_name: of the parameter with the address asked for: with host if `login_url` has one.
    """
    if view is None:
        return lambda given: _protected(given, login_url, redirect_field_name)
    return _protected(view, login_url, redirect_field_name)


def _protected(view: Callable[..., Any], login_url: str | None, redirect_field_name: str) -> Callable[..., Any]:
    def refused(request: HttpRequest, auth_state: AuthState) -> HttpResponse | None:
        if auth_state.verified is None and login_url is not None:
            return _to_sign_in(request, resolve_url(login_url), redirect_field_name)
        auth_state.signed_in()
        return None

    @wraps(view)
    async def protected_later(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        answer = refused(request, await _of(request).aauth_state()) or view(request, *args, **kwargs)
        return await answer if isawaitable(answer) else answer

    if iscoroutinefunction(view):
        return protected_later

    @wraps(view)
    def protected(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if _of(request).seen is None and _is_in_event_loop():
            # `dispatch` of a class with async handlers: no coroutine function, and what it returns is awaited.
            return protected_later(request, *args, **kwargs)
        return refused(request, _of(request).auth_state()) or view(request, *args, **kwargs)

    return protected


def _to_sign_in(request: HttpRequest, url: str, field: str) -> HttpResponse:
    asked = request.build_absolute_uri() if urlsplit(url).netloc else request.get_full_path()
    return HttpResponseRedirect(f"{url}{'&' if '?' in url else '?'}{urlencode({field: asked})}")


def _is_in_event_loop() -> bool:
    try:
        return bool(get_running_loop())
    except RuntimeError:
        return False


def _of(request: HttpRequest) -> RequestSession:
    found = getattr(request, "betterauth", None)
    if not isinstance(found, RequestSession):
        raise ImproperlyConfigured(f"login_required needs {__name__}.BetterAuthMiddleware in MIDDLEWARE.")
    return found


def _finished(response: HttpResponse, request: HttpRequest) -> HttpResponse:
    if (auth_state := request.betterauth.seen) is not None:
        patch_vary_headers(response, ("Cookie", "Authorization"))
        for value in auth_state.set_cookies:
            name, _, rest = value.partition("=")
            # The attributes go into the coded value, which Django writes unchanged: it supports only some of them.
            response.cookies[name] = ""
            response.cookies[name].set(name, rest.partition(";")[0], rest)
    return response


def _from_settings() -> AsyncRequestVerifier | SyncRequestVerifier:
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
    own = "BETTERAUTH_TRUSTED_ORIGINS"
    origins = own if hasattr(settings, own) else "CSRF_TRUSTED_ORIGINS"
    try:
        make = AsyncRequestVerifier if is_async(verifier) else SyncRequestVerifier
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
