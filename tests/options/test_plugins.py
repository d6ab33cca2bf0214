"""Which plugins there are: lists, tables, import strings, ids."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import Any

import pytest

from betterauth_py import BetterAuth, ConfigurationError, Plugin
from betterauth_py.assembly.options import load_options
from betterauth_py.options.environment import with_environment
from betterauth_py.plugins import Seconds, plugin_factory
from betterauth_py.plugins.registry import BY_ID, BuiltIn, find_built_in
from tests.conftest import SECRET

OWN = Plugin(id="own")
HERE = "tests.options.test_plugins"


def make_plugin() -> Plugin:
    return Plugin(id="made")


def make_nothing() -> str:
    return "no plugin"


def ids(plugins: Any) -> list[str]:
    return [plugin.id for plugin in load_options({"plugins": plugins}).plugins]


def test_a_list_holds_plugins_import_strings_and_ids() -> None:
    assert ids([OWN, f"{HERE}:make_plugin", "jwt"]) == ["own", "made", "jwt"]
    assert ids([f"{HERE}:OWN"]) == ["own"]
    assert ids([]) == []


def test_a_table_has_options_of_built_in_ones_and_import_strings_of_others() -> None:
    assert ids({"jwt": {"disable_setting_jwt_header": True}, "notes": f"{HERE}:make_plugin"}) == ["jwt", "made"]
    assert ids({"jwt": {}, "any name": OWN}) == ["jwt", "own"]
    assert ids({}) == []


def test_every_built_in_plugin_is_made_from_its_id() -> None:
    assert ids({plugin.id: dict(plugin.example) for plugin in BY_ID.values()}) == list(BY_ID)


@pytest.mark.parametrize(
    ("plugins", "message"),
    [
        (["jwt", "jwt"], "Option `plugins`: the plugin jwt is there twice. Keep one of them."),
        ({"jwt": {}, "again": f"{HERE}:OWN", "own": OWN}, "Option `plugins`: the plugin own is there twice."),
        (["jwts"], "Option `plugins[0]`: there is no built-in plugin of this id. Did you mean `jwt`?"),
        (
            {"zzz": {}},
            f"there is no built-in plugin of this id. Built-in plugins: {', '.join(BY_ID)}.",
        ),
        ([f"{HERE}:make_nothing"], "Option `plugins[0]` must be a plugin, not str."),
        ([f"{HERE}:SECRET"], "Option `plugins[0]` must be a plugin, not str."),
        ([f"{HERE}:missing"], "Option `plugins[0]`: cannot import"),
        ([5], "Option `plugins[0]` must be a plugin, an import string or the id of a built-in plugin."),
        ({"jwt": True}, "Option `plugins.jwt` must be a table of options, a list of such tables or an import string."),
        ("jwt", "Option `plugins` must be a list or a table of plugins, not str."),
    ],
)
def test_what_is_no_plugin_stops_the_start(plugins: Any, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        BetterAuth(secret=SECRET, plugins=plugins)
    assert message in str(caught.value)


@dataclass(frozen=True, kw_only=True)
class OwnOptions:
    """Options of a third party's plugin."""

    max_notes: int = 10
    kept_for: Seconds = 60


@plugin_factory(OwnOptions)
def own(options: OwnOptions) -> Plugin:
    return Plugin(id="notes", endpoints=[], schema={}, ordered_after=[f"after-{options.max_notes}"])


def test_a_third_partys_plugin_takes_its_options_from_its_table() -> None:
    loaded = load_options({"plugins": {"notes": {"use": f"{HERE}:own", "max_notes": 3}}})
    [plugin] = [one for one in loaded.plugins if isinstance(one, Plugin)]
    assert (plugin.options, plugin.ordered_after) == (OwnOptions(max_notes=3), ["after-3"])
    assert own(OwnOptions(max_notes=4)).options.max_notes == own(max_notes=4).options.max_notes == 4
    for table, message in (
        ({"max_note": 3}, "Unknown option `plugins.notes.max_note`. Did you mean `max_notes`?"),
        ({"max_notes": "many"}, "Option `plugins.notes.max_notes` must be a whole number, not a string ('many')."),
        ({"use": f"{HERE}:OWN", "max_notes": 3}, "Option `plugins.notes.max_notes` cannot be set"),
        ({"use": f"{HERE}:make_plugin", "x": 1}, "Option `plugins.notes`: make_plugin(...) cannot be called so"),
        ({"use": 5}, "Option `plugins.notes.use` must be an import string"),
    ):
        with pytest.raises(ConfigurationError) as caught:
            load_options({"plugins": {"notes": {"use": f"{HERE}:own", **table}}})
        assert message in str(caught.value)


@dataclass(frozen=True, kw_only=True)
class Kept:
    """How long something is kept, from a list of such or one by itself."""

    name: str = "all"
    kept_for: Seconds = 60


@plugin_factory(Kept | list[Kept])
def keeping(options: Kept | list[Kept]) -> Plugin:
    return Plugin(id="keeping")


def kept(toml: str) -> Any:
    [plugin] = load_options(tomllib.loads(toml)).plugins
    assert isinstance(plugin, Plugin)
    return plugin.options


def test_a_plugin_may_take_a_list_of_tables() -> None:
    use = f'use = "{HERE}:keeping"'
    assert kept(f"[plugins.keeping]\n{use}\n") == Kept()
    two = f"[[plugins.keeping]]\n{use}\nname = 'a'\n[[plugins.keeping]]\nname = 'b'\nkept_for = '30d'\n"
    assert kept(two) == [Kept(name="a"), Kept(name="b", kept_for=2_592_000)]
    assert keeping([{"name": "a"}, Kept(name="b")]).options == [Kept(name="a"), Kept(name="b")]
    for toml, message in (
        (f"{two}[[plugins.keeping]]\nnames = 'c'", "Unknown option `plugins.keeping[2].names`. Did you mean `name`?"),
        (
            two.replace("30d", "soon"),
            "Option `plugins.keeping[1].kept_for` must be a whole number of seconds, or a span",
        ),
        (two.replace(":keeping", ":own"), "Option `plugins.keeping` must be a table, not a list."),
        (two.replace(":keeping", ":make_plugin"), "Option `plugins.keeping` must be a table, not a list: make_plugin"),
        (two.replace(":keeping", ":OWN"), "Option `plugins.keeping.name` cannot be set"),
        ("[[plugins.jwt]]", "Option `plugins.jwt` must be a table, not a list."),
        ("[plugins]\njwt = []", "Option `plugins.jwt` must be a table of options, a list of such tables"),
    ):
        with pytest.raises(ConfigurationError) as caught:
            kept(toml)
        assert message in str(caught.value)


def test_a_span_of_time_will_do_for_seconds_everywhere() -> None:
    jwks = {"rotation_interval": "30d", "grace_period": "2 weeks"}
    [plugin] = load_options({"plugins": {"jwt": {"jwks": jwks}}}).plugins
    assert isinstance(plugin, Plugin)
    assert (plugin.options.jwks.rotation_interval, plugin.options.jwks.grace_period) == (2_592_000, 1_209_600)
    assert own(kept_for="5m").options.kept_for == 300
    options = load_options({"session": {"expires_in": "7d", "cookie_cache": {"max_age": "90s"}}})
    assert (options.session.expires_in, options.session.cookie_cache.max_age) == (604_800, 90)
    merged = with_environment({}, {"BETTER_AUTH_SESSION_EXPIRES_IN": "1 hour"}, environment_wins=True)
    assert load_options(merged).session.expires_in == 3600
    with pytest.raises(ConfigurationError) as caught:
        with_environment({}, {"BETTER_AUTH_SESSION_EXPIRES_IN": "soon"}, environment_wins=True)
    assert "BETTER_AUTH_SESSION_EXPIRES_IN must be a whole number of seconds, or a span such as 30m or 7d" in str(
        caught.value
    )


def test_ids_with_a_dash_may_be_written_with_an_underscore(monkeypatch: pytest.MonkeyPatch) -> None:
    two_factor = BuiltIn(id="two-factor", export="twoFactor")
    monkeypatch.setitem(BY_ID, "two-factor", two_factor)
    assert find_built_in("two_factor") is find_built_in("two-factor") is two_factor
    assert two_factor.name == "two_factor"
    for given in ({"two_factor": {"a": 1}}, {"two-factor": {"a": 1}}):
        merged = with_environment({"plugins": given}, {"BETTER_AUTH_PLUGINS": "two-factor"}, environment_wins=True)
        assert merged["plugins"] == given
