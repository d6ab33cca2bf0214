"""`betterauth conformance`."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from betterauth_py.errors import BetterAuthError

from . import kit
from .profiles import Profile, chosen_profile, profiles
from .recording import UnrecordedError
from .report import as_json, as_text, is_proved
from .retargeting import RECORDED, Retargeting
from .scenario import load_all
from .url_run import run
from .url_side import check_reachable, target_of


@dataclass(frozen=True, kw_only=True)
class ConformanceSettings:
    """What the command line says."""

    url: str | None
    profile: str
    only: tuple[str, ...] = ()
    list_profiles: bool = False
    print_options: Literal["js", "toml"] | None = None
    json: bool = False
    verbose: bool = False
    strict: bool = False
    secret: str | None = None
    mails: Path | None = None
    database: str | None = None


def conformance(settings: ConformanceSettings) -> int:
    """Run the command; 0 when nothing differs, 1 when something does."""
    kit.check()
    known = profiles(load_all())
    if settings.list_profiles:
        print(_listed(known))
        return 0
    profile = chosen_profile(known, settings.profile)
    if settings.print_options:
        print(_options(profile, settings), end="")
        return 0
    if settings.url is None:
        raise BetterAuthError("Which server? Give its URL: betterauth conformance http://localhost:3000")
    target = target_of(settings.url, settings.mails, settings.database)
    check_reachable(target)
    if unknown := set(settings.only) - {scenario.name for scenario in profile.scenarios}:
        raise BetterAuthError(
            f"The profile {profile.name} has no scenario {', '.join(sorted(unknown))}: {profile.about}"
        )
    chosen = [scenario for scenario in profile.scenarios if not settings.only or scenario.name in settings.only]
    try:
        results = list(run(chosen, target, strict=settings.strict, secret=settings.secret))
    except UnrecordedError as error:
        raise BetterAuthError(str(error)) from None
    if settings.json:
        print(as_json(profile, target, results))
    else:
        print(as_text(profile, target, results, verbose=settings.verbose))
    return 0 if is_proved(results) else 1


def _listed(known: list[Profile]) -> str:
    width = max(len(profile.name) for profile in known)
    return "\n".join(f"{profile.name:<{width}}  {profile.about}" for profile in known)


def _options(profile: Profile, settings: ConformanceSettings) -> str:
    netloc = target_of(settings.url).netloc if settings.url else RECORDED
    if settings.url is None:
        print(f"These options are for a server at http://{RECORDED}; give your URL for another.", file=sys.stderr)
    target = Retargeting(netloc)
    return profile.as_javascript(target) if settings.print_options == "js" else profile.as_toml(target)
