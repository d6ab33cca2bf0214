"""A plugin's life: its place in the order, what it contributes, its start and its stop, and what it offers others."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from betterauth_py import BetterAuth, ConfigurationError, PluginError
from betterauth_py.plugins import (
    APIError,
    AuthContext,
    Contributions,
    DatabaseHooksOptions,
    EndpointContext,
    ErrorCode,
    ErrorCodes,
    ExtensionPoint,
    Field,
    Model,
    PasswordCheck,
    Plugin,
    Reply,
    RowHooks,
    Security,
    TableHooks,
    core_endpoint,
    declare,
    endpoint,
)
from betterauth_py.plugins.jwt.tokens import Tokens
from tests.conftest import SECRET, MakeAuth
from tests.http.client import Client
from tests.http.people import ALICE, sign_up

Context = EndpointContext[Any, Any]
ANYTHING = Reply("Whatever", {"type": "object"})


class Errors(ErrorCodes):
    WEAK: ErrorCode = declare("Too easy to guess")


@dataclass
class Grant:
    name: str


GRANTS = ExtensionPoint("device", "grants", Grant)


def serving(path: str, operation: str, replaces: str | None = None) -> Any:
    async def handler(ctx: Context) -> dict[str, Any]:
        """Answer."""
        return {"from": operation, "session": await core_endpoint("get_session").handler(ctx)}

    handler.__name__ = operation
    made = endpoint(
        path, methods=("GET",), security=Security.PUBLIC, operation_id=operation, reply=ANYTHING, replaces=replaces
    )
    return made(handler)


def order_of(*plugins: Plugin) -> list[str]:
    return [plugin.id for plugin in BetterAuth(secret=SECRET, plugins=list(plugins)).context.plugins]


def refusal(*plugins: Plugin) -> str:
    with pytest.raises(ConfigurationError) as caught:
        BetterAuth(secret=SECRET, plugins=list(plugins))
    return str(caught.value)


def test_a_plugin_comes_after_those_it_requires_and_the_given_order_stays_otherwise() -> None:
    first, last = Plugin(id="a", requires=["d"], ordered_after=["absent", "c"]), Plugin(id="d")
    assert order_of(first, Plugin(id="b"), Plugin(id="c"), last) == ["d", "c", "a", "b"]


def test_a_missing_plugin_and_a_circle_stop_the_start() -> None:
    assert refusal(Plugin(id="provider", requires=["jwt"])) == (
        "The plugin provider requires the plugin jwt, which is not on. Add it to `plugins`: `[plugins.jwt]` in TOML."
    )
    circle = refusal(Plugin(id="a", requires=["b"]), Plugin(id="b", ordered_after=["a"]))
    assert "wait for each other: a after b after a." in circle


async def test_plugins_start_in_order_and_stop_in_reverse(make_auth: MakeAuth) -> None:
    calls: list[str] = []

    def living(name: str, *requires: str) -> Plugin:
        async def start(auth: AuthContext) -> None:
            assert await auth.users.find_by_email("nobody@example.com") is None
            calls.append(f"start {name}")

        async def stop(_: AuthContext) -> None:
            calls.append(f"stop {name}")
            raise RuntimeError("one that fails keeps no other from stopping")

        return Plugin(id=name, requires=requires, start=start, stop=stop)

    auth = await make_auth(plugins=[living("b", "a"), living("a")])
    assert calls == ["start a", "start b"]
    await auth.shutdown()
    assert calls == ["start a", "start b", "stop b", "stop a"]


async def test_a_start_that_fails_stops_the_server_and_the_plugins_that_had_started(make_auth: MakeAuth) -> None:
    calls: list[str] = []

    async def stop(_: AuthContext) -> None:
        calls.append("stopped")

    async def fail(_: AuthContext) -> None:
        raise OSError("no discovery document")

    plugins = [Plugin(id="first", stop=stop), Plugin(id="second", start=fail, stop=stop)]
    with pytest.raises(PluginError, match="The plugin second cannot start: no discovery document"):
        await make_auth(plugins=plugins)
    assert calls == ["stopped"]


async def test_setup_contributes_hooks_that_know_the_auth_checks_of_passwords_and_senders(make_auth: MakeAuth) -> None:
    sent: list[str] = []

    async def check(password: str, ctx: Context) -> None:
        if password == "password1":
            raise APIError.of(400, Errors.WEAK)

    async def send(data: dict[str, Any], _: Any) -> None:
        sent.append(data["user"]["email"])

    def set_up(auth: AuthContext) -> Contributions:
        def before(row: dict[str, Any], _: Any) -> dict[str, Any]:
            return {"name": f"{row['name']} at {auth.base_path}"}

        return Contributions(
            database_hooks=DatabaseHooksOptions(user=TableHooks(create=RowHooks(before=before))),
            password_checks=[PasswordCheck(check=check, paths=["/sign-up/email"])],
            senders={"email_verification.send_verification_email": send},
        )

    plugin = Plugin(id="strict", setup=set_up, error_codes=Errors)
    auth = await make_auth(plugins=[plugin], email_verification={"send_on_sign_up": True})
    client = Client(auth.app)
    weak = await client.post("/api/auth/sign-up/email", {**ALICE, "password": "password1"})
    assert (weak.status, weak.json()["code"]) == (400, "WEAK")
    created = await client.post("/api/auth/sign-up/email", {**ALICE, "password": "better than that"})
    assert created.json()["user"]["name"] == "Alice at /api/auth"
    await auth.shutdown()
    assert sent == ["alice@example.com"]
    assert auth.error_codes["WEAK"] == "Too easy to guess"
    assert auth.error_codes["USER_NOT_FOUND"] == "User not found"


async def test_a_plugin_signs_cached_sessions(make_auth: MakeAuth) -> None:
    class Signer:
        def __init__(self) -> None:
            self.tokens: dict[str, dict[str, Any]] = {}

        async def sign(self, _: Context, payload: Mapping[str, Any], max_age: int) -> str:
            token = f"token-{len(self.tokens)}"
            self.tokens[token] = {**payload, "exp": 4_000_000_000, "max_age": max_age}
            return token

        async def verify(self, _: Context, token: str) -> Mapping[str, Any] | None:
            return self.tokens.get(token)

    signer = Signer()
    plugin = Plugin(id="signer", setup=lambda _: Contributions(cookie_cache_signer=signer))
    cache = {"enabled": True, "strategy": "jwt", "max_age": 60}
    auth = await make_auth(plugins=[plugin], session={"cookie_cache": cache})
    client = Client(auth.app)
    await sign_up(client)
    assert client.cookies["better-auth.session_data"].startswith("token-")
    signer.tokens["token-0"]["user"]["name"] = "From the token"
    assert (await client.get("/api/auth/get-session")).json()["user"]["name"] == "From the token"
    signer.tokens.clear()
    assert (await client.get("/api/auth/get-session")).json()["user"]["name"] == "Alice"
    assert json.dumps(refusal(plugin, Plugin(id="other", setup=plugin.setup))).count("both sign cached sessions") == 1


def test_services_are_found_by_type_and_an_error_names_the_plugin() -> None:
    services = BetterAuth(secret=SECRET, plugins=["jwt"]).context.services
    assert isinstance(services.get(Tokens), Tokens)
    with pytest.raises(ConfigurationError, match=r"Turn on the plugin jwt \(`\[plugins.jwt\]`\)"):
        BetterAuth(secret=SECRET).context.services.get(Tokens)


def test_a_plugin_adds_to_a_point_of_another_whatever_the_order() -> None:
    device = Plugin(id="device", extension_points=[GRANTS])
    added = [
        Plugin(id="x", extends=[GRANTS.add(Grant("code"))]),
        device,
        Plugin(id="y", extends=[GRANTS.add(Grant("d"))]),
    ]
    auth = BetterAuth(secret=SECRET, plugins=added)
    assert [grant.name for grant in auth.context.extensions.get(GRANTS)] == ["code", "d"]
    assert BetterAuth(secret=SECRET, plugins=[added[0]]).context.extensions.get(GRANTS) == []
    wrong: Any = "text"
    assert "adds a str to grants of the plugin device" in refusal(device, Plugin(id="x", extends=[GRANTS.add(wrong)]))
    other = ExtensionPoint("device", "scopes", Grant)
    assert "which opens: grants." in refusal(device, Plugin(id="x", extends=[other.add(Grant("a"))]))


def test_two_plugins_with_one_operation_or_route_stop_the_start() -> None:
    one, other = (
        Plugin(id="one", endpoints=[serving("/a", "look")]),
        Plugin(id="other", endpoints=[serving("/b", "look")]),
    )
    assert refusal(one, other).startswith("The plugins one and other both serve the operation look.")
    by_id = Plugin(id="one", endpoints=[serving("/notes/:id", "note")])
    by_name = Plugin(id="other", endpoints=[serving("/notes/:name", "note_by_name")])
    assert refusal(by_id, by_name).startswith("The plugins one and other both serve GET /notes/:name.")


def test_a_plugin_that_takes_a_core_path_or_operation_says_so() -> None:
    path = refusal(Plugin(id="custom", endpoints=[serving("/get-session", "my_session")]))
    assert path.startswith("The plugin custom and the core both serve GET /get-session.")
    assert 'replaces="get_session"' in path
    assert "both serve the operation get_session" in refusal(
        Plugin(id="custom", endpoints=[serving("/x", "get_session")])
    )
    unknown = refusal(Plugin(id="custom", endpoints=[serving("/x", "x", "got_session")]))
    assert unknown == "The plugin custom replaces the operation got_session, which the core does not have."


async def test_a_plugin_that_replaces_a_core_endpoint_may_call_it(make_auth: MakeAuth) -> None:
    custom = Plugin(id="custom", endpoints=[serving("/get-session", "get_session", "get_session")])
    auth = await make_auth(plugins=[custom])
    answer = (await Client(auth.app).get("/api/auth/get-session")).json()
    assert answer == {"from": "get_session", "session": None}


def test_a_column_on_another_plugins_table_does_not_depend_on_the_order() -> None:
    owner = Plugin(id="teams", schema={"team": Model(name="team", fields={"name": Field()}, table="squads")})
    payer = Plugin(id="billing", columns={"team": {"customerId": Field(required=False)}})
    for plugins in ([owner, payer], [payer, owner]):
        schema = BetterAuth(secret=SECRET, plugins=plugins).context.schema
        assert (list(schema.models["team"].fields), schema.table_name("team")) == (["name", "customerId"], "squads")
    assert "adds columns to the table team, which no plugin declares" in refusal(payer)


def test_a_table_or_column_declared_twice_stops_the_start() -> None:
    def with_column(name: str, field: str) -> Plugin:
        return Plugin(id=name, columns={"user": {field: Field(required=False)}})

    twice = refusal(with_column("a", "phone"), with_column("b", "phone"))
    assert twice.startswith("The plugins a and b both declare the field phone of user.")
    core = refusal(with_column("a", "email"))
    assert core.startswith("The plugin a and the core both declare the field email of user.")
    tables = [Plugin(id=name, schema={"note": Model(name="note", fields={})}) for name in ("a", "b")]
    assert refusal(*tables).startswith("The plugins a and b both declare the table note.")
