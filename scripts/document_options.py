"""Writes docs/configuration.md from the option classes and their docstrings: `python scripts/document_options.py`."""

from __future__ import annotations

import ast
import inspect
import sys
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from importlib import import_module
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "configuration.md"

INTRODUCTION = """\
# Configuration

<!-- Made by scripts/document_options.py from the option classes. Do not edit by hand. -->

Every option of better-auth keeps its name, in snake_case: `emailAndPassword.minPasswordLength` is
`email_and_password.min_password_length`. There are three places to set options, and they fill the same tree:

- **Python**: `BetterAuth(email_and_password={"enabled": True})`, or the classes of `betterauth_py.options`.
- **`betterauth.toml`** in the working directory (or `--config FILE`), for `betterauth serve` and `betterauth migrate`.
- **The environment**, and `.env`, for what differs between deployments.

Over the TOML file, the environment wins; over arguments given in Python, it does not (as in better-auth). A function
in TOML is an import string such as `"myapp.auth:send_mail"`. An option that does not exist is an error that names the
right one.

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
| `BETTER_AUTH_SMTP_URL` | `mail.smtp.url`; takes the place of every other server and transport |
| `BETTER_AUTH_SMTP_PASSWORD` | `mail.smtp.password` |
| `BETTER_AUTH_MAIL_SENDER`, `BETTER_AUTH_MAIL_TRANSPORT` | `mail.sender`, `mail.transport` |
| `BETTER_AUTH_CONFIG` | the TOML file, like `--config` |

Every other option whose value fits in a line has a variable too, which stands under its name below:
`BETTER_AUTH_SESSION_EXPIRES_IN=3600`, `BETTER_AUTH_RATE_LIMIT_ENABLED=true`. Lists are separated by commas, functions
are import strings. These are for `betterauth serve` and the other commands, not for `BetterAuth(...)` in Python. A
variable that looks like a misspelt one is named in the log.

What `betterauth serve` itself can be told. An argument wins over its variable:

SERVE_SETTINGS

`betterauth serve` turns `email_and_password.enabled` and `advanced.ip_address.use_connection` on unless the
configuration says something about them; a `BetterAuth(...)` in Python starts with them off, as better-auth does.

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

"""


def main() -> int:
    """Write the document, or with --check tell whether it is up to date."""
    sys.path.insert(0, str(ROOT))
    text = document()
    if "--check" in sys.argv:
        return 0 if TARGET.is_file() and TARGET.read_text(encoding="utf-8") == text else 1
    TARGET.write_text(text, encoding="utf-8")
    return 0


def document() -> str:
    """Return the whole document."""
    from betterauth_py.options import Options
    from betterauth_py.plugins import BUILT_IN

    sections: list[str] = []
    _describe(Options, "", sections)
    for plugin in BUILT_IN:
        module = import_module(f"betterauth_py.plugins.{plugin}.options")
        _describe(getattr(module, f"{plugin.title()}Options"), f"plugins.{plugin}", sections)
    return INTRODUCTION.replace("SERVE_SETTINGS", _serve_settings()) + "\n".join(sections)


def _serve_settings() -> str:
    from betterauth_py.cli.settings import SETTINGS

    rows = (f"| `{one.flag}` | `{one.variable}` | {_one_line(one.help)} |" for one in SETTINGS)
    return "\n".join(["| argument | variable | |", "|---|---|---|", *rows])


def _describe(group: type[Any], path: str, sections: list[str]) -> None:
    from betterauth_py.options.variables import variable_of

    docs, hints = _field_docstrings(group), get_type_hints(group)
    title = f"`{path}`" if path else "Top level"
    # Two hashes at the root, one more per level.
    lines = [f"{'#' * min(2 + path.count('.') + bool(path), 5)} {title}", "", _one_line(group.__doc__ or ""), ""]
    lines += ["| option | type | default | meaning |", "|---|---|---|---|"]
    nested: list[tuple[type[Any], str]] = []
    for field in fields(group):
        hint = hints[field.name]
        for inner in _groups_in(hint):
            suffix = {dict: ".<name>", list: "[]"}.get(get_origin(hint) or object, "")
            nested.append((inner, f"{path}.{field.name}{suffix}".lstrip(".")))
        default = _default(field)
        variable = variable_of(f"{path}.{field.name}".lstrip("."))
        shown = f"`{field.name}`<br>`{variable}`" if variable else f"`{field.name}`"
        lines.append(f"| {shown} | {_type(hint)} | {default} | {_one_line(docs.get(field.name, ''))} |")
    sections.append("\n".join(lines) + "\n")
    for inner, inner_path in nested:
        _describe(inner, inner_path, sections)


def _field_docstrings(group: type[Any]) -> dict[str, str]:
    """Return what stands under each field."""
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
    if origin is Literal:
        return " or ".join(f"`{argument!r}`".replace("'", '"') for argument in arguments)
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


def _one_line(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    raise SystemExit(main())
