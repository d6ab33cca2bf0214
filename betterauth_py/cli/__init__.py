"""The `betterauth` command."""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Sequence
from pathlib import Path

from betterauth_py._version import REFERENCE_VERSION, __version__
from betterauth_py.cli.conformance import add_conformance
from betterauth_py.cli.settings import SETTINGS, add_setting, positive, read_settings
from betterauth_py.cli.users_arguments import add_users
from betterauth_py.errors import BetterAuthError, MissingExtraError

_EPILOG = """\
first steps:
  betterauth secret            make a secret for BETTER_AUTH_SECRET
  betterauth migrate           create or update the tables
  betterauth serve             serve the auth API
  betterauth users create-admin ADDR   create the first admin (with the admin plugin)
  betterauth mail test ADDR    try whether mail can be sent
  betterauth sms test NUMBER   try whether text messages can be sent

settings (arguments win over the environment, that over .env, that over betterauth.toml):
  BETTER_AUTH_SECRET           what cookies are signed with (32 characters or more)
  BETTER_AUTH_URL              where clients reach this server, such as https://auth.example.com
  BETTER_AUTH_APP_URL          where your application is: links and pages lead back to it
  BETTER_AUTH_TRUSTED_ORIGINS  origins of your front ends, separated by commas
  DATABASE_URL                 sqlite:///auth.db or postgresql://user:password@host/name
  BETTER_AUTH_SMTP_URL         smtp://user:password@host:587; where mails go
  BETTER_AUTH_MAIL_SENDER      Example <no-reply@example.com>; who they are from
  BETTER_AUTH_REDIS_URL        redis://:password@host:6379/0, for sessions and rate limits that processes share
  HOST, PORT                   what to listen on
All of them: docs/configuration.md
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code. Errors are one sentence on standard error, without a traceback."""
    parsed = _parser().parse_args(arguments)
    if parsed.command == "serve":
        # Imported objects stay alive: collecting garbage meanwhile takes a fifth of the start. It is turned on
        # afterwards.
        gc.disable()
    try:
        return _run(parsed)
    except BetterAuthError as error:
        print(f"betterauth: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        gc.enable()


def _run(parsed: argparse.Namespace) -> int:
    if parsed.command == "version":
        print(_version())
        return 0
    if parsed.command == "secret":
        from betterauth_py.cli.secret import make_secret

        print(make_secret())
        return 0
    extra = "conformance" if parsed.command == "conformance" else "server"
    try:
        if parsed.command == "conformance":
            from betterauth_py.cli.conformance import run_conformance

            return run_conformance(parsed)
        if parsed.command == "migrate":
            from betterauth_py.cli.migrate import migrate

            return migrate(
                parsed.config,
                adopt=parsed.adopt,
                check=parsed.check,
                sql=parsed.sql,
                downgrade=parsed.to,
                yes=parsed.yes,
            )
        if parsed.command == "mail":
            from betterauth_py.cli.mail import preview, send_test

            if parsed.mail_command == "test":
                return send_test(parsed.config, parsed.address, language=parsed.language)
            return preview(parsed.config, parsed.name, language=parsed.language, part=parsed.part)
        if parsed.command == "sms":
            from betterauth_py.cli import sms

            if parsed.sms_command == "test":
                return sms.send_test(parsed.config, parsed.number, language=parsed.language)
            return sms.preview(parsed.config, parsed.name, language=parsed.language)
        if parsed.command == "cleanup":
            from betterauth_py.cli.cleanup import clean_up

            return clean_up(parsed.config, batch_size=parsed.batch_size, dry_run=parsed.dry_run)
        if parsed.command == "client-fields":
            from betterauth_py.cli.client_fields import write_client_fields

            return write_client_fields(parsed.config, file=parsed.file, check=parsed.check)
        if parsed.command == "users":
            from betterauth_py.cli.users import run_users

            return run_users(parsed)
        from betterauth_py.cli.serve import serve
        from betterauth_py.options.environment import read_environment
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("betterauth_py"):
            raise
        raise MissingExtraError(extra, error.name or "A dependency") from None
    return serve(read_settings(vars(parsed), read_environment()))


def _version() -> str:
    python = sys.version.split()[0]
    return f"betterauth-py {__version__} (contract of better-auth {REFERENCE_VERSION}, Python {python})"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="betterauth",
        description="The BetterAuth server for Python teams.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=_version(), help="print the version and exit")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    _add_serve(commands)
    _add_migrate(commands)
    _add_mail(commands)
    _add_sms(commands)
    _add_cleanup(commands)
    _add_client_fields(commands)
    add_users(commands)
    add_conformance(commands)
    commands.add_parser("secret", help="print a new secret", description="Print a new random secret of 256 bits.")
    commands.add_parser("version", help="print the version", description="Print the version.")
    return parser


def _add_serve(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    serve = commands.add_parser(
        "serve",
        help="serve the auth API",
        description="Serve the auth API. In development (an http:// base URL) a missing secret is created in "
        ".betterauth/secret, and a SQLite database is migrated; in production neither happens. The environment "
        "variable in brackets has the same effect; the argument takes precedence.",
    )
    for setting in SETTINGS:
        add_setting(serve, setting.name)


def _add_migrate(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    migrate = commands.add_parser(
        "migrate",
        help="create or update the tables",
        description="Create the tables, or bring them to this version. Runs in one transaction; safe to repeat, and "
        "safe to start from several places at once.",
    )
    _add_config(migrate)
    what = migrate.add_mutually_exclusive_group()
    what.add_argument(
        "--check", action="store_true", help="change nothing; exit with 1 if the tables are not up to date"
    )
    what.add_argument("--sql", action="store_true", help="print the SQL that creates all tables; change nothing")
    what.add_argument(
        "--adopt", action="store_true", help="check tables created by better-auth (TypeScript) and adopt them"
    )
    what.add_argument("--to", metavar="REVISION", help="go back to an older revision ('base': drop the tables)")
    migrate.add_argument("--yes", action="store_true", help="with --to: even if rows are lost")


def _add_mail(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    mail = commands.add_parser(
        "mail", help="preview mails, or send a test mail", description="Preview mails, or send a test mail."
    )
    what = mail.add_subparsers(dest="mail_command", required=True, metavar="preview|test")
    preview = what.add_parser(
        "preview",
        help="print a mail, or list all mails",
        description="Print a mail rendered with sample values. Without a name: list the mails "
        "of this configuration, plugins' included.",
    )
    preview.add_argument("name", nargs="?", help="the mail, such as reset-password")
    parts = preview.add_mutually_exclusive_group()
    for part in ("html", "text", "subject"):
        parts.add_argument(f"--{part}", dest="part", action="store_const", const=part, help=f"only the {part}")
    test = what.add_parser(
        "test", help="send a mail", description="Send one mail, and report whether it was sent or what to change."
    )
    test.add_argument("address", help="the recipient")
    for parser in (preview, test):
        parser.add_argument("--language", metavar="TAG", help="language of the mail (default: mail.default_language)")
        _add_config(parser)


def _add_sms(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    sms = commands.add_parser(
        "sms",
        help="preview text messages, or send a test message",
        description="Preview text messages, or send a test message.",
    )
    what = sms.add_subparsers(dest="sms_command", required=True, metavar="preview|test")
    preview = what.add_parser(
        "preview",
        help="print a text message, or list all of them",
        description="Print a text message rendered with sample values. Without a name: list the messages of this "
        "configuration.",
    )
    preview.add_argument("name", nargs="?", help="the message, such as phone-number-code")
    test = what.add_parser(
        "test",
        help="send a text message",
        description="Send one text message, and report whether it was sent or what to change.",
    )
    test.add_argument("number", help="the phone number")
    for parser in (preview, test):
        parser.add_argument("--language", metavar="TAG", help="language of the text (default: mail.default_language)")
        _add_config(parser)


def _add_cleanup(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    cleanup = commands.add_parser(
        "cleanup",
        help="delete expired sessions, verifications and rate-limit counts",
        description="Delete expired rows from the database in small batches, so that requests do not wait. "
        "Safe at any time and from several places at once; see also the option database.cleanup_interval.",
    )
    _add_config(cleanup)
    cleanup.add_argument(
        "--batch-size", type=positive, default=1000, metavar="N", help="rows per statement (default: %(default)s)"
    )
    cleanup.add_argument("--dry-run", action="store_true", help="delete nothing; only count")


def _add_client_fields(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    fields = commands.add_parser(
        "client-fields",
        help="write your own fields for the types of the TypeScript client",
        description="Write a TypeScript module with the additional fields of users and sessions, from which "
        "better-auth's client infers its types. Without FILE it is printed.",
    )
    _add_config(fields)
    fields.add_argument("file", nargs="?", type=Path, metavar="FILE", help="where to write it, such as src/fields.ts")
    fields.add_argument("--check", action="store_true", help="write nothing; fail if FILE is out of date")


def _add_config(parser: argparse.ArgumentParser) -> None:
    add_setting(parser, "config")
