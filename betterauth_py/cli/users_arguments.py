"""The arguments of `betterauth users`."""

from __future__ import annotations

import argparse
from typing import Final

from betterauth_py.cli.settings import add_setting, positive

_LONGEST: Final = 100 * 365 * 86_400
_COMMANDS: Final = {
    "create-admin": "create a user who is an admin",
    "list": "list users, the oldest first",
    "show": "show a user",
    "set-role": "give a user other roles",
    "set-password": "set the password of a user and end all sessions",
    "ban": "ban a user and end all sessions",
    "unban": "lift a ban",
    "revoke-sessions": "end all sessions of a user",
    "delete": "delete a user with sessions and accounts",
}


def add_users(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    users = commands.add_parser(
        "users",
        help="create an admin; list, change, ban and delete users",
        description="Administration of users, without a session. Needs the admin plugin. Passwords are asked for, or "
        "read from standard input.",
    )
    what = users.add_subparsers(dest="users_command", required=True, metavar="command")
    for name, text in _COMMANDS.items():
        parser = what.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
        if name == "create-admin":
            parser.add_argument("email", help="the address; it counts as verified")
            parser.add_argument("--name", help="the name (default: the part of the address before the @)")
            parser.add_argument("--role", default="admin", help="the role (default: %(default)s)")
            parser.add_argument("--no-password", action="store_true", help="without a password, for other ways in")
        elif name == "list":
            _add_filters(parser)
        else:
            parser.add_argument("user", help="the id or the address of the user")
        _add_own(name, parser)
        parser.add_argument("--json", action="store_true", help="print one line of JSON")
        add_setting(parser, "config")


def _add_filters(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--search", metavar="TEXT", help="a part of the address or the name")
    parser.add_argument("--role", help="only users with this role")
    parser.add_argument("--banned", action="store_true", help="only banned users")
    parser.add_argument("--limit", type=positive, default=100, metavar="N", help="at most so many (default: 100)")
    parser.add_argument("--offset", type=positive, default=0, metavar="N", help="leave out so many")


def _add_own(name: str, parser: argparse.ArgumentParser) -> None:
    if name == "set-role":
        parser.add_argument("role", help="the role, or several with commas")
    elif name == "set-password":
        parser.add_argument("--keep-sessions", action="store_true", help="let sessions go on")
    elif name == "ban":
        parser.add_argument("--reason", help="the reason")
        parser.add_argument("--for", dest="duration", type=_span, metavar="SPAN", help="how long, such as 7d or 12h")
    elif name == "delete":
        parser.add_argument("--yes", action="store_true", help="really delete")


def _span(text: str) -> int:
    # Here, because options need what only the server's extra installs, and `--help` works without it.
    from betterauth_py.options.time_spans import seconds_of

    try:
        seconds = int(text) if text.isascii() and text.isdigit() else seconds_of(text)
    except ValueError:
        seconds = 0
    if not 0 < seconds <= _LONGEST:
        msg = f"{text!r} is no time; write for example 12h or 30d"
        raise argparse.ArgumentTypeError(msg)
    return seconds
