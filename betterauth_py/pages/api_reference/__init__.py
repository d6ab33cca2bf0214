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
from typing import Final

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
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>$title API</title>
<link rel="icon" href="data:,">
$files</head>
<body>
<div id="api"><noscript>This page needs JavaScript. <a href="openapi.json">The same as OpenAPI</a></noscript></div>
</body>
</html>
""")


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


def render_api_reference(app_name: str) -> str:
    """Return the page as HTML. Its links are relative, so that it works under any mount."""
    files = ""
    for name, media_type in MEDIA_TYPES.items():
        integrity = read_asset(name).integrity
        # A changed file has another address, so that browsers may keep each for good.
        address = f"reference/{name}?{sha256(integrity.encode()).hexdigest()[:12]}"
        if media_type == "text/css":
            files += f'<link rel="stylesheet" href="{address}" integrity="{integrity}">\n'
        else:
            files += f'<script src="{address}" integrity="{integrity}" defer></script>\n'
    return _PAGE.substitute(title=escape(app_name), files=files)
