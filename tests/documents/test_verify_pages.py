"""The pages about the verifier show code that runs: every block is an excerpt of a tested example or test."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs" / "verify").glob("*.md"))
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
REMARK = re.compile(r"  # (type: ignore|noqa).*")  # for the type checker and the linter, not for readers
FRAMEWORKS = {"asgi", "django", "fastapi", "flask", "litestar", "starlette"}


def sources() -> dict[str, list[str]]:
    """The lines of every example and test, by its name."""
    folders = (
        (ROOT / "examples", ("*.py", "*.ts", "README.md")),
        (ROOT / "tests" / "verify" / "integrations", ("*.py",)),
    )
    files = [path for folder, patterns in folders for pattern in patterns for path in folder.rglob(pattern)]
    return {
        str(path.relative_to(ROOT)): [REMARK.sub("", line) for line in path.read_text(encoding="utf-8").splitlines()]
        for path in files
        if "node_modules" not in path.parts
    }


def is_excerpt(block: list[str], source: list[str]) -> bool:
    """Tell whether the lines stand in the source one after the other, whatever the indentation of all."""
    for start in range(len(source) - len(block) + 1):
        lines = source[start : start + len(block)]
        if lines[0].strip() == block[0].strip() and dedent("\n".join(lines)).splitlines() == block:
            return True
    return False


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_block_is_an_excerpt_of_something_that_is_tested(page: Path) -> None:
    texts = sources()
    blocks = [dedent(code).splitlines() for _, code in BLOCK.findall(page.read_text(encoding="utf-8"))]
    assert blocks or page.stem == "csrf"
    lost = [block for block in blocks if not any(is_excerpt(block, source) for source in texts.values())]
    assert lost == []


def test_every_framework_has_a_page_and_an_example() -> None:
    assert {page.stem for page in PAGES} == FRAMEWORKS | {"csrf", "nextjs"}
    for framework in FRAMEWORKS:
        readme = (ROOT / "examples" / framework / "README.md").read_text(encoding="utf-8")
        assert f"docs/verify/{framework}.md" in readme


def test_a_changed_line_is_noticed() -> None:
    source = ["def f():", "    a = 1", "", "    return a"]
    assert is_excerpt(["a = 1", "", "return a"], source)
    assert not is_excerpt(["a = 1", "return a"], source)
    assert not is_excerpt(["a = 2"], source)
