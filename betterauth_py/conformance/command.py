"""`betterauth conformance`."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from betterauth_py._version import REFERENCE_VERSION
from betterauth_py.errors import BetterAuthError

from . import kit
from .https import https, why_not_over_https
from .profiles import Profile, chosen_profile, profiles
from .recording import UnrecordedError, recorded_versions
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
    reference: str | None = None
    ca_file: Path | None = None
    insecure: bool = False


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
    version = settings.reference or REFERENCE_VERSION
    if version not in recorded_versions():
        raise BetterAuthError(
            f"There are no recordings of better-auth {version}; there are those of {' and '.join(recorded_versions())}."
        )
    tls = https(settings.ca_file, insecure=settings.insecure)
    target = target_of(settings.url, settings.mails, settings.database, https=tls)
    if target.is_https and (why := why_not_over_https(profile.options)):
        raise BetterAuthError(f"The profile {profile.name} cannot be proven at an https URL: it {why}.")
    check_reachable(target)
    if unknown := set(settings.only) - {scenario.name for scenario in profile.scenarios}:
        raise BetterAuthError(
            f"The profile {profile.name} has no scenario {', '.join(sorted(unknown))}: {profile.about}"
        )
    chosen = [scenario for scenario in profile.scenarios if not settings.only or scenario.name in settings.only]
    try:
        results = list(run(chosen, target, strict=settings.strict, secret=settings.secret, version=version))
    except UnrecordedError as error:
        raise BetterAuthError(str(error)) from None
    if settings.json:
        print(as_json(profile, target, results, version))
    else:
        print(as_text(profile, target, results, version, verbose=settings.verbose))
    return 0 if is_proved(results) else 1


def _listed(known: list[Profile]) -> str:
    width = max(len(profile.name) for profile in known)
    lines = ["Profiles that can be proven at a URL:", ""]
    lines += [f"{profile.name:<{width}}  {profile.about}" for profile in known]
    away = [scenario for scenario in load_all() if scenario.has_secondary_storage]
    lines += ["", "Not at any URL, because they look into the secondary storage (Redis):", ""]
    lines += [f"{scenario.name:<{width}}  {scenario.about}" for scenario in away]
    lines += ["", "Not at an https URL:", ""]
    lines += [f"{profile.name:<{width}}  {why}" for profile in known if (why := why_not_over_https(profile.options))]
    lines += ["", "Not with a betterauth.toml (--print js has them):", ""]
    lines += [f"{profile.name:<{width}}  {why}" for profile in known if (why := profile.why_not_as_toml)]
    return "\n".join(lines)


def _options(profile: Profile, settings: ConformanceSettings) -> str:
    url = settings.url or f"http://{RECORDED}"
    if settings.url is None:
        print(f"These options are for a server at {url}; give your URL for another.", file=sys.stderr)
    aimed = target_of(url, https=https())
    target = Retargeting(aimed.netloc, https=aimed.is_https)
    return profile.as_javascript(target) if settings.print_options == "js" else profile.as_toml(target)
