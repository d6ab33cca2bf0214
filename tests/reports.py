"""Prints a failure as soon as it happens, and at the end which test files took longest: a file runs in one process."""

from __future__ import annotations

from collections import Counter
from os import environ
from sys import __stdout__ as stdout

import pytest

SHOWN = 10


def seconds_by_file(reports: list[pytest.TestReport]) -> Counter[str]:
    """How long each file took: its tests with what they set up and took down."""
    seconds: Counter[str] = Counter()
    for report in reports:
        seconds[report.nodeid.partition("::")[0]] += report.duration  # type: ignore[assignment]
    return seconds


@pytest.hookimpl(trylast=True)
def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Say at once what failed and why: a stopped run has no summary. Only the controller speaks, not its workers."""
    if report.failed and stdout and not environ.get("PYTEST_XDIST_WORKER"):
        stdout.write(f"\nFAILED {report.nodeid} ({report.when})\n{report.longreprtext}\n")
        stdout.flush()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The slowest files, when there is more than one."""
    reports = [one for of_kind in terminalreporter.stats.values() for one in of_kind]
    seconds = seconds_by_file([one for one in reports if isinstance(one, pytest.TestReport)])
    if len(seconds) < 2:
        return
    terminalreporter.section("slowest files")
    for file, taken in seconds.most_common(SHOWN):
        terminalreporter.write_line(f"{taken:7.1f} s  {file}")
