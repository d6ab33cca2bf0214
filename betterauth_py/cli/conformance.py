"""The arguments of `betterauth conformance`; works without its dependencies being installed."""

from __future__ import annotations

import argparse
from pathlib import Path

from betterauth_py._version import REFERENCE_VERSION

_EPILOG = """\
first steps:
  betterauth conformance --list-profiles
  betterauth conformance http://localhost:4000 --print toml > profile.toml   (or --print js, for better-auth on Node)
  betterauth serve --port 4000 --config profile.toml
  betterauth conformance http://localhost:4000

exit code: 0 when nothing differs, 1 when something does or the command cannot run
"""


def add_conformance(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "conformance",
        help="compare any BetterAuth server with better-auth's recorded answers",
        description="Play the conformance scenarios against any BetterAuth server and compare with what better-auth "
        f"{REFERENCE_VERSION} was recorded to answer. The server must run with the options of a profile.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("url", nargs="?", metavar="URL", help="where the server listens, such as http://localhost:3000")
    parser.add_argument("--profile", default="default", help="the options the server runs with (default: %(default)s)")
    parser.add_argument(
        "--only", action="append", default=[], metavar="SCENARIO", help="play only this one; repeatable"
    )
    parser.add_argument("--list-profiles", action="store_true", help="list the profiles and what each shows")
    parser.add_argument(
        "--print", choices=["js", "toml"], dest="print_options", help="print the profile's options for a server at URL"
    )
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    parser.add_argument("--verbose", action="store_true", help="show every difference in full")
    parser.add_argument("--strict", action="store_true", help="count betterauth-py's deliberate differences as failed")
    secret = parser.add_mutually_exclusive_group()
    secret.add_argument("--secret", help="the server's secret, if it is not the profile's")
    secret.add_argument(
        "--no-secret",
        action="store_const",
        const="",
        dest="secret",
        help="the secret is unknown: open and forge nothing",
    )
    parser.add_argument(
        "--reference", metavar="VERSION", help="compare with an earlier version of better-auth that was recorded"
    )
    trust = parser.add_mutually_exclusive_group()
    trust.add_argument("--ca-file", type=Path, metavar="FILE", help="https: trust the certificates of this CA (PEM)")
    trust.add_argument("--insecure", action="store_true", help="https: do not verify certificates")
    parser.add_argument(
        "--mails", type=Path, metavar="FILE", help="file to which the server appends mails as JSON lines"
    )
    parser.add_argument("--database", metavar="URL", help="the server's database, to compare its rows and change them")


def run_conformance(parsed: argparse.Namespace) -> int:
    """Run the command."""
    from betterauth_py.conformance.command import ConformanceSettings, conformance

    return conformance(
        ConformanceSettings(
            url=parsed.url,
            profile=parsed.profile,
            only=tuple(parsed.only),
            list_profiles=parsed.list_profiles,
            print_options=parsed.print_options,
            json=parsed.json,
            verbose=parsed.verbose,
            strict=parsed.strict,
            secret=parsed.secret,
            mails=parsed.mails,
            database=parsed.database,
            reference=parsed.reference,
            ca_file=parsed.ca_file,
            insecure=parsed.insecure,
        )
    )
