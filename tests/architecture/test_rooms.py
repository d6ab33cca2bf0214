"""Which room may use which: data flows one way."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.architecture.imports import PACKAGE, ROOT, all_imports, room_of

# room -> the rooms it may use besides itself. Whoever needs one more should first ask whether the code is in the right
# room. `conformance` is a tool that stands beside the server.
MAY_USE: dict[str, set[str]] = {
    # Re-exports the public names, each imported at its first use.
    "__init__": {"_version", "auth", "core", "errors", "options", "public_names", "store", "wire"},
    "__main__": {"cli"},
    "_version": set(),
    "errors": {"_version"},
    "awaiting": set(),
    "public_names": {"errors"},
    "current": set(),
    "security_events": set(),
    "turns": set(),
    "access": {"errors"},
    "javascript": set(),
    "log_throttle": set(),
    "clock": {"javascript"},
    "urls": {"javascript"},
    "options": {"access", "clock", "errors", "urls"},
    "crypto": {"awaiting", "errors", "javascript", "options"},
    "log": {"crypto", "current", "errors", "options"},
    "pages": {"options"},
    "models": {"errors", "javascript", "options"},
    "wire": {"crypto", "javascript", "urls"},
    "store": {
        "_version", "awaiting", "clock", "crypto", "current", "errors", "javascript", "log_throttle", "models",
        "options", "turns", "urls", "wire",
    },
    "delivery": {"errors"},
    "mail": {"clock", "delivery", "errors", "options", "security_events", "urls"},
    "sms": {"clock", "delivery", "errors", "mail", "options", "urls"},
    "core": {
        "awaiting", "clock", "crypto", "current", "errors", "javascript", "log", "log_throttle", "mail", "models",
        "options", "security_events", "sms", "store", "turns", "urls", "wire",
    },
    "flows": {
        "awaiting", "core", "crypto", "errors", "javascript", "mail", "models", "oauth", "options", "security_events",
        "sms", "store", "turns", "urls", "wire",
    },
    "oauth": {
        "awaiting", "clock", "core", "crypto", "errors", "javascript", "options", "store", "turns", "urls", "wire",
    },
    "endpoints": {"awaiting", "core", "flows", "javascript", "oauth", "pages", "security_events", "urls", "wire"},
    "plugins": {
        "access", "awaiting", "core", "crypto", "current", "endpoints", "errors", "flows", "javascript", "mail",
        "models", "oauth", "openapi", "options", "pages", "public_names", "security_events", "sms", "store", "urls",
        "wire",
    },
    "openapi": {"_version", "core", "models", "wire"},
    "http": {
        "_version", "awaiting", "core", "current", "errors", "flows", "javascript", "log", "models", "openapi",
        "options", "pages", "store", "urls", "wire",
    },
    "assembly": {
        "core", "crypto", "current", "endpoints", "errors", "flows", "mail", "models", "oauth", "options", "plugins",
        "sms", "store", "wire",
    },
    "auth": {"assembly", "core", "errors", "http", "log", "mail", "models", "openapi", "options", "store"},
    "serving": {"errors", "http"},
    "cli": {
        "_version", "assembly", "auth", "conformance", "core", "errors", "flows", "http", "javascript", "log", "mail",
        "models", "options", "plugins", "security_events", "serving", "sms", "store", "wire",
    },
    # The verifier is installed without the server's dependencies: of these it may use what needs none of them, which
    # tests/verify/test_imports.py holds.
    "verify": {"_version", "clock", "crypto", "errors", "javascript", "public_names", "store", "urls", "wire"},
}  # fmt: skip
# Beside the server, as a tool for other people's tests: it may use every room, and none uses it.
MAY_USE["testing"] = set(MAY_USE) - {"__main__", "cli", "serving"}
ROOMS = sorted({room_of(path) for path in PACKAGE.rglob("*.py")} - {"conformance"})

# What only one place knows, so that it can be replaced there.
ONLY_IN = {
    "aiosmtplib": {"mail"},
    "aiosqlite": {"store"},
    "ada_url": {"urls"},
    "alembic": {"store"},
    "argon2": {"crypto"},
    "asyncpg": {"store", "testing"},
    "cryptography": {"crypto"},
    "dotenv": {"options"},
    "httpx": {"core", "oauth", "plugins", "sms", "testing", "verify"},
    "jinja2": {"mail", "sms"},
    "joserfc": {"crypto", "verify"},
    "litestar": {"auth", "cli", "http", "verify"},
    "msgspec": {"javascript"},
    "nacl": {"crypto"},
    "pytest": {"testing"},
    "redis": {"store"},
    "sqlalchemy": {"auth", "models", "store", "verify"},
    "sqlite3": {"store"},
    "uvicorn": {"cli", "serving", "testing"},
    "webauthn": {"plugins"},
} | {framework: {"verify"} for framework in ("asgiref", "django", "fastapi", "flask", "starlette", "werkzeug")}

# The verifier's integrations: each knows its own framework, and no other module of the verifier knows any.
INTEGRATIONS = {
    "django": {"asgiref", "django"},
    "fastapi": {"fastapi", "starlette"},
    "flask": {"flask", "werkzeug"},
    "litestar": {"litestar"},
    "starlette": {"starlette"},
}


def reach_of(room: str) -> set[str]:
    """Return all rooms that `room` uses, directly or by others."""
    reached: set[str] = set()
    waiting = [room]
    while waiting:
        new = MAY_USE.get(waiting.pop(), set()) - reached
        reached |= new
        waiting += new
    return reached


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_uses_only_the_rooms_it_may_use(room: str) -> None:
    assert room in MAY_USE, f"say in {__name__} which rooms {room} may use"
    allowed = MAY_USE[room] | {room, ""}
    own = [used for used in all_imports() if used.room == room and used.top == "betterauth_py"]
    assert [f"{used.file}: {used.target}" for used in own if used.target_room not in allowed] == []


def test_no_room_leads_back_to_itself() -> None:
    reached = {room: reach_of(room) for room in MAY_USE}
    assert [room for room in MAY_USE if room in reached[room]] == []
    assert [used.file for used in all_imports() if used.room in reach_of(used.target_room)] == []


@pytest.mark.parametrize("library", sorted(ONLY_IN))
def test_a_library_is_known_only_where_it_belongs(library: str) -> None:
    users = [used for used in all_imports() if used.top == library and used.room != "conformance"]
    assert [used.file for used in users if used.room not in ONLY_IN[library]] == []


def test_a_framework_is_known_only_to_its_integration() -> None:
    frameworks = set().union(*INTEGRATIONS.values())
    used = [used for used in all_imports() if used.room == "verify"]
    known = {(Path(one.file).stem, one.top) for one in used if one.top in frameworks}
    assert known == {(module, framework) for module, own in INTEGRATIONS.items() for framework in own}
    modules = {f"betterauth_py.verify.{module}" for module in INTEGRATIONS}
    assert [one.file for one in used if one.target in modules] == []


def test_only_its_command_depends_on_the_conformance_tool() -> None:
    users = {used.file for used in all_imports() if used.target_room == "conformance" and used.room != "conformance"}
    assert users == {"betterauth_py/cli/conformance.py"}


def test_what_the_wheel_plays_does_without_what_records() -> None:
    recorder = "betterauth_py.conformance.recorder"
    users = {used.file for used in all_imports() if used.target.startswith(recorder)}
    own = {name for name in users if name.startswith("betterauth_py/conformance/recorder/")}
    assert users - own == {"betterauth_py/conformance/__main__.py"}


def test_nothing_depends_on_the_helpers_for_tests() -> None:
    users = {used.file for used in all_imports() if used.target_room == "testing" and used.room != "testing"}
    assert users == set()


def test_the_wire_and_the_store_know_nothing_of_requests() -> None:
    # Said twice on purpose: the table above may grow, these may not.
    above = {"core", "http", "flows", "endpoints", "plugins", "pages", "assembly", "cli", "auth"}
    wire = {used.target for used in all_imports() if used.room == "wire"}
    store = {used.target for used in all_imports() if used.room == "store"}
    assert {target for target in wire if target.split(".")[1:2] and target.split(".")[1] in above | {"store"}} == set()
    assert {target for target in store if target.split(".")[1:2] and target.split(".")[1] in above} == set()


def test_flows_return_values_and_leave_answers_to_endpoints() -> None:
    # A session is read from cookies and put into them; signing up sets one before the hooks after the commit run.
    of_requests = ("betterauth_py.core.context", "betterauth_py.core.session_cookies")
    of_calls = {"cached_session", "session", "security", "signed_in", "sign_up", "stateless", "users"}
    # OAuth's state is bound to a browser by its cookies, and carried by a call; its errors are redirects; its end
    # is a session's cookies, whichever endpoint a provider's answer came to.
    names = ("access_tokens", "begin", "errors", "finishing", "linking", "sign_in", "state")
    of_calls |= {f"oauth/{name}" for name in names}
    users = {
        used.file.partition("/flows/")[2].removesuffix(".py")
        for used in all_imports()
        if used.room == "flows" and used.target.startswith(of_requests)
    }
    assert users == of_calls


def test_sql_is_written_only_in_the_store_and_the_models() -> None:
    texts = {
        str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
        for path in PACKAGE.rglob("*.py")
        if room_of(path) not in {"store", "models", "conformance"}
    }
    words = ("SELECT ", "INSERT INTO", "UPDATE SET", "DELETE FROM", "CREATE TABLE", "PRAGMA ")
    assert [name for name, text in texts.items() if any(word in text for word in words)] == []


@pytest.mark.parametrize("folder", ["betterauth_py", "migrations", "tests"])
def test_a_module_is_read_in_one_sitting(folder: str) -> None:
    modules = [path for path in (ROOT / folder).rglob("*.py") if "node_modules" not in path.parts]
    lengths = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8").count("\n") for path in modules}
    assert modules
    assert {name: length for name, length in lengths.items() if length > 300} == {}


def test_every_folder_says_what_it_is_for() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in PACKAGE.rglob("*.py")
        if not path.read_text(encoding="utf-8").startswith('"""')
    ]
    assert silent == []
