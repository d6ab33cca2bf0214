"""A server without a database: its defaults, and what it cannot do. See docs/stateless.md."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Any

from betterauth_py.core.auth_context import AuthContext, logger
from betterauth_py.errors import ConfigurationError
from betterauth_py.options import Options, SessionOptions
from betterauth_py.options.database import NO_DATABASE, is_no_database
from betterauth_py.plugins.registry import find_built_in


def has_no_database(values: Mapping[str, Any]) -> bool:
    """Return whether nested options say that there is no database."""
    given = values.get("database")
    url = given.get("url") if isinstance(given, Mapping) else getattr(given, "url", None)
    return given is False or (isinstance(url, str) and is_no_database(url))


def with_stateless_defaults(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return nested options with the defaults of a server without a database, as better-auth 1.7.25 has them.

    Without secondary storage either, the session is in an encrypted cookie for as long as it lives, and what a sign-in
    with a provider needs is in cookies too. Of groups given as objects, what has its usual default counts as not given.
    """
    if not has_no_database(values):
        return values
    values = {**values, "session": _plain(values.get("session")), "account": _plain(values.get("account"))}
    if values.get("database") is False:
        values["database"] = {"url": NO_DATABASE}
    values = with_default(values, True, "account", "store_account_cookie")
    if values.get("secondary_storage"):
        return values
    session = values["session"]
    if isinstance(session, Mapping):
        session = {**session, "cookie_cache": _plain(session.get("cookie_cache"))}
        life = session.get("expires_in") or SessionOptions().effective_expires_in
        values["session"] = session
        for name, default in (("enabled", True), ("strategy", "jwe"), ("refresh_cache", True), ("max_age", life)):
            values = with_default(values, default, "session", "cookie_cache", name)
    return with_default(values, "cookie", "account", "store_state_strategy")


def require_session_cookies(options: Options) -> None:
    """Refuse a server that would keep sessions nowhere.

    Raises:
        ConfigurationError: if there is neither a database nor secondary storage, and the cookie cache is off.
    """
    if not options.session.cookie_cache.enabled:
        raise ConfigurationError(
            "There is no database (`database = false` or DATABASE_URL=none), so sessions must be in cookies, but the "
            "option `session.cookie_cache.enabled` is false. Set it to true or leave it out."
        )


def forgotten_parts(auth: AuthContext) -> list[str]:
    """Return which parts of a server without a database keep things that only this process would know."""
    if not auth.database.url.in_process:
        return []
    options = auth.options
    parts = ["`email_and_password` (users and their passwords)"] if options.email_and_password.enabled else []
    if options.account.store_state_strategy == "database" and auth.secondary_storage is None:
        parts.append("`account.store_state_strategy` (begun sign-ins)")
    for plugin in auth.plugins:
        known = find_built_in(plugin.id)
        if plugin.schema or (known is not None and known.remembers):
            parts.append(f"the plugin {plugin.id}")
    return parts


def warn_of_forgetting(auth: AuthContext) -> None:
    """Log what a server without a database forgets when it ends."""
    parts = forgotten_parts(auth)
    if parts:
        logger.warning(
            "There is no database: what belongs to %s is kept in the memory of this process, and lost when it ends. "
            "That is for tests and development; otherwise set DATABASE_URL.",
            ", ".join(parts),
        )


def refuse_forgetting_workers(auth: AuthContext, workers: int) -> None:
    """Refuse several worker processes that would have to know what only one of them does.

    Raises:
        ConfigurationError: naming the parts that need it.
    """
    parts = forgotten_parts(auth)
    if workers > 1 and parts:
        raise ConfigurationError(
            f"There is no database, so each of the {workers} workers would have its own data of {', '.join(parts)}. "
            "Turn that off, set DATABASE_URL, or serve with one worker."
        )


def with_default(values: Mapping[str, Any], default: Any, *path: str) -> dict[str, Any]:
    """Return nested `values` in which the option at `path` is `default` where it is not there; no group is mistaken."""
    name, *rest = path
    if not rest:
        return {name: default, **values}
    group = values.get(name, {})
    return {**values, name: with_default(group, default, *rest)} if isinstance(group, Mapping) else dict(values)


def _plain(group: Any) -> Any:
    """Return what a group of options says as a mapping."""
    if group is None:
        return {}
    if not is_dataclass(group):
        return group
    said = {field.name: getattr(group, field.name) for field in fields(group)}
    defaults = {
        field.name: field.default_factory() if field.default_factory is not MISSING else field.default
        for field in fields(group)
    }
    return {name: value for name, value in said.items() if value != defaults[name]}
