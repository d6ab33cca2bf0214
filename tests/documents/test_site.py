"""The documents as a site: every page is found, every link leads somewhere, nothing is loaded from elsewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

ROOT = Path(__file__).parents[2]
SITE = ROOT / "build" / "site"


class Page(HTMLParser):
    """What a page leads to, what it loads, and what can be pointed at in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.anchors.add(given.get("id") or "")
        if tag == "a" and given.get("href"):
            self.links.append(given["href"] or "")
        elif tag == "link" and "stylesheet" in (given.get("rel") or ""):
            self.loaded.append(given.get("href") or "")
        elif given.get("src"):
            self.loaded.append(given["src"] or "")


@pytest.fixture(scope="module")
def pages() -> dict[Path, Page]:
    command = [sys.executable, str(ROOT / "scripts" / "build_docs.py")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    found = (path for path in SITE.rglob("*.html") if path.is_file() and path.name != "404.html")
    return {path: Page(path.read_text(encoding="utf-8")) for path in found}


def test_an_option_is_called_by_its_last_name_beside_the_page(pages: dict[Path, Page]) -> None:
    page = (SITE / "docs" / "configuration" / "session" / "index.html").read_text(encoding="utf-8")
    links = re.findall(r'<a href="#session[^>]*class="md-nav__link">(.*?)</a>', page, re.DOTALL)
    shown = [re.sub(r"<[^>]*>", "", link).strip() for link in links]
    assert {"cookie_cache", "max_age", "expires_in"} <= set(shown)


def test_every_link_leads_to_a_page_and_every_anchor_to_a_heading(pages: dict[Path, Page]) -> None:
    broken = []
    for path, page in pages.items():
        for link in page.links:
            url = urlsplit(link)
            if url.scheme or url.netloc:
                continue
            target = (path.parent / unquote(url.path)).resolve() if url.path else path
            target = target / "index.html" if target.is_dir() else target
            if not target.exists() or (url.fragment and target in pages and url.fragment not in pages[target].anchors):
                broken.append(f"{path.relative_to(SITE)}: {link}")
    assert broken == []


def test_no_page_loads_anything_from_elsewhere(pages: dict[Path, Page]) -> None:
    loaded = {target for page in pages.values() for target in page.loaded}
    assert loaded
    assert [target for target in loaded if urlsplit(target).netloc] == []


def test_every_page_can_be_reached_and_is_told_to_language_models(pages: dict[Path, Page]) -> None:
    start = pages[SITE / "docs" / "configuration" / "index.html"]
    told = (SITE / "llms.txt").read_text(encoding="utf-8")
    for source in (ROOT / "docs").rglob("*.md"):
        page = source.relative_to(ROOT)
        assert f"({page.as_posix()})" in told
        assert (SITE / page).read_text(encoding="utf-8").startswith("# ")
        # The navigation of each section shows its pages; a page that none shows is found by nobody.
        assert SITE / page.with_suffix("") / "index.html" in pages
    assert any("configuration/session/" in link for link in start.links)
