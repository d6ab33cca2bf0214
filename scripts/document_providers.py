"""docs/providers.md and a page per provider: what they declare, what was recorded of them, and providers.yaml.

`python scripts/document_options.py` writes them with the pages of the options.
"""

from __future__ import annotations

import json
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

ROOT = Path(__file__).resolve().parent.parent
FOLDER = "providers"
MADE = "<!-- Made by scripts/document_options.py from the provider, its recordings and providers.yaml. -->"

INTRODUCTION = """\
# Providers

MADE

Users can sign in with any of these; [oauth.md](oauth.md) says how a sign-in goes, who may sign up, and what is linked
to whom. A provider's page says what to click there, and how it differs. Providers rearrange their consoles: names may
have changed since.

All have [the same options](configuration/social_providers.md), and some a few of their own. They come from the
configuration or from the environment, where `GITHUB_CLIENT_ID` and `GITHUB_CLIENT_SECRET` together turn GitHub on
(embedded in your own app they fill in what its options leave out).

Whether an **address** counts as verified decides whether an account is linked to the user who has that address. A
placeholder is an address of the form `7@reddit.placeholder.invalid`, which no mail reaches.

| provider | id | scopes by default | address | PKCE | ID tokens of clients | refreshing |
|---|---|---|---|---|---|---|
"""

_NOT_IN_A_LINE = {"token_endpoint_auth"}


def pages() -> dict[str, str]:
    """Return the text of every page, by its path under docs/."""
    sys.path.insert(0, str(ROOT))
    from betterauth_py.oauth.registry import PROVIDER_IDS

    written: dict[str, Any] = yaml.safe_load((ROOT / "scripts/providers.yaml").read_text(encoding="utf-8"))
    if sorted(written) != sorted(PROVIDER_IDS):
        raise SystemExit(f"providers.yaml and PROVIDER_IDS differ: {sorted({*written} ^ {*PROVIDER_IDS})}")
    described = sorted((Described(name, written[name]) for name in PROVIDER_IDS), key=lambda one: one.title.lower())
    made = {f"{FOLDER}/{one.id}.md": one.page() for one in described}
    made[f"{FOLDER}.md"] = INTRODUCTION.replace("MADE", MADE) + "".join(one.row() for one in described)
    return made


class Described:
    """One provider, with what is known of it."""

    def __init__(self, provider_id: str, written: dict[str, Any]) -> None:
        """Make it from its id and its part of providers.yaml."""
        from betterauth_py.oauth.options import ProviderOptions
        from betterauth_py.oauth.registry import find_provider

        home = find_provider(provider_id)
        if home is None:
            raise LookupError(provider_id)
        self.id = provider_id
        self.written = written
        self.options = home.options
        self.own_options = [field.name for field in fields(home.options)][len(fields(ProviderOptions)) :]
        self.example: dict[str, str] = written.get("options", {})
        self.provider = home.make(home.options(client_id="…", client_secret="…", **self.example))
        self.title: str = written.get("title", self.provider.name)
        cases = yaml.safe_load((ROOT / f"tests/oauth/cases/{provider_id}.yaml").read_text(encoding="utf-8"))
        asked = dict.fromkeys(answer["request"] for answer in cases["answers"][1:])
        unless = ", without an ID token" if "asked_when" in cases else ""
        self.asked = ", ".join(f"`{request}`" for request in asked) + unless
        self.id_token_check: str | None = cases.get("keys") or cases.get("verifies", {}).get("request")
        recorded = json.loads((ROOT / f"tests/oauth/recordings/{provider_id}.json").read_text(encoding="utf-8"))
        self.user: dict[str, Any] = recorded["sign_in: plain"]["result"]["user"]

    def row(self) -> str:
        """Return the line of the table."""
        provider = self.provider
        cells = [
            f"[{self.title}]({FOLDER}/{self.id}.md)",
            f"`{self.id}`",
            self._scopes(),
            self._address()[0],
            _yes(self._has_pkce()),
            _yes(self.id_token_check is not None),
            _yes(provider.can_refresh),
        ]
        return f"| {' | '.join(cells)} |\n"

    def page(self) -> str:
        """Return the page."""
        from scripts.document_options import options_of, wrapped

        callback = f"/callback/{self.id}"
        takes_localhost = self.written.get("localhost", True)
        facts = [
            ("page that users are sent to", f"`{self.provider.authorization_endpoint}`"),
            ("where codes become tokens", f"`POST {self.provider.token_endpoint}`"),
            ("what else is asked", self.asked or "nothing: the profile is in the ID token"),
            ("scopes by default", self._scopes()),
            ("PKCE", _yes(self._has_pkce())),
            ("address", self._address()[1]),
            ("ID tokens that clients send", self._id_tokens()),
            ("new access tokens by refresh token", _yes(self.provider.can_refresh)),
        ]
        parts = [
            f"# {self.title}",
            MADE,
            wrapped(f'Users sign in with {self.title} by `signIn.social({{ provider: "{self.id}" }})`.'),
            "## At the provider",
            wrapped(" ".join(self.written["steps"].split())),
            wrapped(
                f"The redirect URL is `<base URL>{callback}`, such as `https://auth.example.com/api/auth{callback}`"
                + (f", or `http://localhost:8000/api/auth{callback}` in development." if takes_localhost else ".")
            ),
            "## Configuration",
            self._toml(),
            wrapped(self._variables()),
            "## At a sign-in",
            "\n".join(["| | |", "|---|---|", *(f"| {name} | {fact} |" for name, fact in facts)]),
            wrapped(" ".join(self.written.get("notes", "").split())),
            "## Options",
            wrapped(
                "[Those of every provider](../configuration/social_providers.md)"
                + (", and these:" if self.own_options else ". It has none of its own.")
            ),
            *options_of(self.options, f"social_providers.{self.id}", 3, only=self.own_options),
        ]
        return "\n\n".join(filter(None, parts)) + "\n"

    def _credentials(self) -> list[str]:
        required = [name for name in self.provider.requires if name not in self.example]
        return [name for name in ("client_id", "client_key", "client_secret") if name in (*required, "client_secret")]

    def _toml(self) -> str:
        lines = [f"[social_providers.{self.id}]"]
        for name in self._credentials():
            is_secret = name == "client_secret"
            lines.append(f'{name} = {{ env = "{self._variable(name)}" }}' if is_secret else f'{name} = "…"')
        lines += [f'{name} = "{value}"' for name, value in self.example.items()]
        return "\n".join(["```toml", *lines, "```"])

    def _variables(self) -> str:
        names = [f"`{self._variable(name)}`" for name in self._credentials()]
        own = [f"`{self._variable(name)}`" for name in self.own_options if name not in _NOT_IN_A_LINE]
        more = f" Its own options have variables too: {', '.join(own)}." if own else ""
        return f"Or by the environment: {' and '.join(names)}.{more}"

    def _variable(self, option: str) -> str:
        return f"{self.id}_{option}".upper()

    def _has_pkce(self) -> bool:
        from betterauth_py.oauth.provider import Pkce

        return self.provider.pkce is Pkce.SENT

    def _scopes(self) -> str:
        scopes = self.provider.scopes if self.provider.takes_scopes else ()
        return " ".join(f"`{scope}`" for scope in scopes) or "none"

    def _address(self) -> tuple[str, str]:
        if str(self.user["email"]).endswith(".placeholder.invalid"):
            return "placeholder", "none: users get a placeholder"
        if self.user.get("emailVerified"):
            return "may be verified", f"verified if {self.title} says so"
        return "not verified", "not verified, as far as this server can tell"

    def _id_tokens(self) -> str:
        if self.id_token_check is None:
            return "no"
        method, _, url = self.id_token_check.rpartition(" ")
        return f"verified by `{method} {url}`" if method else f"verified with the keys of `{urlsplit(url).hostname}`"


def _yes(is_so: bool) -> str:
    return "yes" if is_so else "no"
