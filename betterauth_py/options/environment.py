"""Reads the environment (and `.env`), under better-auth's names."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from os import environ
from pathlib import Path
from re import MULTILINE, search
from typing import Any

from dotenv import dotenv_values

from betterauth_py.errors import ConfigurationError
from betterauth_py.options.variables import with_option_variables


def read_environment(directory: Path | None = None) -> dict[str, str]:
    """Return the process's environment, with variables it lacks from `.env` in `directory`."""
    values: dict[str, str] = {}
    path = (directory or Path.cwd()) / ".env"
    if path.is_file():
        values.update((name, value) for name, value in dotenv_values(path).items() if value is not None)
    values.update(environ)
    return values


def with_environment(values: Mapping[str, Any], env: Mapping[str, str], *, environment_wins: bool) -> dict[str, Any]:
    """Return `values` (a nested option mapping) with the options that the environment sets.

    Over a configuration file the environment wins, because a deployment's settings beat the developer's; over
    arguments given in Python it does not, as in better-auth.

    Raises:
        ConfigurationError: if a variable does not have its form.
    """
    if environment_wins:
        values = with_option_variables(values, env)
    said: dict[str, Any] = {}
    if url := env.get("BETTER_AUTH_URL"):
        said["base_url"] = url
    if app_url := env.get("BETTER_AUTH_APP_URL"):
        said["app_url"] = app_url
    if secret := env.get("BETTER_AUTH_SECRET") or env.get("AUTH_SECRET"):
        said["secret"] = secret
    if secrets := env.get("BETTER_AUTH_SECRETS"):
        said["secrets"] = parse_secrets(secrets)
    if stage := _stage(env):
        said["environment"] = stage
    merged = {**values, **said} if environment_wins else {**said, **_given(values)}
    for group, variable in (("database", "DATABASE_URL"), ("secondary_storage", "BETTER_AUTH_REDIS_URL")):
        given = merged.get(group)
        if (place := env.get(variable)) and (given is None or isinstance(given, Mapping)):
            own = dict(given or {})
            merged[group] = {**own, "url": place} if environment_wins else {"url": place, **own}
    if environment_wins and (names := _listed(env.get("BETTER_AUTH_PLUGINS"))):
        merged["plugins"] = _with_plugins(merged.get("plugins"), names)
    if proxies := _listed(env.get("BETTER_AUTH_TRUSTED_PROXIES")):
        merged["advanced"] = _with_trusted_proxies(merged.get("advanced"), proxies, environment_wins=environment_wins)
    mail = merged.get("mail")
    if mail is None or isinstance(mail, Mapping):
        with_mail = _with_mail_environment(mail or {}, env, environment_wins=environment_wins)
        if with_mail:
            merged["mail"] = with_mail
    return merged


def _mixed(path: Path) -> str:
    """Return advice for a file with plugins both as a list and as tables, which TOML does not allow."""
    text = path.read_text(encoding="utf-8", errors="replace")
    listed = search(r"^\s*plugins\s*=\s*\[\s*([\"'][\w-]+)?", text, MULTILINE)
    if not listed or not search(r"^\s*(\[\[?\s*)?plugins\s*\.", text, MULTILINE):
        return ""
    return (
        " `plugins = [...]` cannot stand beside tables of plugins: write each plugin as a table of its own, such as "
        f"`[plugins.{listed[1][1:] if listed[1] else 'jwt'}]`, and delete `plugins = [...]`."
    )


def _stage(env: Mapping[str, str]) -> str | None:
    for name in ("BETTER_AUTH_ENV", "NODE_ENV"):
        if stage := env.get(name, "").strip().lower():
            stage = {"dev": "development", "prod": "production"}.get(stage, stage)
            if stage not in {"development", "production", "test"}:
                raise ConfigurationError(
                    f"Variable {name} is {stage[:30]!r}, but a server is in production, development or test. Set "
                    "BETTER_AUTH_ENV=production for everything that others reach, such as staging."
                )
            return stage
    return None


def _with_trusted_proxies(advanced: Any, proxies: list[str], *, environment_wins: bool) -> Any:
    """Return the group `advanced` with these proxies; a value that is not a table is reported later."""
    group = {} if advanced is None else advanced
    ip_address = group.get("ip_address", {}) if isinstance(group, Mapping) else None
    if not isinstance(ip_address, Mapping) or (ip_address.get("trusted_proxies") is not None and not environment_wins):
        return advanced
    return {**group, "ip_address": {**ip_address, "trusted_proxies": proxies}}


def _with_mail_environment(
    mail: Mapping[str, Any], env: Mapping[str, str], *, environment_wins: bool
) -> dict[str, Any]:
    """Return the group `mail` with the environment's settings; a server set there replaces the file's."""
    merged, smtp = dict(mail), mail.get("smtp", {})
    if not isinstance(smtp, Mapping):
        return merged
    url, password = env.get("BETTER_AUTH_SMTP_URL"), env.get("BETTER_AUTH_SMTP_PASSWORD")
    free = mail.get("transport") in {None, "smtp"} and not smtp.get("host") and not smtp.get("url")
    if url and (environment_wins or free):
        own = {"url", "host", "port", "security", "username", "password"}
        smtp = {**{name: value for name, value in smtp.items() if name not in own}, "url": url}
        merged["transport"] = "smtp"
    if password and (environment_wins or not smtp.get("password")):
        smtp = {**smtp, "password": password}
    if smtp:
        merged["smtp"] = smtp
    for option in ("sender", "transport"):
        said = env.get(f"BETTER_AUTH_MAIL_{option.upper()}")
        if said and (environment_wins or not mail.get(option)):
            merged[option] = said
    return merged


def trusted_origins_of(env: Mapping[str, str]) -> list[str]:
    """Return the origins that `BETTER_AUTH_TRUSTED_ORIGINS` adds."""
    return _listed(env.get("BETTER_AUTH_TRUSTED_ORIGINS"))


def _listed(text: str | None) -> list[str]:
    return [entry.strip() for entry in (text or "").split(",") if entry.strip()]


def _with_plugins(given: Any, names: list[str]) -> Any:
    """Return `plugins` with those of the environment; one already configured keeps its options."""
    if isinstance(given, Mapping):
        dashed = {name.replace("_", "-") for name in given}
        added = {name: name if ":" in name else {} for name in names if name.replace("_", "-") not in dashed}
        return {**added, **given}
    if given is None or isinstance(given, list | tuple):
        known = [str(getattr(plugin, "id", plugin)).replace("_", "-") for plugin in given or ()]
        return [*(given or ()), *(name for name in names if name.replace("_", "-") not in known)]
    return given


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def parse_secrets(text: str) -> list[dict[str, Any]]:
    """Parse `2:new-secret,1:old-secret`.

    Raises:
        ConfigurationError: without repeating any secret.
    """
    secrets: list[dict[str, Any]] = []
    for position, entry in enumerate(text.split(","), start=1):
        version, colon, value = entry.strip().partition(":")
        if not colon or not version.isdecimal() or not value.strip():
            raise ConfigurationError(
                f"BETTER_AUTH_SECRETS: entry {position} is not of the form <version>:<secret>, "
                "with a whole number as version. Write for example 2:new-secret,1:old-secret."
            )
        secrets.append({"version": int(version), "value": value.strip()})
    return secrets


def read_toml(path: Path) -> dict[str, Any]:
    """Return the nested mapping of a TOML file.

    Raises:
        ConfigurationError: if the file is not there or is not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigurationError(f"Configuration file {path} does not exist. Name another one with --config.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"Configuration file {path} is not valid TOML: {error}.{_mixed(path)}") from None
    except OSError as error:
        raise ConfigurationError(f"Configuration file {path} cannot be read: {error.strerror}.") from None
