"""The verdict of `betterauth conformance`: a table for people, or JSON for programs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

from .comparison import Difference
from .profiles import Profile
from .recording import recorded_versions
from .set_cookies import WRONG_SIGNATURE
from .steps import Send
from .url_run import StepResult, Verdict
from .url_side import Target

SHOWN_AT_MOST = 10
"""Differences that are shown without --verbose."""
WIDTH = 160
"""Characters of a text that are shown without --verbose."""


def is_proved(results: Sequence[StepResult]) -> bool:
    """Whether something was compared and nothing differed."""
    verdicts = {result.verdict for result in results}
    return Verdict.FAILED not in verdicts and bool(verdicts & {Verdict.PASSED, Verdict.DELIBERATE})


def likeness(results: Sequence[StepResult]) -> dict[str, int]:
    """How many of the answers that tell versions apart each version gives."""
    told = [result.like for result in results if result.like]
    return {version: sum(version in like for like in told) for version in recorded_versions()} if told else {}


def as_json(profile: Profile, target: Target, results: Sequence[StepResult], version: str) -> str:
    """Everything, machine-readable."""
    document = {
        "url": target.url,
        "reference": f"better-auth {version}",
        "profile": profile.name,
        "conforms": is_proved(results),
        "answers_like": likeness(results),
        "steps": _counts(results),
        "endpoints": [{"endpoint": endpoint, **_counts(group)} for endpoint, group in _by_endpoint(results)],
        "differences": [
            {
                "scenario": found.scenario, "step": found.step, "title": found.title, "request": _request(result),
                "place": found.place, "expected": found.reference, "got": found.ours,
            }
            for result in results
            for found in result.differences
        ],
        "skipped": [
            {"scenario": result.scenario, "step": result.number, "why": result.why_skipped}
            for result in results
            if result.verdict is Verdict.SKIPPED
        ],
        "not_looked_at": dict(_not_looked_at(results)),
    }  # fmt: skip
    return json.dumps(document, indent=2, ensure_ascii=False)


def as_text(
    profile: Profile, target: Target, results: Sequence[StepResult], version: str, *, verbose: bool = False
) -> str:
    """The table, what differs, what was not compared and why, the version it is like, and the verdict."""
    parts = [
        _table(results),
        _differences(results, verbose),
        _skipped(results),
        _likeness(results, version),
        _verdict(profile, target, results, version),
    ]
    return "\n\n".join(part for part in parts if part)


def _by_endpoint(results: Sequence[StepResult]) -> list[tuple[str, list[StepResult]]]:
    groups: dict[str, list[StepResult]] = {}
    for result in results:
        groups.setdefault(result.endpoint, []).append(result)
    return sorted(groups.items(), key=lambda item: (item[0].startswith("("), item[0].partition(" ")[2]))


def _counts(results: Sequence[StepResult]) -> dict[str, int]:
    counts = Counter(result.verdict for result in results)
    return {
        "passed": counts[Verdict.PASSED] + counts[Verdict.DELIBERATE],
        "deliberately_different": counts[Verdict.DELIBERATE],
        "failed": counts[Verdict.FAILED],
        "skipped": counts[Verdict.SKIPPED],
    }


def _table(results: Sequence[StepResult]) -> str:
    rows: list[tuple[str, ...]] = [("endpoint", "passed", "failed", "skipped")]
    for endpoint, group in [*_by_endpoint(results), ("all", list(results))]:
        counts = _counts(group)
        rows.append((endpoint, *(str(counts[key]) for key in ("passed", "failed", "skipped"))))
    width = max(len(row[0]) for row in rows)
    lines = [f"{name:<{width}}  {passed:>6}  {failed:>6}  {skipped:>7}" for name, passed, failed, skipped in rows]
    rule = "-" * len(lines[0])
    return "\n".join([lines[0], rule, *lines[1:-1], rule, lines[-1]])


def _differences(results: Sequence[StepResult], verbose: bool) -> str:
    found = [(result, difference) for result in results for difference in result.differences]
    shown = found if verbose else found[:SHOWN_AT_MOST]
    texts = [_difference(result, difference, verbose) for result, difference in shown]
    if len(found) > len(shown):
        texts.append(f"... and {len(found) - len(shown)} more: --verbose shows all, --only SCENARIO fewer")
    return "\n\n".join(texts)


def _difference(result: StepResult, found: Difference, verbose: bool) -> str:
    expected, got = (
        (found.reference, found.ours) if verbose else _around_the_first_deviation(found.reference, found.ours)
    )
    return (
        f"{found.scenario}, step {found.step}: {found.title}\n"
        f"  {_request(result)}\n"
        f"  {found.place}\n"
        f"    better-auth: {_indented(expected)}\n"
        f"    this server: {_indented(got)}"
    )


def _indented(text: str) -> str:
    return text.replace("\n", "\n                 ")


def _around_the_first_deviation(one: str, other: str) -> tuple[str, str]:
    pairs = enumerate(zip(one, other, strict=False))
    place = next((index for index, (a, b) in pairs if a != b), min(len(one), len(other)))
    start = max(0, place - WIDTH // 2)

    def cut(text: str) -> str:
        head, tail = "..." * (start > 0), "..." * (len(text) > start + WIDTH)
        return f"{head}{text[start : start + WIDTH]}{tail}"

    return cut(one), cut(other)


def _request(result: StepResult) -> str:
    return f"{result.step.method} {result.step.target}" if isinstance(result.step, Send) else result.step.title


def _not_looked_at(results: Sequence[StepResult]) -> Counter[str]:
    played = (result for result in results if result.verdict is not Verdict.SKIPPED)
    return Counter("mails" if place == "mails" else "rows" for result in played for place in result.unseen)


def _skipped(results: Sequence[StepResult]) -> str:
    lines = []
    reasons = Counter(_reason(result) for result in results if result.verdict is Verdict.SKIPPED)
    if reasons:
        lines.append(f"Not sent or not compared: {reasons.total()} of {len(results)} requests")
        lines += [f"  {number}: {why}" for why, number in reasons.most_common()]
    options = {"rows": "the server's database", "mails": "the mails it sent"}
    flags = {"rows": "--database URL", "mails": "--mails FILE"}
    lines += [
        f"After {number} answers the recording also shows {options[kind]}; not looked at (give {flags[kind]})"
        for kind, number in _not_looked_at(results).items()
    ]
    deliberate = sum(result.verdict is Verdict.DELIBERATE for result in results)
    if deliberate:
        lines.append(
            f"Passed, though not as better-auth: {deliberate} answers that betterauth-py gives on purpose "
            "(docs/compatibility.md; --strict fails them)"
        )
    return "\n".join(lines)


def _reason(result: StepResult) -> str:
    if result.why_skipped.startswith("comes after"):
        return "comes after one that could not be sent in the same conversation"
    return result.why_skipped


def _likeness(results: Sequence[StepResult], version: str) -> str:
    like = likeness(results)
    if not like:
        return f"Version: nothing that was compared tells {' and '.join(recorded_versions())} apart."
    told = sum(bool(result.like) for result in results)
    counted = ", ".join(f"{number} as {name}" for name, number in like.items())
    best, others = max(like, key=like.__getitem__), [name for name in like if like[name]]
    head = f"like better-auth {best}" if len(others) == 1 else f"mixed, most like better-auth {best}"
    hint = "" if best == version else f"\nTo compare with that version: --reference {best}"
    return f"Version: {head}. Of {told} answers that tell versions apart: {counted}.{hint}"


def _verdict(profile: Profile, target: Target, results: Sequence[StepResult], version: str) -> str:
    counts = _counts(results)
    head = f"{target.url} against better-auth {version}, profile {profile.name}:"
    if not counts["failed"]:
        if not counts["passed"]:
            return f"{head} nothing could be compared."
        return f"{head} {counts['passed']} of {len(results)} requests compared, no difference."
    hints = ""
    if _wrong_signatures(results):
        hints += (
            "\nIts cookies are signed with another secret than this profile's. Start the server with the profile's "
            "options (--print), or name its secret: --secret SECRET, or --no-secret where you do not know it."
        )
    if counts["failed"] > len(results) // 4:
        command = f"betterauth conformance {target.url} --profile {profile.name} --print js"
        hints += f"\nDoes the server run this profile? These are its options: {command}"
    if profile.options.get("rateLimit", {}).get("enabled", profile.environment == "production"):
        hints += "\nThis profile counts requests: start the server anew before each run."
    return f"{head} {counts['failed']} of {len(results)} requests differ.{hints}"


def _wrong_signatures(results: Sequence[StepResult]) -> bool:
    """Whether the server signs cookies with a secret that the command does not know."""
    differences = (difference for result in results for difference in result.differences)
    return any(WRONG_SIGNATURE in each.ours and WRONG_SIGNATURE not in each.reference for each in differences)
