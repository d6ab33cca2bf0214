"""The app around the auth endpoints: health, reference, OpenAPI, and nothing of the framework's own."""

from __future__ import annotations

import gzip
import json
import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import schemathesis

from betterauth_py import BetterAuth
from betterauth_py.core.plugin import Plugin
from betterauth_py.endpoints.ok import ok
from tests.conftest import SECRET, MakeAuth
from tests.http.client import Client

HEALTHY = {"status": "ok", "database": "ok"}


async def test_health_tells_whether_the_process_lives_and_the_database_answers(make_auth: MakeAuth) -> None:
    client = Client((await make_auth()).app)
    live, ready = await client.get("/health/live"), await client.get("/health/ready")
    assert (live.status, live.json(), ready.status, ready.json()) == (200, {"status": "ok"}, 200, HEALTHY)


async def test_a_database_that_does_not_answer_is_told_without_its_address() -> None:
    auth = BetterAuth(
        secret=SECRET, base_url="http://localhost:3000", database={"url": "postgresql://u:hidden@127.0.0.1:1/nowhere"}
    )
    client = Client(auth.app)
    live, ready = await client.get("/health/live"), await client.get("/health/ready")
    await auth.shutdown()
    assert live.status == 200
    assert (ready.status, ready.json()) == (503, {"status": "unavailable", "database": "unreachable"})


async def test_the_openapi_document_is_valid_and_describes_every_endpoint(make_auth: MakeAuth) -> None:
    auth = await make_auth(user={"additional_fields": {"age": {"type": "number", "required": False}}})
    reply = await Client(auth.app).get("/openapi.json")
    document = reply.json()
    assert (reply.status, reply.header("content-type"), document) == (200, "application/json", auth.openapi())
    schemathesis.openapi.from_dict(document).validate()
    assert document["openapi"] == "3.1.0"
    assert document["servers"] == [{"url": "http://localhost:3000"}]
    assert {(path, method) for path, methods in document["paths"].items() for method in methods} == {
        ("/api/auth/sign-in/social", "post"),
        ("/api/auth/callback/{id}", "get"),
        ("/api/auth/callback/{id}", "post"),
        ("/api/auth/link-social", "post"),
        ("/api/auth/get-access-token", "post"),
        ("/api/auth/refresh-token", "post"),
        ("/api/auth/account-info", "get"),
        ("/api/auth/get-session", "get"),
        ("/api/auth/get-session", "post"),
        ("/api/auth/sign-out", "post"),
        ("/api/auth/sign-up/email", "post"),
        ("/api/auth/sign-in/email", "post"),
        ("/api/auth/ok", "get"),
        ("/api/auth/error", "get"),
        ("/api/auth/session", "get"),
        ("/api/auth/list-sessions", "get"),
        ("/api/auth/revoke-session", "post"),
        ("/api/auth/revoke-sessions", "post"),
        ("/api/auth/revoke-other-sessions", "post"),
        ("/api/auth/update-session", "post"),
        ("/api/auth/update-user", "post"),
        ("/api/auth/change-password", "post"),
        ("/api/auth/verify-password", "post"),
        ("/api/auth/list-accounts", "get"),
        ("/api/auth/unlink-account", "post"),
        ("/api/auth/request-password-reset", "post"),
        ("/api/auth/reset-password/{token}", "get"),
        ("/api/auth/reset-password", "post"),
        ("/api/auth/send-verification-email", "post"),
        ("/api/auth/verify-email", "get"),
        ("/api/auth/change-email", "post"),
        ("/api/auth/delete-user", "post"),
        ("/api/auth/delete-user/callback", "get"),
    }
    identifiers = [item["operationId"] for methods in document["paths"].values() for item in methods.values()]
    assert len(identifiers) == len(set(identifiers))
    sign_up = document["paths"]["/api/auth/sign-up/email"]["post"]
    body = sign_up["requestBody"]["content"]["application/json"]["schema"]
    assert body["required"] == ["name", "email", "password"]
    assert body["properties"]["age"] == {"type": ["number", "null"]}
    assert list(sign_up["responses"]) == ["200", "400", "403", "413", "415", "422", "503", "429"]


async def test_every_reference_in_the_document_leads_somewhere(make_auth: MakeAuth) -> None:
    document = (await make_auth()).openapi()
    references = {part.split('"')[0] for part in json.dumps(document).split('"$ref": "')[1:]}
    assert references
    for reference in references:
        found: Any = document
        for name in reference.removeprefix("#/").split("/"):
            found = found[name]


class PageReader(HTMLParser):
    """Collects what a page shows, and what it would load."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.foreign: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.ids += [given["id"] or ""] if "id" in given else []
        self.links += [given["href"] or ""] if "href" in given else []
        if tag in {"script", "link", "img", "iframe"} or "src" in given or any(name.startswith("on") for name in given):
            self.foreign.append(tag)


async def test_tags_say_whose_an_operation_is_and_every_table_has_its_schema(make_auth: MakeAuth) -> None:
    notes = Plugin(id="notes-kept", endpoints=[replace(ok, operation="notes", operation_id="notes", path="/notes")])
    document = (await make_auth(plugins=["jwt", "magic-link", notes])).openapi()
    tags = {
        path.removeprefix("/api/auth"): item["get"]["tags"] for path, item in document["paths"].items() if "get" in item
    }
    assert (tags["/token"], tags["/notes"], tags["/get-session"]) == (["Jwt"], ["Notes-kept"], ["Session"])
    assert {"name": "Jwt", "description": "The plugin jwt"} in document["tags"]
    assert {"name": "Magic link", "description": "The plugin magic-link"} in document["tags"]
    used = {tag for path in document["paths"].values() for operation in path.values() for tag in operation["tags"]}
    assert {tag["name"] for tag in document["tags"]} == used
    schemas = document["components"]["schemas"]
    assert list(schemas) == ["User", "Session", "Account", "Verification", "Jwks", "Error"]
    assert "password" not in schemas["Account"]["properties"]
    assert schemas["User"]["properties"]["emailVerified"] == {"type": "boolean", "readOnly": True}


async def test_the_reference_page_runs_only_scripts_of_this_server(make_auth: MakeAuth) -> None:
    client = Client((await make_auth(app_name="Tom & <Jerry>")).app)
    reply = await client.get("/reference")
    assert (reply.status, reply.header("content-type")) == (200, "text/html; charset=utf-8")
    assert reply.header("content-security-policy") == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    )
    assert (await client.get("/reference/")).header("location") == "../reference"
    text = reply.body.decode()
    assert "<title>Tom &amp; &lt;Jerry&gt; API</title>" in text
    assert re.findall(r"<script(?![^>]* src=)|<style| on\w+=", text) == []
    # Each file is named with its hash, by which the browser checks it.
    named = re.findall(r'(?:src|href)="(reference/[^"?]*)\?\w+" integrity="([^"]*)"', text)
    assert len(named) == text.count("reference/") == 4
    for name, integrity in named:
        plain = await client.get(f"/{name}")
        assert f"sha256-{b64encode(sha256(plain.body).digest()).decode()}" == integrity
        packed = await client.get(f"/{name}", [("accept-encoding", "br, gzip")])
        assert (packed.header("content-encoding"), gzip.decompress(packed.body)) == ("gzip", plain.body)
        assert (await client.get(f"/{name}", [("accept-encoding", "gzip;q=0")])).body == plain.body
        assert plain.header("content-type") == f"text/{'css' if name.endswith('css') else 'javascript'}; charset=utf-8"
        assert packed.header("vary") == plain.header("vary") == "accept-encoding"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/"),
        ("GET", "/nothing"),
        ("GET", "/schema"),
        ("GET", "/schema/openapi.json"),
        ("GET", "/api"),
        ("GET", "/api/auth"),
        ("GET", "/api/auth/"),
        ("GET", "/api/authentic"),
        ("GET", "/api/auth/nothing"),
        ("GET", "/api/auth/sign-up/email"),
        ("DELETE", "/api/auth/ok"),
        ("HEAD", "/api/auth/ok"),
        ("OPTIONS", "/api/auth/ok"),
        ("TRACE", "/api/auth/ok"),
        ("BREW", "/api/auth/ok"),
        ("GET", "/api/auth/OK"),
        ("GET", "/api/auth/%6Fk"),
        ("GET", "/api/auth/ok/"),
        ("GET", "/api/auth//ok"),
        ("GET", "//api/auth/ok"),
        ("GET", "/api/auth/ok;x"),
        ("GET", "/api/auth/ok%00"),
        ("GET", "/api/auth/../nothing"),
        ("POST", "/health/live"),
        ("PUT", "/openapi.json"),
        ("POST", "/session"),
        ("OPTIONS", "/session"),
        ("OPTIONS", "/health/ready"),
        ("GET", "/health"),
    ],
)
async def test_whatever_is_not_there_is_a_bare_404(make_auth: MakeAuth, method: str, path: str) -> None:
    client = Client((await make_auth()).app)
    reply = await client.send(method, path)
    assert (reply.status, reply.body) == (404, b"")
    assert {name for name, _ in reply.own_headers} <= {"content-length", "content-type"}


async def test_dots_in_a_path_are_resolved_as_by_a_browser(make_auth: MakeAuth) -> None:
    client = Client((await make_auth()).app)
    for path in ("/api/auth/x/../ok", "/api/auth/./ok", "/api/auth/%2e%2E/auth/ok", "/x/../api\\auth/ok"):
        reply = await client.get(path)
        assert (reply.status, reply.body) == (200, b'{"ok":true}'), path


async def test_an_unexpected_failure_is_a_bare_500_and_its_text_stays_here(
    make_auth: MakeAuth, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(*_: Any) -> None:
        raise RuntimeError("the-reason")

    auth = await make_auth(hooks={"before": fail})
    reply = await Client(auth.app).get("/api/auth/ok")
    assert (reply.status, reply.own_headers, reply.body) == (500, [("content-length", "0")], b"")
    assert "the-reason" in caplog.text


async def test_a_body_that_is_too_large_is_refused_unread(make_auth: MakeAuth) -> None:
    auth = await make_auth(advanced={"max_body_size": 100})
    reply = await Client(auth.app).post("/api/auth/sign-in/email", {"email": "x" * 100})
    assert (reply.status, reply.json()) == (
        413,
        {"message": "Request body is too large", "code": "PAYLOAD_TOO_LARGE"},
    )


async def test_a_websocket_is_refused_without_an_exception(make_auth: MakeAuth) -> None:
    sent: list[dict[str, Any]] = []
    scope = {
        "type": "websocket", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "ws", "path": "/api/auth/ok",
        "raw_path": b"/api/auth/ok", "query_string": b"", "root_path": "", "headers": [(b"host", b"localhost:3000")],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 3000), "subprotocols": [], "state": {},
    }  # fmt: skip

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    app: Any = (await make_auth()).app
    await app(scope, receive, send)
    assert [message["type"] for message in sent] == ["websocket.close"]


async def test_the_start_is_refused_without_the_tables(tmp_path: Path) -> None:
    from betterauth_py import DatabaseError

    auth = BetterAuth(secret=SECRET, database={"url": f"sqlite:///{tmp_path / 'empty.db'}"})
    with pytest.raises(DatabaseError, match="betterauth migrate"):
        await auth.startup()
    await auth.shutdown()


@pytest.mark.parametrize("host", ["a b", "a/b", "a#b", "a?b", 'a"b', "a<b", "a\\b", "a^b", "\xe9.com", "a\x00b", "a{b"])
@pytest.mark.parametrize("path", ["/api/auth/ok", "/api/auth/get-session", "/health/live"])
async def test_a_host_that_is_none_is_refused(make_auth: MakeAuth, host: str, path: str) -> None:
    # better-auth on Node ends its process: `new URL` throws where nothing catches it.
    reply = await Client((await make_auth()).app, host=host).get(path)
    assert (reply.status, reply.body) == (400, b"")


@pytest.mark.parametrize("host", ["a:99999", "a:b", "[::::1]", "1.2.3.400", "a%00b"])
async def test_a_host_of_which_no_url_can_be_made_is_refused(make_auth: MakeAuth, host: str) -> None:
    reply = await Client((await make_auth()).app, host=host).get("/api/auth/ok")
    assert (reply.status, reply.body) == (400, b"")


@pytest.mark.parametrize("host", ["localhost:3000", "[::1]:3000", "auth.example.com", "user@h", "", "a,b"])
async def test_a_host_of_any_spelling_is_served(make_auth: MakeAuth, host: str) -> None:
    assert (await Client((await make_auth()).app, host=host).get("/api/auth/ok")).status == 200


async def test_a_function_of_the_options_that_fails_outside_the_pipeline_is_a_bare_500(make_auth: MakeAuth) -> None:
    def fail(_: Any) -> list[str]:
        msg = "no origins today"
        raise RuntimeError(msg)

    client = Client((await make_auth(trusted_origins=fail)).app)
    elsewhere = {"origin": "https://elsewhere.example"}
    asked = {**elsewhere, "access-control-request-method": "POST"}
    answers = [
        await client.get("/api/auth/ok", headers=elsewhere),
        await client.send("OPTIONS", "/api/auth/ok", headers=asked),
    ]
    assert [(reply.status, reply.body) for reply in answers] == [(500, b""), (500, b"")]


async def test_pages_among_the_auth_endpoints_stay_reachable(make_auth: MakeAuth) -> None:
    client = Client((await make_auth(base_path="/health")).app)
    assert (await client.get("/health/live")).json() == {"status": "ok"}
    assert (await client.get("/health/ok")).json() == {"ok": True}
