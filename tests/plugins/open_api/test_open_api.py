"""The open-api plugin: the form of better-auth's document, the page with its files, and bearer tokens in ours."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from betterauth_py import BetterAuth, ConfigurationError
from betterauth_py.pages.api_reference import MEDIA_TYPES
from betterauth_py.plugins.registry import EXAMPLES
from betterauth_py.wire.errors import APIError
from tests.conftest import MakeAuth
from tests.contracts.test_documents import SAID_OTHERWISE, body_of, document_of_better_auth, query_of
from tests.http.client import Client

DOCUMENT = "/api/auth/open-api/generate-schema"
PAGE = "/api/auth/reference"


async def document_of(auth: BetterAuth) -> dict[str, Any]:
    document: dict[str, Any] = (await Client(auth.app).get(DOCUMENT)).json()
    return document


async def test_the_document_has_the_form_of_better_auths(make_auth: MakeAuth) -> None:
    theirs = document_of_better_auth()
    # Their list turns it on without its column.
    plugins = EXAMPLES | {"open-api": {}, "last-login-method": {}}
    ours = await document_of(await make_auth(plugins=plugins))
    assert list(ours) == list(theirs)
    rest = {"components", "paths"}
    assert {name: ours[name] for name in ours if name not in rest} == {
        name: theirs[name] for name in theirs if name not in rest
    }
    # better-auth takes a field without `required` for required everywhere but here.
    theirs["components"]["schemas"]["WalletAddress"]["required"].insert(-1, "isPrimary")
    assert ours["components"] == theirs["components"]
    assert set(ours["paths"]) == set(theirs["paths"])
    for path, item in theirs["paths"].items():
        assert set(ours["paths"][path]) == set(item)
        for method, operation in item.items():
            own = ours["paths"][path][method]
            assert (own["tags"], own["security"]) == (operation["tags"], operation["security"])
            assert own["operationId"] == operation.get("operationId", own["operationId"])
            assert {"400", "401", "403", "404", "429", "500"} <= set(own["responses"])
            assert query_of(own) == query_of(operation)
            if (f"{method} {path}", "body") not in SAID_OTHERWISE:
                assert body_of(own) == body_of(operation)
    names = [operation["operationId"] for item in ours["paths"].values() for operation in item.values()]
    assert len(set(names)) == len(names)


async def test_additional_fields_are_described_where_they_are_shown_and_taken(make_auth: MakeAuth) -> None:
    fields = {
        "lang": {"type": "string", "default_value": "en"},
        "made": {"type": "date", "default_value": lambda: None, "required": False},
        "plan": {"type": ["free", "paid"], "required": True},
        "kind": {"type": ["a", "b"], "required": False, "input": False},
        "meta": {"type": "json", "required": False},
    }
    document = await document_of(await make_auth(plugins=["open-api"], user={"additional_fields": fields}))
    user = document["components"]["schemas"]["User"]
    assert {name: user["properties"][name] for name in fields} == {
        "lang": {"type": "string", "default": "en"},
        "made": {"type": "string", "format": "date-time"},
        "plan": {"type": "string", "enum": ["free", "paid"]},
        "kind": {"type": "string", "enum": ["a", "b"], "readOnly": True},
        "meta": {},
    }
    assert user["required"] == ["id", "name", "email", "emailVerified", "createdAt", "updatedAt", "plan"]
    body = {"lang", "made", "plan", "meta"}
    for path, required in (("/sign-up/email", ["name", "email", "password", "plan"]), ("/update-user", [])):
        request = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
        assert (body <= set(request["properties"]), "kind" in request["properties"]) == (True, False)
        assert request.get("required", []) == required


async def test_code_in_this_process_gets_a_document_of_its_own(make_auth: MakeAuth) -> None:
    auth = await make_auth(plugins=["open-api"])
    document = await auth.api.generate_open_api_schema()
    assert document == await document_of(auth)
    document["paths"].clear()
    assert (await document_of(auth))["paths"]


async def test_the_document_names_the_address_at_which_a_client_asks(make_auth: MakeAuth) -> None:
    auth = await make_auth(
        base_url={"allowed_hosts": ["a.test", "b.test"], "protocol": "https"}, plugins={"open-api": {}}
    )
    for host in ("a.test", "b.test"):
        document = (await Client(auth.app, host=host).get(DOCUMENT)).json()
        assert document["servers"] == [{"url": f"https://{host}/api/auth"}]


async def test_the_page_brings_its_files_from_its_own_path(make_auth: MakeAuth) -> None:
    evil = {"</script><b>": {"type": "string", "required": False}}
    auth = await make_auth(
        plugins={"open-api": {"path": "/docs/api", "theme": "mars", "nonce": 'n"1'}}, user={"additional_fields": evil}
    )
    client = Client(auth.app)
    page = await client.get("/api/auth/docs/api")
    html = page.body.decode()
    assert (page.status, page.header("content-type")) == (200, "text/html")
    assert "script-src 'self'" in (page.header("content-security-policy") or "")
    assert 'data-theme="mars"' in html
    assert "</script><b>" not in html
    contained = re.search(r'<script id="api-reference" type="application/json">(.*?)</script>', html)
    assert contained
    assert json.loads(contained[1]) == await document_of(auth)
    tags = re.findall(r'<(?:script|link)[^>]* (?:src|href)="([^"]+)" integrity="[^"]+" nonce="n&quot;1"', html)
    assert [tag.partition("&")[0] for tag in tags] == [f"?file={name}" for name in MEDIA_TYPES]
    for tag, media_type in zip(tags, MEDIA_TYPES.values(), strict=True):
        file = await client.get(f"/api/auth/docs/api{tag.replace('&amp;', '&')}")
        assert (file.status, file.header("content-type")) == (200, f"{media_type}; charset=utf-8")
        assert "immutable" in (file.header("cache-control") or "")
    assert (await client.get("/api/auth/docs/api?file=../__init__.py")).body == page.body


async def test_without_the_page_code_in_this_process_gets_none_either(make_auth: MakeAuth) -> None:
    auth = await make_auth(plugins={"open-api": {"disable_default_reference": True}})
    with pytest.raises(APIError) as refused:
        await auth.api.open_api_reference()
    assert refused.value.status == 404


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"path": "/"}, "Option `plugins.open-api.path` is empty. Give a path, such as /reference."),
        ({"theme": "dark"}, "plugins.open-api.theme"),
    ],
)
async def test_wrong_options_stop_the_start(make_auth: MakeAuth, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(message)):
        await make_auth(plugins={"open-api": options})


async def test_our_document_takes_bearer_tokens_where_it_takes_the_cookie(make_auth: MakeAuth) -> None:
    auth = await make_auth(plugins=["bearer", "open-api"])
    document = auth.openapi()
    scheme = document["components"]["securitySchemes"]["bearerAuth"]
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
    for item in document["paths"].values():
        for operation in item.values():
            assert ({"session": []} in operation["security"]) == ({"bearerAuth": []} in operation["security"])
    assert document["paths"]["/api/auth/list-sessions"]["get"]["security"] == [{"session": []}, {"bearerAuth": []}]
    assert "bearerAuth" not in (await make_auth()).openapi()["components"]["securitySchemes"]
