"""A preview and production, each an auth with a database of its own, and a browser that goes from one to the other."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from betterauth_py import BetterAuth
from betterauth_py.crypto.purpose import secrets_for
from betterauth_py.crypto.secrets import SecretConfig
from betterauth_py.crypto.symmetric import decrypt, encrypt
from betterauth_py.javascript import json
from tests.conftest import MakeAuth
from tests.http.client import Client, Reply
from tests.http.oauth_world import GitHub, begin, come_back, with_github

PRODUCTION = "http://www.test:3000"
PREVIEW = "http://localhost:3000"
SHARED = "the secret that production and its previews share"


@dataclass
class Browser:
    """Somebody's browser: cookies for each of the servers."""

    pair: Pair
    preview: Client = field(init=False)
    production: Client = field(init=False)

    def __post_init__(self) -> None:
        """Start without cookies."""
        self.preview = Client(self.pair.preview.app)
        self.production = Client(self.pair.production.app, host="www.test:3000")

    async def begin(self, path: str = "/api/auth/sign-in/social", **body: Any) -> str:
        """Begin at the preview; return the state that the provider gets."""
        return await begin(self.preview, path, **body)

    async def through_production(self, packed: str, code: str = "ada", provider: str = "github") -> str:
        """Come back from the provider to production; return where that leads to."""
        reply = await come_back(self.production, packed, code, provider)
        assert reply.status == 302, reply
        return reply.header("location") or ""

    async def open(self, url: str) -> Reply:
        """Open a URL of the preview."""
        assert url.startswith(f"{PREVIEW}/"), url
        return await self.preview.get(url.removeprefix(PREVIEW))

    async def profile_of(self, code: str = "ada", **body: Any) -> str:
        """Begin a sign-in, and return the URL with the profile."""
        return await self.through_production(await self.begin(**body), code)

    async def sign_in(self, code: str = "ada", **body: Any) -> str:
        """Sign in from the first to the last step; return where it leads to."""
        return (await self.open(await self.profile_of(code, **body))).header("location") or ""

    @property
    def is_signed_in(self) -> bool:
        """Whether the preview has given it a session."""
        return "better-auth.session_token" in self.preview.cookies


@dataclass
class Pair:
    """The two servers."""

    preview: BetterAuth
    production: BetterAuth

    def browser(self) -> Browser:
        """Return a browser without cookies."""
        return Browser(self)


async def make_pair(make_auth: MakeAuth, tmp_path: Path, **options: Any) -> Pair:
    """Return a preview and production with different secrets and a shared one; options ending in `_of_preview`."""
    own = {name.removesuffix("_of_preview"): value for name, value in options.items() if name.endswith("_of_preview")}
    common = {name: value for name, value in options.items() if not name.endswith("_of_preview")}
    proxy = {"production_url": PRODUCTION, "secret": SHARED, **common.pop("proxy", {})}
    github = common.pop("github", None) or GitHub()
    common = {"plugins": {"oauth-proxy": proxy}, **common}
    preview = await with_github(make_auth, github, **{**common, **own})
    production = await with_github(
        make_auth,
        github,
        base_url=PRODUCTION,
        secret="production's own secret, which no preview knows",
        database={"url": f"sqlite:///{tmp_path / 'production.db'}"},
        **common,
    )
    return Pair(preview, production)


def query_of(url: str, name: str) -> str:
    """Return a parameter of a URL."""
    return parse_qs(urlsplit(url).query)[name][0]


def opened(purpose: str, sealed: str, secret: str = SHARED) -> dict[str, Any]:
    """Return what is sealed."""
    data: dict[str, Any] = json.parse(decrypt(sealed, secrets_for(purpose, SecretConfig(secret))).encode())
    return data


def sealed(purpose: str, value: Any, secret: str = SHARED) -> str:
    """Seal a value as whoever has the secret can."""
    return encrypt(json.stringify(value).decode(), secrets_for(purpose, SecretConfig(secret)))


def changed_profile(url: str, **changes: Any) -> str:
    """Return the URL of a completion with another profile."""
    profile = query_of(url, "profile")
    return url.replace(profile, sealed("oauth-proxy-profile", {**opened("oauth-proxy-profile", profile), **changes}))
