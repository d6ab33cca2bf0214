"""A stand-in for GitLab that answers at once: `python -m benchmarks.provider_server PORT [SECONDS]`.

Each code is another user's. With SECONDS it takes its time for every answer.
"""

from __future__ import annotations

import asyncio
import json
import sys
from urllib.parse import parse_qs


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seconds: float) -> None:
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:])}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            await asyncio.sleep(seconds)
            answer = json.dumps(_answer(head[0].split()[1], headers, body.decode())).encode()
            writer.write(
                b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(answer)
                + answer
            )
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


def _answer(path: str, headers: dict[str, str], body: str) -> dict[str, object]:
    if path == "/oauth/token":
        code = parse_qs(body)["code"][0]
        return {"access_token": f"access-{code}", "refresh_token": f"refresh-{code}", "expires_in": 7200,
                "token_type": "Bearer", "scope": "read_user"}  # fmt: skip
    number = int(headers["authorization"].rpartition("-")[2])
    return {
        "id": number,
        "username": f"user{number}",
        "name": f"User {number}",
        "email": f"user{number}@example.org",
        "avatar_url": "https://example.org/a.png",
        "email_verified": True,
        "state": "active",
        "locked": False,
    }


async def _main(port: int, seconds: float) -> None:
    server = await asyncio.start_server(lambda reader, writer: _serve(reader, writer, seconds), "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else 0.0))
