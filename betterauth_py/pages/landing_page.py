"""The page at `/`: whose server this is, and the way to the application. No script, nothing loaded from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from string import Template
from typing import Final

_PAGE: Final = Template("""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>$title</title>
<style>
:root { color-scheme: light dark; --page: #f6f6f8; --card: #fff; --ink: #1b1b1f; --soft: #62626c; --line: #dfdfe6;
  --accent: #1b1b1f; --on-accent: #fff; --warning: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --page: #121215; --card: #1c1c21; --ink: #ececf1; --soft: #a2a2ae;
  --line: #34343c; --accent: #ececf1; --on-accent: #121215; --warning: #f2938c; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem; color: var(--ink);
  background: var(--page); font: 16px/1.6 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { width: 100%; max-width: 27rem; padding: 2.75rem 2.25rem 2.25rem; text-align: center; background: var(--card);
  border: 1px solid var(--line); border-radius: 1rem;
  box-shadow: 0 1px 2px rgb(0 0 0 / 4%), 0 12px 32px rgb(0 0 0 / 6%); }
.mark { display: grid; place-items: center; width: 3.25rem; height: 3.25rem; margin: 0 auto 1.25rem; font-size: 1.5rem;
  font-weight: 650; color: var(--on-accent); background: var(--accent); border-radius: 0.9rem; }
h1 { margin: 0 0 0.5rem; font-size: 1.5rem; line-height: 1.25; letter-spacing: -0.02em; overflow-wrap: anywhere; }
p { margin: 0; color: var(--soft); overflow-wrap: anywhere; }
.error { margin: 0 0 1.5rem; padding: 0.75rem 1rem; color: var(--warning); border: 1px solid; border-radius: 0.6rem; }
code { font: 0.9em ui-monospace, SFMono-Regular, Menlo, monospace; }
.home { display: inline-block; margin-top: 1.75rem; padding: 0.65rem 1.5rem; font-weight: 550; text-decoration: none;
  color: var(--on-accent); background: var(--accent); border-radius: 0.6rem; }
.home:hover, .home:focus-visible { opacity: 0.85; }
nav { display: flex; flex-wrap: wrap; justify-content: center; gap: 0.35rem 1.25rem; margin-top: 2rem;
  padding-top: 1.25rem; border-top: 1px solid var(--line); font-size: 0.9rem; }
nav a { color: var(--soft); }
</style>
</head>
<body>
<main>
$error<div class="mark" aria-hidden="true">$initial</div>
<h1>$title</h1>
<p>This is where $title signs you in.</p>
$home$links</main>
</body>
</html>
""")


def render_landing_page(app_name: str, app_url: str | None, links: Mapping[str, str], error: str | None = None) -> str:
    """Return the page as HTML.

    Args:
        app_name: of the application.
        app_url: where it is, if that is known.
        links: addresses of other pages by their names.
        error: the code of an error that redirected here; it may be any text.
    """
    title = escape(app_name)
    failure = f"Something went wrong: <code>{escape(error)}</code>" if error else ""
    listed = "".join(f'<a href="{escape(address)}">{escape(name)}</a>' for name, address in links.items())
    return _PAGE.substitute(
        title=title,
        initial=escape(app_name.strip()[:1].upper() or "·"),
        home=f'<a class="home" href="{escape(app_url)}">Go to {title}</a>\n' if app_url else "",
        links=f"<nav>{listed}</nav>\n" if listed else "",
        error=f'<p class="error" role="alert">{failure}</p>\n' if failure else "",
    )
