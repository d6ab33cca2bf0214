"""What is wrong with a plugin stops the start, and `betterauth migrate`, with a sentence and no traceback."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from betterauth_py import BetterAuth, BetterAuthError
from betterauth_py.cli import main
from betterauth_py.plugins import EndpointContext, Hook, Plugin
from tests.conftest import SECRET

OWN = """
from dataclasses import dataclass
from betterauth_py.plugins import *

@dataclass(frozen=True, kw_only=True)
class OwnOptions:
    size: int = 1
    kept_for: Seconds = 60

@plugin_factory(OwnOptions)
def own(options):
    if options.size > 9:
        raise ValueError("a size above 9")
    return Plugin(id="own")

@plugin_factory(OwnOptions)
def nothing(options):
    pass

def plain(size):
    return {}[size]

@dataclass
class Untagged:
    size: int = 1

@plugin_factory(OwnOptions | Untagged)
def wrongly(options):
    return Plugin(id="own")

async def handler(ctx):
    return None

def set_up(auth):
    raise LookupError("no key")

async def set_up_later(auth):
    return Contributions()

def hooked():
    return Plugin(id="own", after=[Hook(handler=handler, paths=["/sign-in/emial"])])

def twice():
    return Plugin(id="own", endpoints=[core_endpoint("get_session")])

def failing():
    return Plugin(id="own", setup=set_up)

def later():
    return Plugin(id="own", setup=set_up_later)

def empty():
    return Plugin(id="own", setup=lambda auth: None)

def undeclared():
    return Plugin(id="own", endpoints=[handler])

def unhooked():
    return Plugin(id="own", before=[handler])

def unmailed():
    return Plugin(id="own", mails=["own-mail"])

def without_templates():
    return Plugin(id="own", mails=[MailKind(name="own-mail", purpose="never", templates="mail")])

def untexted():
    return Plugin(id="own", sms=["own-text"])

def texting_without_templates():
    return Plugin(id="own", sms=[SmsKind(name="own-text", purpose="never", sample={}, templates="sms")])

def texting_twice():
    from pathlib import Path
    return Plugin(id="own", sms=[SmsKind(name="test", purpose="never", sample={}, templates=Path())])

def mailing_twice():
    return Plugin(id="own", mails=[MailKind(name="reset-password", purpose="never")])

def unreached():
    return Plugin(id="own", before=[Hook(handler=handler, paths="/get-session")])
"""

REFUSED = [
    (
        'use = "own:own"\nsize = 10',
        "Option `plugins.own`: own(...) raised ValueError: a size above 9 (own.py, line 13).",
    ),
    ('use = "own:plain"\nsize = 10', "Option `plugins.own`: plain(...) raised KeyError: 10 (own.py, line 21)."),
    ('use = "own:nothing"', "Option `plugins.own`: nothing(...) returned no plugin. Return a `Plugin`."),
    ('use = "own:wrongly"', "Option `plugins.own`: the options of wrongly(...) are declared wrongly: "),
    (
        'use = "own:own"\nkept_for = "soon"',
        "Option `plugins.own.kept_for` must be a whole number of seconds, or a span",
    ),
    (
        'use = "own:hooked"',
        "A hook of the plugin own is for /sign-in/emial, where no endpoint is. Did you mean /sign-in/email?",
    ),
    ('use = "own:twice"', "The plugin own and the core both serve the operation get_session."),
    ('use = "own:failing"', "The plugin own cannot be set up: LookupError: no key (own.py, line 35)."),
    ('use = "own:later"', "The `setup` of the plugin own is async. Do what waits in `start`."),
    ('use = "own:empty"', "The `setup` of the plugin own returned NoneType. Return `Contributions()`."),
    ('use = "own:undeclared"', "The plugin own has 'handler' among its endpoints. Decorate it with `@endpoint(...)`."),
    ('use = "own:unhooked"', "The plugin own has 'handler' among its hooks. Write `Hook(handler=..., paths=[...])`."),
    ('use = "own:unreached"', "A hook of the plugin own has a string as its paths. Give a list of strings."),
    ('use = "own:unmailed"', "'own-mail' is no mail. Make one with `MailKind(name=..., purpose=...)`."),
    ('use = "own:without_templates"', "The mail 'own-mail' has no folder of templates. Give a path: "),
    (
        'use = "own:untexted"',
        "'own-text' is no text message. Make one with `SmsKind(name=..., purpose=..., sample=..., templates=...)`.",
    ),
    (
        'use = "own:texting_without_templates"',
        "The text message 'own-text' has no folder of templates. Give a path: "
        '`templates=Path(__file__).with_name("sms")`.',
    ),
    ('use = "own:texting_twice"', "The text message 'test' exists twice. Rename one."),
    ('use = "own:mailing_twice"', "The mail 'reset-password' exists twice. Rename one."),
    ('use = "broken:own"', "Option `plugins.own.use`: cannot import 'broken:own': ZeroDivisionError: division by zero"),
    ('use = "unclosed:own"', "Option `plugins.own.use`: cannot import 'unclosed:own': SyntaxError: "),
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    for name in ("own", "broken", "unclosed"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    for name, code in (("own", OWN), ("broken", "1 / 0"), ("unclosed", "(")):
        (tmp_path / f"{name}.py").write_text(code, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("command", ["serve", "migrate"])
@pytest.mark.parametrize(("table", "message"), REFUSED, ids=[table for table, _ in REFUSED])
def test_a_plugin_that_cannot_be_stops_every_command(
    folder: Path, capsys: pytest.CaptureFixture[str], command: str, table: str, message: str
) -> None:
    (folder / "betterauth.toml").write_text(f"[plugins.own]\n{table}\n", encoding="utf-8")
    assert main([command]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"betterauth: {message}")
    assert "Traceback" not in said.err
    assert not (folder / "betterauth.db").exists()


@pytest.mark.parametrize(
    "table",
    ["[plugins.jwt]", '[plugins.jwt.jwks]\njwks_path = "/keys"', "[[plugins.jwt]]", "plugins.jwt.jwt.issuer = 'x'"],
)
def test_a_list_of_plugins_beside_a_table_of_one_is_told_what_to_do(
    folder: Path, capsys: pytest.CaptureFixture[str], table: str
) -> None:
    (folder / "betterauth.toml").write_text(f'plugins = ["username"]\n{table}\n', encoding="utf-8")
    assert main(["migrate"]) == 1
    said = capsys.readouterr().err
    assert "`plugins = [...]` cannot stand beside" in said
    assert "write each plugin as a table of its own, such as `[plugins.username]`, and delete" in said


def test_a_hook_may_be_for_a_plugin_that_is_off_if_it_says_so() -> None:
    async def look(_: EndpointContext[Any, Any]) -> None:
        """See nothing."""

    with pytest.raises(BetterAuthError, match="for /sign-in/magic-link, where no endpoint is"):
        BetterAuth(
            secret=SECRET, plugins=[Plugin(id="own", before=[Hook(handler=look, paths=["/sign-in/magic-link"])])]
        )
    with pytest.raises(BetterAuthError, match="for /phone/, where no endpoint is"):
        BetterAuth(secret=SECRET, plugins=[Plugin(id="own", before=[Hook(handler=look, prefixes=("/phone/",))])])
    hook = Hook(handler=look, paths=["/sign-in/magic-link"], prefixes=("/phone/",), optional=True)
    BetterAuth(secret=SECRET, plugins=[Plugin(id="own", before=[hook])])
