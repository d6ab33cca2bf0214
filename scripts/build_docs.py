"""Builds the documents as a site into build/site, with llms.txt: `make docs`.

The pages are those that are read in the repository. Here they are gathered in one folder as a site wants them: links to
files that are no pages get a page that shows the file, links to folders one that lists what is in them.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path, PurePosixPath
from posixpath import normpath, relpath

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "build" / "docs"
SITE = ROOT / "build" / "site"
NAVIGATION: list[tuple[str, list[str]]] = [
    ("Start", ["index.md"]),
    ("Use it", [
        "docs/clients.md", "docs/embedding.md", "docs/oauth.md", "docs/mail.md", "docs/sms.md", "docs/hooks.md",
        "docs/testing.md", "docs/storage.md", "docs/stateless.md", "docs/compatibility.md",
    ]),
    ("Providers", ["docs/providers.md", "docs/providers/*.md"]),
    ("API", [
        "docs/endpoints.md", "contracts/api/README.md", "contracts/api/[!R]*.md", "contracts/api/plugins/*.md",
        "docs/error-codes.md", "contracts/README.md",
    ]),
    ("Verify sessions", ["docs/verify.md", "docs/verify/*.md"]),
    ("Plugins", ["docs/plugins.md", "docs/access-control.md", "docs/plugins/*.md"]),
    ("Deploy", [
        "docs/deployment.md", "docs/security.md", "docs/security/*.md", "docs/security-events.md",
        "docs/performance.md",
    ]),
    ("Configuration", ["docs/configuration.md", "docs/configuration/*.md", "docs/configuration/plugins/*.md"]),
    ("Project", ["docs/architecture.md", "docs/conformance.md", "CONTRIBUTING.md", "CHANGELOG.md"]),
]  # fmt: skip
_LINK = re.compile(r"(?<=\]\()(?!https?://|mailto:|#)([^)#\s]+)(#[^)\s]*)?(?=\))")
_OPTION = re.compile(r"^##+ `(?:[^`]*\.)?([\w<>\[\]]+)`$", re.MULTILINE)
"""The heading of an option, such as `session.cookie_cache.max_age`."""
_LANGUAGES = {".toml": "toml", ".yaml": "yaml", ".json": "json", ".py": "python", ".conf": "nginx", ".env": "sh"}


class Gathering:
    """The pages of the site, and what they lead to."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._known: dict[str, str] = {"README.md": "index.md"}
        self._waiting = ["README.md"]

    def run(self) -> None:
        """Write README.md, every page under docs/, and all that these lead to."""
        for path in sorted((ROOT / "docs").rglob("*.md")):
            self._page_of(path.relative_to(ROOT).as_posix())
        while self._waiting:
            self._write(self._waiting.pop())

    def _page_of(self, path: str) -> str | None:
        """Return the page of the site that shows a file or folder of the repository; None if there is none."""
        if path not in self._known:
            if not (ROOT / path).exists():
                return None
            if (ROOT / path / "README.md").is_file():
                return self._page_of(f"{path}/README.md")
            self._known[path] = path if path.endswith(".md") else f"files/{path}.md"
            self._waiting.append(path)
        return self._known[path]

    def _write(self, path: str) -> None:
        origin, page = ROOT / path, self._known[path]
        if origin.is_dir():
            items = sorted(one.name for one in origin.iterdir() if not one.name.startswith((".", "_")))
            text = f"# {path}\n\n" + "\n".join(f"- [{name}]({PurePosixPath(path).name}/{name})" for name in items)
            text = self._with_links(text, str(PurePosixPath(path).parent), page)
        elif path.endswith(".md"):
            text = self._with_links(origin.read_text(encoding="utf-8"), str(PurePosixPath(path).parent), page)
            if path.startswith("docs/configuration/"):
                # Beside the page, whole paths are cut off before the part in which they differ.
                text = _OPTION.sub(r'\g<0> { data-toc-label="\1" }', text)
        else:
            language = _LANGUAGES.get(origin.suffix, "text")
            text = f"# {path}\n\n~~~~{language}\n{origin.read_text(encoding='utf-8')}\n~~~~\n"
        target = SOURCE / page
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    def _with_links(self, text: str, folder: str, page: str) -> str:
        def lead(match: re.Match[str]) -> str:
            target = self._page_of(normpath(f"{folder}/{match[1]}"))
            return match[0] if target is None else relpath(target, str(PurePosixPath(page).parent)) + (match[2] or "")

        return _LINK.sub(lead, text)


def pages_of(section: list[str]) -> list[str]:
    """Return the pages of a section; a `*` stands for all of a folder."""
    return [path.relative_to(SOURCE).as_posix() for pattern in section for path in sorted(SOURCE.glob(pattern))]


def write_for_language_models() -> None:
    """Write llms.txt (llmstxt.org), which names every page with its first sentence, and the pages as they are."""
    lines = ["# betterauth-py", "", f"> {_first_sentence((SOURCE / 'index.md').read_text(encoding='utf-8'))}", ""]
    for title, section in NAVIGATION:
        lines += [f"## {title}", ""]
        for page in pages_of(section):
            text = (SOURCE / page).read_text(encoding="utf-8")
            name = text.partition("\n")[0].lstrip("# ")
            lines.append(f"- [{name}]({page}): {_first_sentence(text)}")
            (SITE / page).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(SOURCE / page, SITE / page)
        lines.append("")
    (SITE / "llms.txt").write_text("\n".join(lines), encoding="utf-8")


def _first_sentence(text: str) -> str:
    """Return the first sentence of the first paragraph, without links."""
    paragraphs = (part for part in text.split("\n\n")[1:] if not re.match(r"<!--|#|```|\||-|>|\d+\.", part))
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", " ".join(next(paragraphs, "").split()))
    sentence = re.split(r"(?<=[.!?])\s+(?=[A-Z`*\"])", plain, maxsplit=1)[0]
    return f"{sentence[:-1]}." if sentence.endswith(":") else sentence


def main() -> int:
    """Build the site; a warning, such as a link that leads nowhere, is an error."""
    shutil.rmtree(ROOT / "build" / "docs", ignore_errors=True)
    Gathering().run()
    shutil.copyfile(ROOT / "scripts" / "site.css", SOURCE / "site.css")
    navigation = ", ".join(
        f"{{ {json.dumps(title)} = {json.dumps(pages_of(section))} }}" for title, section in NAVIGATION
    )
    config = (ROOT / "zensical.toml").read_text(encoding="utf-8")
    written = ROOT / "build" / "zensical.toml"
    written.write_text(config.replace("[project]\n", f"[project]\nnav = [{navigation}]\n", 1), encoding="utf-8")
    command = [sys.executable, "-m", "zensical", "build", "--clean", "--strict", "--config-file", str(written)]
    done = subprocess.run(command, cwd=ROOT, check=False)
    if done.returncode == 0:
        write_for_language_models()
        print(f"The documents are in {SITE.relative_to(ROOT)}/index.html")
    return done.returncode


if __name__ == "__main__":
    raise SystemExit(main())
