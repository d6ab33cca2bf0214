"""Writes docs/configuration.md, a page per group of options and per plugin, and docs/providers.

Use: `python scripts/document_options.py`.
"""

from __future__ import annotations

import ast
import inspect
import sys
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from pathlib import Path
from re import compile as compile_pattern
from textwrap import fill
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
INDEX = "configuration.md"
FOLDER = "configuration"
MADE = "<!-- Made by scripts/document_options.py from the option classes. Do not edit by hand. -->"

_LINK = compile_pattern(r"\]\((?!https?://|#)")

INTRODUCTION = """\
# Configuration

MADE

Every option of better-auth keeps its name, in snake_case: `emailAndPassword.minPasswordLength` is
`email_and_password.min_password_length`. There are three places to set options, and they fill the same tree:

- **Python**: `BetterAuth(email_and_password={"enabled": True})`, or the classes of `betterauth_py.options`.
- **`betterauth.toml`** in the working directory (or `--config FILE`), for `betterauth serve` and `betterauth migrate`.
- **The environment**, and `.env`, for what differs between deployments.

The environment takes precedence over the TOML file, but not over arguments given in Python (as in better-auth). A
function in TOML is an import string such as `"myapp.auth:send_mail"`. An unknown option is an error that suggests the
right name.

A string in the file may come from an environment variable of any name: `secret_key = { env = "CAPTCHA_SECRET" }`, also
in lists and in the options of plugins. A missing variable stops the start, and errors never show its value.

Seconds may be written as a span: `expires_in = "7d"`, `"30 minutes"`, `"1.5h"`.

| variable | option |
|---|---|
| `BETTER_AUTH_SECRET` (or `AUTH_SECRET`) | `secret` |
| `BETTER_AUTH_SECRETS` | `secrets`, as `2:new-secret,1:old-secret` |
| `BETTER_AUTH_URL` | `base_url` |
| `BETTER_AUTH_APP_URL` | `app_url` |
| `BETTER_AUTH_TRUSTED_ORIGINS` | added to `trusted_origins`; separated by commas |
| `BETTER_AUTH_ENV` (or `NODE_ENV`) | `environment` |
| `BETTER_AUTH_TRUSTED_PROXIES` | `advanced.ip_address.trusted_proxies`; separated by commas |
| `DATABASE_URL` | `database.url` |
| `BETTER_AUTH_PLUGINS` | added to the TOML file's `plugins`: ids or import strings; separated by commas |
| `BETTER_AUTH_SMTP_URL` | `mail.smtp.url`; replaces any other server and transport |
| `BETTER_AUTH_SMTP_PASSWORD` | `mail.smtp.password` |
| `BETTER_AUTH_MAIL_SENDER`, `BETTER_AUTH_MAIL_TRANSPORT` | `mail.sender`, `mail.transport` |
| `BETTER_AUTH_CONFIG` | the TOML file, like `--config` |

Every other option whose value fits in a line has a variable too, named below it:
`BETTER_AUTH_SESSION_EXPIRES_IN=3600`, `BETTER_AUTH_RATE_LIMIT_ENABLED=true`. Lists are separated by commas, functions
are import strings. They apply to `betterauth serve` and the other commands, not to `BetterAuth(...)` in Python. The log
warns of variables that look misspelt.

Settings of `betterauth serve` itself. An argument takes precedence over its variable:

SERVE_SETTINGS

`betterauth serve` turns `email_and_password.enabled` and `advanced.ip_address.use_connection` on unless the
configuration sets them; in `BetterAuth(...)` they are off by default, as in better-auth.

```toml
# betterauth.toml
base_url = "https://auth.example.com"
trusted_origins = ["https://app.example.com"]

[email_and_password]
enabled = true
min_password_length = 10

[session.cookie_cache]
enabled = true
max_age = 60

[plugins.jwt.jwt]  # see plugins.md
expiration_time = "5m"
```

## Groups

GROUPS

## Top-level options

"""


def main() -> int:
    """Write the pages, or with --check tell whether they are up to date."""
    sys.path.insert(0, str(ROOT))
    wanted = {DOCS / name: text for name, text in pages().items()}
    left = {path for folder in (FOLDER, "providers") for path in (DOCS / folder).rglob("*.md") if path not in wanted}
    if "--check" in sys.argv:
        same = all(path.is_file() and path.read_text(encoding="utf-8") == text for path, text in wanted.items())
        return 0 if same and not left else 1
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for path in left:
        path.unlink()
    return 0


def pages() -> dict[str, str]:
    """Return the text of every page, by its path under docs/."""
    from betterauth_py.oauth.options import ProviderOptions
    from betterauth_py.options import Options
    from betterauth_py.plugins.registry import BUILT_IN
    from scripts import document_providers

    made: dict[str, str] = {}
    groups: list[str] = []
    docs, hints = _field_docstrings(Options), get_type_hints(Options, include_extras=True)
    for field in fields(Options):
        inner = _groups_in(hints[field.name])
        if inner:
            made[f"{FOLDER}/{field.name}.md"] = group_page(field.name, hints[field.name])
            groups.append(f"- [`{field.name}`]({FOLDER}/{field.name}.md): {_one_line(docs[field.name])}")
    page = f"{FOLDER}/social_providers.md"
    made[page] = group_page("social_providers.<id>", ProviderOptions)
    groups.append(f"- [`social_providers.<id>`]({page}): {_one_line(ProviderOptions.__doc__)}")
    for plugin in BUILT_IN:
        group, page = plugin.factory().options_class, f"{FOLDER}/{plugin.page}"
        made[page] = group_page(f"plugins.{plugin.id}", group)
        groups.append(f"- [`plugins.{plugin.id}`]({page}): {_one_line(group.__doc__)}")
    introduction = INTRODUCTION.replace("MADE", MADE).replace("SERVE_SETTINGS", _serve_settings())
    plain = options_of(Options, "", 3, without_groups=True)
    made[INDEX] = introduction.replace("GROUPS", _wrapped_list(groups)) + "\n\n".join(plain) + "\n"
    return made | document_providers.pages()


def group_page(path: str, hint: Any) -> str:
    """Return the page of one group, or of the groups that `hint` lets it be, with the groups in them."""
    groups = list(dict.fromkeys(_groups_in(hint)))
    up = "../" * (path.count(".") + 1)
    parts = [f"# `{path}`", MADE]
    for group in groups:
        suffix = _suffix(hint)
        parts += [_tag(group, groups), wrapped(_one_line(group.__doc__)), *options_of(group, f"{path}{suffix}", 2)]
    # Docstrings name pages as seen from docs/.
    return _LINK.sub(f"]({up}", "\n\n".join(filter(None, parts))) + "\n"


def _serve_settings() -> str:
    from betterauth_py.cli.settings import SETTINGS

    return _wrapped_list([f"- `{one.flag}`, `{one.variable}`: {_one_line(one.help)}" for one in SETTINGS])


def options_of(
    group: type[Any], path: str, level: int, *, without_groups: bool = False, only: list[str] | None = None
) -> list[str]:
    """Return a paragraph for each option of a group, or for some: those of one value first, then its groups."""
    from betterauth_py.options.variables import variable_of

    docs, hints = _field_docstrings(group), get_type_hints(group, include_extras=True)
    shown: list[str] = []
    nested: list[str] = []
    for field in fields(group):
        hint, name = hints[field.name], f"{path}.{field.name}".lstrip(".")
        inner = list(dict.fromkeys(_groups_in(hint)))
        if (inner and without_groups) or (only is not None and field.name not in only):
            continue
        facts = [_type(hint), f"default: {_default(field)}"]
        variable = variable_of(name)
        if variable:
            facts.append(f"`{variable}`")
        own = [f"{'#' * min(level, 5)} `{name}{_suffix(hint) if inner else ''}`", wrapped(" · ".join(facts))]
        if not inner:
            shown += [*own, wrapped(_one_line(docs.get(field.name)))]
            continue
        # One that may also be a plain value has a variable for that.
        nested += [*(own if variable else own[:1]), wrapped(_one_line(docs.get(field.name)))]
        for one in inner:
            nested += [_tag(one, inner), *options_of(one, f"{name}{_suffix(hint)}", level + 1)]
    return [part for part in [*shown, *nested] if part]


def _tag(group: type[Any], groups: list[type[Any]]) -> str:
    """Return when this group of several is the one that is meant; nothing where there is one only."""
    from betterauth_py.options.tagged_groups import tag_of

    if len(groups) < 2:
        return ""
    name, owners, default = tag_of(tuple(groups))
    values = [value for value, owner in owners.items() if owner is group]
    shown = " or ".join(f'`{name} = "{value}"`' for value in values)
    unset = ", or without it" if default in values else ""
    return f"With {shown}{unset}:"


def _suffix(hint: Any) -> str:
    """Return what stands between a group and its options: nothing, or the place in a list or a table."""
    suffixes: dict[Any, str] = {dict: ".<name>", list: "[]"}
    found = suffixes.get(get_origin(hint), "")
    if not found and get_origin(hint) in {Union, UnionType}:
        return next((suffix for argument in get_args(hint) if (suffix := _suffix(argument))), "")
    return found


def wrapped(text: str) -> str:
    """Return a paragraph in lines of at most 120 columns."""
    return fill(text, 120, break_long_words=False, break_on_hyphens=False)


def _wrapped_list(items: list[str]) -> str:
    return "\n".join(
        fill(item, 120, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False) for item in items
    )


def _field_docstrings(group: type[Any]) -> dict[str, str]:
    """Return what stands under each field, also under those of base classes."""
    docs: dict[str, str] = {}
    for one in reversed(group.__mro__):
        if is_dataclass(one):
            docs |= _own_field_docstrings(one)
    return docs


def _own_field_docstrings(group: type[Any]) -> dict[str, str]:
    tree = ast.parse(inspect.getsource(group)).body[0]
    if not isinstance(tree, ast.ClassDef):
        raise TypeError(group)
    docs: dict[str, str] = {}
    for statement, following in zip(tree.body, tree.body[1:], strict=False):
        if (
            isinstance(statement, ast.AnnAssign)
            and isinstance(statement.target, ast.Name)
            and isinstance(following, ast.Expr)
            and isinstance(following.value, ast.Constant)
            and isinstance(following.value.value, str)
        ):
            docs[statement.target.id] = following.value.value
    return docs


def _groups_in(hint: Any) -> list[type[Any]]:
    if is_dataclass(hint) and isinstance(hint, type):
        return [] if hint.__name__ in {"NamedPlugin"} else [hint]
    if get_origin(hint) in {list, dict, Union, UnionType}:
        return [group for argument in get_args(hint) for group in _groups_in(argument)]
    return []


def _type(hint: Any) -> str:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:  # Seconds
        return "seconds or span"
    if origin is Literal:
        return " or ".join(f"`{_toml(argument)}`" for argument in arguments)
    if origin in {Union, UnionType}:
        return " or ".join(dict.fromkeys(_type(argument) for argument in arguments if argument is not type(None)))
    if origin is list:
        return f"list of {_type(arguments[0])}"
    if origin is dict:
        return f"table of {_type(arguments[1])}"
    if origin is not None:
        return "function"
    names = {str: "string", int: "integer", float: "number", bool: "boolean", Any: "any", datetime: "date"}
    if hint in names:
        return names[hint]
    return "group" if is_dataclass(hint) else "object"


def _default(field: Any) -> str:
    if field.default is not MISSING:
        return "unset" if field.default is None else f"`{_toml(field.default)}`"
    if field.default_factory is not MISSING:
        made = field.default_factory()
        return f"`{_toml(made)}`" if isinstance(made, list | dict) else "see below" if is_dataclass(made) else "its own"
    return "required"


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, list):
        return f"[{', '.join(_toml(item) for item in value)}]"
    return str(value)


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split())


if __name__ == "__main__":
    raise SystemExit(main())
