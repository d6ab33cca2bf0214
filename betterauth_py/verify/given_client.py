"""Fetching over an httpx client that the service gives: its proxies, certificates and transports count."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import Any

import httpx

from betterauth_py.verify.runtime import Fetched, FetchError, Request


async def fetch_over(client: httpx.AsyncClient, request: Request) -> Fetched:
    """Return the answer; see `Runtime.fetch`."""
    try:
        async with asyncio.timeout(request.timeout), client.stream(**_arguments(request)) as answer:
            body = b""
            async for part in answer.aiter_bytes():
                body = _joined(body, part, request)
    except TimeoutError:
        raise FetchError(f"no answer within {request.timeout:g} seconds") from None
    except (httpx.HTTPError, httpx.InvalidURL, RuntimeError) as error:
        raise FetchError(f"{type(error).__name__} of the given client") from None
    return _fetched(answer, body)


def fetch_blocking_over(client: httpx.Client, request: Request) -> Fetched:
    """Return the answer; the client's time-outs bound every single step of it."""
    until = monotonic() + request.timeout
    try:
        with client.stream(**_arguments(request)) as answer:
            body = b""
            for part in answer.iter_bytes():
                body = _joined(body, part, request)
                if monotonic() > until:
                    raise FetchError(f"no answer within {request.timeout:g} seconds")
    except (httpx.HTTPError, httpx.InvalidURL, RuntimeError) as error:
        raise FetchError(f"{type(error).__name__} of the given client") from None
    return _fetched(answer, body)


def _arguments(request: Request) -> dict[str, Any]:
    return {
        "method": "GET",
        "url": request.url,
        "headers": list(request.headers),
        "follow_redirects": False,
        "timeout": request.timeout,
    }


def _joined(body: bytes, part: bytes, request: Request) -> bytes:
    if len(body) + len(part) > request.largest_body:
        raise FetchError("the answer is too large")
    return body + part


def _fetched(answer: httpx.Response, body: bytes) -> Fetched:
    return Fetched(answer.status_code, body, tuple(answer.headers.get_list("set-cookie")))
