"""The page behind `/error`, our own: code, description, a way home. No script, nothing loaded from elsewhere."""

from __future__ import annotations

from html import escape
from string import Template
from typing import Final

from betterauth_py.options import ErrorPageOptions

_PAGE: Final = Template("""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Error</title>
<style>
:root { color-scheme: light dark; --background: #fff; --foreground: #1c1c1f; --muted: #66666e; --border: #dcdce2;
  --primary: #1c1c1f; --primary-foreground: #fff; --destructive: #c2352b; --card: var(--background);
  --title: var(--foreground); --title-border: var(--destructive); --grid: var(--border);
  --corner: var(--muted); --radius: 0.6rem; --text-sm: 0.9rem; --text-2xl: 1.5rem; --text-4xl: 2.25rem;
  --text-6xl: 3rem; --font: system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
  --mono: ui-monospace, SFMono-Regular, Menlo, monospace; }
@media (prefers-color-scheme: dark) { :root { --background: #131316; --foreground: #f4f4f6; --muted: #a0a0aa;
  --border: #34343b; --primary: #f4f4f6; --primary-foreground: #131316; --destructive: #f0736a; } }
$custom
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem; font-family: var(--font);
  color: var(--foreground); background: var(--background)$grid; }
main { position: relative; width: 100%; max-width: 34rem; padding: 2.5rem 2rem; text-align: center;
  background: var(--card); border: 1px solid var(--border); border-radius: var(--radius); }
$corners
h1 { display: inline-block; margin: 0 0 1.25rem; padding: 0.25rem 1.1rem; font-size: var(--text-6xl); line-height: 1.1;
  letter-spacing: -0.02em; color: var(--title); border: 2px solid $title_border; }
h2 { margin: 0 0 1rem; font-size: var(--text-2xl); }
.code { display: inline-block; margin: 0 0 1.25rem; padding: 0.4rem 0.8rem; border: 1px solid var(--border);
  border-radius: var(--radius); font-size: var(--text-sm); color: var(--muted); }
code { font-family: var(--mono); color: var(--foreground); word-break: break-all; }
p { margin: 0 auto; max-width: 28rem; line-height: 1.6; font-size: var(--text-sm); color: var(--muted);
  overflow-wrap: anywhere; }
a { display: inline-block; margin-top: 1.75rem; padding: 0.6rem 1.3rem; border-radius: var(--radius);
  text-decoration: none; color: var(--primary-foreground); background: var(--primary); }
a:hover, a:focus-visible { opacity: 0.85; }
</style>
</head>
<body>
<main>
<h1>ERROR</h1>
<h2>Something went wrong</h2>
<div class="code">CODE: <code>$code</code></div>
<p>$description</p>
<a href="$home">Go Home</a>
</main>
</body>
</html>
""")
_DEFAULT_DESCRIPTION: Final = (
    "We could not finish what you asked for. Please try again, or go back to the home page. "
    "If you develop this application, the code above names the reason."
)
_GRID: Final = (
    ";\n  background-image: linear-gradient(to right, var(--grid) 1px, transparent 1px),"
    " linear-gradient(to bottom, var(--grid) 1px, transparent 1px); background-size: 40px 40px"
)
_CORNERS: Final = """main::before, main::after { content: ""; position: absolute; width: 2rem; height: 2rem; }
main::before { top: -1px; left: -1px; border-top: 3px solid var(--corner); border-left: 3px solid var(--corner);
  border-top-left-radius: var(--radius); }
main::after { right: -1px; bottom: -1px; border-right: 3px solid var(--corner); border-bottom: 3px solid var(--corner);
  border-bottom-right-radius: var(--radius); }"""
_VARIABLES: Final = {
    "background": "background",
    "foreground": "foreground",
    "primary": "primary",
    "primary_foreground": "primary-foreground",
    "muted_foreground": "muted",
    "border": "border",
    "destructive": "destructive",
    "title_border": "title-border",
    "title_color": "title",
    "grid_color": "grid",
    "card_background": "card",
    "corner_border": "corner",
    "radius_sm": "radius",
    "text_sm": "text-sm",
    "text_2xl": "text-2xl",
    "text_4xl": "text-4xl",
    "text_6xl": "text-6xl",
    "default_family": "font",
    "mono_family": "mono",
}


def render_error_page(code: str, description: str, options: ErrorPageOptions | None, *, home: str = "/") -> str:
    """Return the page as HTML; `code` and `description` may be anything that a client wrote."""
    look = options or ErrorPageOptions()
    return _PAGE.substitute(
        code=escape(code),
        home=escape(home),
        description=escape(description) if description else _DEFAULT_DESCRIPTION,
        custom=_custom_variables(look),
        grid="" if look.disable_background_grid else _GRID,
        corners="" if look.disable_corner_decorations else _CORNERS,
        title_border="transparent" if look.disable_title_border else "var(--title-border)",
    )


def _custom_variables(look: ErrorPageOptions) -> str:
    given = {**look.colors, **look.size, **look.font}
    rules = [f"--{_VARIABLES[name]}: {value};" for name, value in given.items() if name in _VARIABLES]
    # A value is CSS from the configuration; it may not end the style element.
    return f":root {{ {' '.join(rules)} }}".replace("</", "<\\/") if rules else ""
