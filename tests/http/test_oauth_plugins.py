"""What plugins do with sign-ins by providers: values in the state, providers of their own, and the five functions."""

from __future__ import annotations

from typing import Any

from betterauth_py.clock import SystemClock
from betterauth_py.oauth.options import ProviderOptions
from betterauth_py.oauth.provider import ProfileMap, Provider, UserInfoRequest
from betterauth_py.plugins import (
    AuthContext,
    Callback,
    Contributions,
    EndpointContext,
    Hook,
    Plugin,
    Reply,
    Security,
    SocialProvider,
    add_server_context,
    authorization_url,
    begin_oauth,
    complete_oauth,
    endpoint,
    exchange_callback,
    find_provider,
    oauth_state,
    set_session_cookie,
    sign_in_oauth_user,
)
from tests.conftest import MakeAuth
from tests.http.client import Client
from tests.http.oauth_world import GitHub, begin, come_back, count, sign_in, with_github

Context = EndpointContext[Any, Any]
ANYTHING = Reply("Anything", {})


async def test_a_hook_puts_into_the_state_what_no_client_can_forge(make_auth: MakeAuth) -> None:
    seen: list[Any] = []

    async def before(ctx: Context) -> None:
        add_server_context(ctx, {"tenant": "one"})
        add_server_context(ctx, {"role": "guest"})

    async def after(ctx: Context) -> None:
        state = oauth_state(ctx) or {}
        seen.append((state["serverContext"], state.get("theme"), ctx.new_session is not None))

    plugin = Plugin(
        id="tenants",
        before=[Hook(handler=before, paths=["/sign-in/social"])],
        after=[Hook(handler=after, paths=["/callback/:id"])],
    )
    auth = await with_github(make_auth, GitHub(), plugins=[plugin])
    client = Client(auth.app)
    await sign_in(client, additionalData={"theme": "dark", "serverContext": {"role": "admin"}})
    assert seen == [({"tenant": "one", "role": "guest"}, "dark", True)]


async def test_a_plugin_brings_a_provider(make_auth: MakeAuth) -> None:
    declared = Provider(
        id="github",
        name="GitHub Enterprise",
        authorization_endpoint="https://git.example.com/authorize",
        token_endpoint="https://git.example.com/login/oauth/access_token",
        user_info=UserInfoRequest(url="https://git.example.com/user"),
        profile=ProfileMap(subject="id", user={"email": lambda _: "ada@example.com", "emailVerified": True}),
    )

    def setup(auth: AuthContext) -> Contributions:
        options = ProviderOptions(client_id="id", client_secret="secret")
        own = SocialProvider(declared, options, client=lambda: auth.http_client, clock=SystemClock())
        return Contributions(oauth_providers=[own])

    # As with better-auth, a plugin's comes before one of the options that has the same id.
    auth = await with_github(make_auth, GitHub(), plugins=[Plugin(id="enterprise", setup=setup)])
    client = Client(auth.app)
    assert auth.context.oauth_providers["github"].provider.name == "GitHub Enterprise"
    assert await sign_in(client) == "/in"


async def test_a_plugin_signs_in_with_the_five_functions(make_auth: MakeAuth) -> None:
    @endpoint("/pop-up", methods=("POST",), security=Security.PUBLIC, operation_id="popUp", reply=ANYTHING)
    async def pop_up(ctx: Context) -> dict[str, str]:
        """Begin."""
        provider = find_provider(ctx, "github")
        assert provider is not None
        begun = await begin_oauth(ctx, provider, callback_url="/done", additional_data={"mine": True})
        return {"url": await authorization_url(ctx, provider, begun)}

    @endpoint("/popped", methods=("GET",), security=Security.PUBLIC, operation_id="popped", reply=ANYTHING)
    async def popped(ctx: Context) -> dict[str, Any]:
        """End."""
        provider = find_provider(ctx, "github")
        assert provider is not None
        state = await complete_oauth(ctx, ctx.query["state"], "github")
        callback = Callback(code=ctx.query["code"], code_verifier=state.code_verifier)
        signed_in = await sign_in_oauth_user(ctx, await exchange_callback(ctx, provider, callback))
        await set_session_cookie(ctx, signed_in.session, signed_in.user)
        return {"isNew": signed_in.is_new, "to": state.callback_url, "mine": (oauth_state(ctx) or {})["mine"]}

    auth = await with_github(make_auth, GitHub(), plugins=[Plugin(id="popup", endpoints=[pop_up, popped])])
    client = Client(auth.app)
    url = (await client.post("/api/auth/pop-up")).json()["url"]
    state = url.partition("state=")[2].partition("&")[0]
    reply = await client.get(f"/api/auth/popped?code=ada&state={state}")
    assert reply.json() == {"isNew": True, "to": "/done", "mine": True}
    assert (await client.get("/api/auth/get-session")).json()["user"]["email"] == "ada@example.com"
    assert await count(auth, "user", "session") == [1, 1]
    # A state of a plugin's is as good as any other, once.
    assert "state_mismatch" in str((await come_back(client, state)).header("location"))
    assert await begin(client)
