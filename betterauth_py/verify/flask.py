"""The verifier in Flask: an extension with a decorator.

Example:
    auth = SessionAuth(sync.SessionVerifier(sync.Remote("http://localhost:3001")), app)

    @app.get("/me")
    @auth.login_required
    def me():
        return {"name": auth.current_user.name}
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, Final, ParamSpec

from betterauth_py.verify.integration import (
    AuthState,
    Rejection,
    SyncRequestVerifier,
    SyncVerifier,
    require_package,
    with_peer,
)
from betterauth_py.verify.records import User, VerifiedSession

with require_package("Flask", "flask", "werkzeug"):
    from flask import Flask, Response, current_app, jsonify, request
    from werkzeug.exceptions import HTTPException, default_exceptions

__all__ = ["SessionAuth"]

P = ParamSpec("P")


class SessionAuth:
    """The session of the current request, verified on first use, once per request.

    Refusals are Flask's own 401, 403 and 503 with a JSON body; `@app.errorhandler(401)` replaces them.
    """

    def __init__(
        self,
        verifier: SyncVerifier,
        app: Flask | None = None,
        *,
        trusted_origins: Iterable[str] = (),
        check_origin: bool = True,
        retry_after: int = 5,
    ) -> None:
        """Verify with `verifier`; without `app`, call `init_app` later.

        Args:
            verifier: knows sessions; one of `betterauth_py.verify.sync`.
            app: the application.
            trusted_origins: whose pages may send unsafe requests with cookies; see `csrf`.
            check_origin: False turns that check off.
            retry_after: seconds for the `Retry-After` of a 503.

        Raises:
            ConfigurationError: if the verifier is the async one, or an origin is none.
        """
        self._verifier: Final = SyncRequestVerifier(
            verifier, trusted_origins=trusted_origins, check_origin=check_origin, retry_after=retry_after
        )
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Pass refreshed cookies back with the answers of `app`."""
        app.extensions["betterauth"] = self
        app.after_request(self._pass_back)

    @property
    def session(self) -> VerifiedSession | None:
        """The session and its user, or None.

        Raises:
            Forbidden: 403 if an untrusted page sends cookies.
            ServiceUnavailable: 503 if the session cannot be checked.
        """
        return self._auth_state().verified

    @property
    def user(self) -> User | None:
        """The signed-in user, or None; raises as `session`."""
        verified = self.session
        return None if verified is None else verified.user

    @property
    def current_session(self) -> VerifiedSession:
        """The session and its user.

        Raises:
            Unauthorized: 401 if there is none; otherwise as `session`.
        """
        try:
            return self._auth_state().signed_in()
        except Rejection as rejection:
            raise _exception(rejection) from None

    @property
    def current_user(self) -> User:
        """The signed-in user; raises as `current_session`."""
        return self.current_session.user

    def login_required(self, view: Callable[P, Any]) -> Callable[P, Any]:
        """Answer 401 without a session; the view may be async. Place it below `@app.route`.

        For classes: `decorators = [auth.login_required]`. For all of a blueprint:
        `blueprint.before_request(auth.login_required(lambda: None))`.
        """

        @wraps(view)
        def protected(*args: P.args, **kwargs: P.kwargs) -> Any:
            # A CORS preflight carries no cookies; Flask answers OPTIONS by itself unless the route takes it.
            if request.method != "OPTIONS":
                _ = self.current_session
            return current_app.ensure_sync(view)(*args, **kwargs)

        return protected

    @property
    def _key(self) -> str:
        # Not in `g`: an application context that is pushed by hand outlives a request.
        return f"betterauth.auth_state.{id(self)}"

    def _auth_state(self) -> AuthState:
        found: AuthState | Rejection | None = request.environ.get(self._key)
        if found is None:
            try:
                headers = with_peer(list(request.headers), request.remote_addr)
                found = self._verifier.authenticate(request.method, request.scheme, headers)
            except Rejection as rejection:
                # Kept too: an error page that shows the user does not wait again for an unavailable auth server.
                found = rejection
            request.environ[self._key] = found
        if isinstance(found, Rejection):
            raise _exception(found)
        return found

    def _pass_back(self, response: Response) -> Response:
        auth_state = request.environ.get(self._key)
        if isinstance(auth_state, AuthState):
            response.vary.update(("Cookie", "Authorization"))
            for value in auth_state.set_cookies:
                response.headers.add("Set-Cookie", value)
        return response


def _exception(rejection: Rejection) -> HTTPException:
    response = jsonify(detail=rejection.detail)
    response.status_code = rejection.status
    for name, value in rejection.headers:
        response.headers[name] = value
    return default_exceptions[rejection.status](rejection.detail, response)
