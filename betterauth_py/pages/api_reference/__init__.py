"""The API reference: Swagger UI with its files, which scripts/swagger_ui.py brings here."""

from __future__ import annotations

import gzip
from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from html import escape
from pathlib import Path
from string import Template
from typing import Final, Literal

# Scripts and styles of this server alone, nothing inline and no eval; images are within the style.
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'"
)
MEDIA_TYPES: Final = {
    "swagger-ui.css": "text/css",
    "style.css": "text/css",
    "swagger-ui.js": "text/javascript",
    "start.js": "text/javascript",
}

_PAGE: Final = Template("""<!DOCTYPE html>
<html lang="en" data-theme="$theme">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>$title API</title>
<link rel="icon" href="data:,">
$document$files</head>
<body>
<div id="api"><noscript>This page needs JavaScript. <a href="$openapi">The same as OpenAPI</a></noscript></div>
</body>
</html>
""")


Theme = Literal[
    "alternate", "default", "moon", "purple", "solarized", "bluePlanet", "saturn", "kepler", "mars", "deepSpace",
    "laserwave", "none",
]  # fmt: skip
"""The names of better-auth's themes. `none` is Swagger UI as it comes, `default` follows the system's colour scheme."""

# A file's URL contains its hash.
_KEPT_FOR_GOOD: Final = ("cache-control", "public, max-age=31536000, immutable")


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that the page loads."""

    content: bytes
    compressed: bytes
    """The same for browsers that take gzip, as all do."""
    integrity: str
    """Its hash as the page names it (Subresource Integrity)."""


@cache
def read_asset(name: str) -> Asset:
    """Return one of `MEDIA_TYPES`, read at its first use."""
    path = Path(__file__).with_name(name)
    if path.exists():
        content = path.read_bytes()
        compressed = gzip.compress(content, mtime=0)
    else:
        compressed = path.with_name(f"{name}.gz").read_bytes()
        content = gzip.decompress(compressed)
    return Asset(content, compressed, f"sha256-{b64encode(sha256(content).digest()).decode()}")


def answer_asset(name: str, accept_encoding: str) -> tuple[list[tuple[str, str]], bytes]:
    """Return the headers and the body that answer a request for one of `MEDIA_TYPES`."""
    asset = read_asset(name)
    headers = [("content-type", f"{MEDIA_TYPES[name]}; charset=utf-8"), ("vary", "accept-encoding"), _KEPT_FOR_GOOD]
    accepted = accept_encoding.lower()
    if "gzip" in accepted and "gzip;q=0" not in accepted.replace(" ", ""):
        return [*headers, ("content-encoding", "gzip")], asset.compressed
    return headers, asset.content


def render_api_reference(
    app_name: str,
    *,
    files: str = "reference/{name}?{version}",
    openapi: str = "openapi.json",
    document: str = "",
    theme: Theme = "default",
    nonce: str | None = None,
) -> str:
    """Return the page as HTML. Its links are relative, so that it works under any mount.

    Args:
        app_name: the title.
        files: the URL of a file, with its `{name}` and the `{version}` that changes when it does.
        openapi: the URL of the document.
        document: the document as JSON, if the page shall contain it.
        theme: its colours.
        nonce: the nonce of scripts and styles, for a Content Security Policy of the deployment.
    """
    attribute = f' nonce="{escape(nonce)}"' if nonce else ""
    tags = ""
    for name, media_type in MEDIA_TYPES.items():
        integrity = read_asset(name).integrity
        # A changed file has another address, so that browsers may keep each for good.
        address = escape(files.format(name=name, version=sha256(integrity.encode()).hexdigest()[:12]))
        if media_type == "text/css":
            tags += f'<link rel="stylesheet" href="{address}" integrity="{integrity}"{attribute}>\n'
        else:
            tags += f'<script src="{address}" integrity="{integrity}"{attribute} defer></script>\n'
    if document:
        # Within a script element only `<` could end it.
        safe = document.replace("<", "\\u003c")
        document = f'<script id="api-reference" type="application/json">{safe}</script>\n'
    return _PAGE.substitute(title=escape(app_name), document=document, files=tags, openapi=openapi, theme=theme)
