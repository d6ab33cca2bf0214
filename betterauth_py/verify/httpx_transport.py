"""Requests with the service's own httpx client: its proxies, certificates and transports are used.

Its cookies do not: httpx keeps what answers set and sends it with later requests, and those are of other people.
"""

from __future__ import annotations

import asyncio
from contextlib import closing, suppress
from time import monotonic

import httpx

from betterauth_py.verify.runtime import Fetched, FetchError, Request


async def fetch_over(client: httpx.AsyncClient, request: Request) -> Fetched:
    """Return the answer; see `Runtime.fetch`."""
    try:
        async with asyncio.timeout(request.timeout):
            answer = await client.send(_prepared(client, request), stream=True, follow_redirects=False)
            try:
                _forget_cookies(client, answer)
                body = b""
                async for part in answer.aiter_bytes():
                    body = _joined(body, part, request)
            finally:
                await answer.aclose()
    except TimeoutError:
        raise FetchError(f"no answer within {request.timeout:g} seconds") from None
    except (httpx.HTTPError, httpx.InvalidURL, RuntimeError) as error:
        raise FetchError(f"{type(error).__name__} of the given client") from None
    return _fetched(answer, body)


def fetch_blocking_over(client: httpx.Client, request: Request) -> Fetched:
    """Return the answer; the client's time-outs bound every single step of it."""
    until = monotonic() + request.timeout
    try:
        with closing(client.send(_prepared(client, request), stream=True, follow_redirects=False)) as answer:
            _forget_cookies(client, answer)
            body = b""
            for part in answer.iter_bytes():
                body = _joined(body, part, request)
                if monotonic() > until:
                    raise FetchError(f"no answer within {request.timeout:g} seconds")
    except (httpx.HTTPError, httpx.InvalidURL, RuntimeError) as error:
        raise FetchError(f"{type(error).__name__} of the given client") from None
    return _fetched(answer, body)


def _prepared(client: httpx.AsyncClient | httpx.Client, request: Request) -> httpx.Request:
    headers = [(name.encode(), _encoded(value)) for name, value in request.headers]
    prepared = client.build_request("GET", request.url, headers=headers, timeout=request.timeout)
    if not any(name == "cookie" for name, _ in request.headers):
        # The client's own cookies, which belong to other users.
        prepared.headers.pop("cookie", None)
    return prepared


def _encoded(value: str) -> bytes:
    """Return a header's value as received: frameworks decode bytes as Latin-1, which httpx does not encode."""
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode("utf-8", "replace")


def _forget_cookies(client: httpx.AsyncClient | httpx.Client, answer: httpx.Response) -> None:
    if "set-cookie" not in answer.headers:
        return
    for cookie in answer.cookies.jar:
        with suppress(KeyError):
            client.cookies.jar.clear(cookie.domain, cookie.path, cookie.name)


def _joined(body: bytes, part: bytes, request: Request) -> bytes:
    if len(body) + len(part) > request.largest_body:
        raise FetchError("the answer is too large")
    return body + part


def _fetched(answer: httpx.Response, body: bytes) -> Fetched:
    return Fetched(answer.status_code, body, tuple(answer.headers.get_list("set-cookie")))
