"""The in-process API: `await auth.api.sign_in_email(body={...})` runs the same endpoint without HTTP.

Such a call is trusted, as in better-auth: no rate limit and no origin check. Give `headers` (with the cookie) to act
for a client.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from betterauth_py.core.auth_context import AuthContext
from betterauth_py.core.base_url import HostNotAllowedError, at_host_of
from betterauth_py.core.context import EndpointContext
from betterauth_py.core.endpoint import Endpoint
from betterauth_py.http.pipeline import Pipeline
from betterauth_py.http.responses import to_response
from betterauth_py.javascript.values import UNDEFINED
from betterauth_py.wire.errors import APIError
from betterauth_py.wire.headers import RequestHeaders, ResponseHeaders

_NO_HOST: Final = (
    "The base URL of this in-process call could not be told: its host is not allowed, or unknown. Pass the request's "
    "headers, or set base_url.fallback."
)


@dataclass(frozen=True, slots=True)
class Result:
    """The result of an in-process call, with the status and headers that HTTP would have sent."""

    response: Any
    headers: ResponseHeaders
    status: int | None


class Operation:
    """One endpoint as a function."""

    def __init__(self, auth: AuthContext, pipeline: Pipeline, endpoint: Endpoint[Any, Any]) -> None:
        """Call `endpoint` through `pipeline`."""
        self._auth = auth
        self._pipeline = pipeline
        self.endpoint = endpoint
        self.__doc__ = endpoint.summary
        self.__name__ = endpoint.operation

    async def __call__(
        self,
        *,
        body: Any = UNDEFINED,
        query: Any = None,
        headers: Mapping[str, str] | Sequence[tuple[str, str]] | None = None,
        params: Mapping[str, str] | None = None,
        method: str | None = None,
        as_response: bool = False,
        return_headers: bool = False,
        return_status: bool = False,
    ) -> Any:
        """Run the endpoint.

        Args:
            body: the JSON body.
            query: the query parameters, a mapping.
            headers: request headers, such as the cookie's.
            params: path parameters.
            method: the HTTP method, where the endpoint has several.
            as_response: return the whole HTTP answer, errors included.
            return_headers: return a `Result` with the response headers (cookies).
            return_status: return a `Result` with the status.

        Returns:
            The endpoint's result with wire names and dates as `datetime`; or a `Response`; or a `Result`.

        Raises:
            APIError: when the endpoint answers with an error, unless `as_response`.
        """
        pairs = headers.items() if isinstance(headers, Mapping) else headers or ()
        request_headers = RequestHeaders(pairs)
        try:
            auth = at_host_of(self._auth, request_headers, None)
        except HostNotAllowedError:
            raise APIError(500, {"message": _NO_HOST}) from None
        ctx = EndpointContext(
            auth=auth,
            path=self.endpoint.path or "virtual:",
            method=method or self.endpoint.methods[0],
            request=None,
            headers=request_headers,
            body=body,
            query=UNDEFINED if query is None else dict(query) if isinstance(query, Mapping) else query,
            params=dict(params or {}),
            has_headers=headers is not None,
        )
        answer = await self._pipeline.dispatch(self.endpoint, ctx)
        if as_response:
            return to_response(answer, ctx, self.endpoint.reply)
        if isinstance(answer, APIError):
            raise answer
        if return_headers or return_status:
            return Result(_without_absent(answer), ctx.response_headers, ctx.response_status)
        return _without_absent(answer)


class API:
    """All operations of one auth, as attributes."""

    def __init__(self, auth: AuthContext, pipeline: Pipeline, endpoints: Sequence[Endpoint[Any, Any]]) -> None:
        """Provide `endpoints`."""
        self._operations = {endpoint.operation: Operation(auth, pipeline, endpoint) for endpoint in endpoints}

    def __getattr__(self, name: str) -> Operation:
        """Return the operation called `name`."""
        try:
            return self._operations[name]
        except KeyError:
            msg = f"There is no operation {name!r}. Operations: {', '.join(sorted(self._operations))}."
            raise AttributeError(msg) from None

    def __dir__(self) -> list[str]:
        """List the operations."""
        return sorted(self._operations)


def _without_absent(answer: Any) -> Any:
    if isinstance(answer, dict):
        return {name: value for name, value in answer.items() if value is not UNDEFINED}
    return answer
