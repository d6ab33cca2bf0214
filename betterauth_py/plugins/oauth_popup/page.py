"""The last page of a popup: it posts the outcome to the page that opened the popup."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from re import compile as compile_pattern
from typing import Any, Final

from betterauth_py.plugins import Response
from betterauth_py.plugins.tools import stringify_plainly

_TYPE: Final = "better-auth:oauth-popup"
_ELEMENT: Final = "better-auth-oauth-popup"
SCRIPT: Final = f"""
const data = document.getElementById("{_ELEMENT}").textContent;
const {{ targetOrigin, type, nonce, token, redirectTo, error }} = JSON.parse(data);
const page = window.opener ?? window.parent;
try {{
  if (page !== window) page.postMessage({{ type, nonce, token, redirectTo, error }}, targetOrigin);
}} finally {{
  window.close();
}}
"""
# The hash allows only this script: script injected through the data does not run (CSP 3, 8.1).
_POLICY: Final = (
    f"default-src 'none'; script-src 'sha256-{b64encode(sha256(SCRIPT.encode()).digest()).decode()}'; base-uri 'none'"
)
# `<` could end the script's element, and older engines end a line at the other two.
_UNSAFE: Final = compile_pattern("[<\u2028\u2029]")


def completion_page(popup_origin: str, message: Mapping[str, Any]) -> Response:
    """Return the page that posts `message` to its opener at the origin `popup_origin`, which must be trusted."""
    data = stringify_plainly({"type": _TYPE, "targetOrigin": popup_origin, **message}).decode()
    data = _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", data)
    html = (
        "<!doctype html>\n"
        '<html>\n<head><meta charset="utf-8"><title>Completing sign-in</title></head>\n<body>\n'
        f'<script type="application/json" id="{_ELEMENT}">{data}</script>\n'
        f"<script>{SCRIPT}</script>\n</body>\n</html>"
    )
    headers = [
        ("cache-control", "no-store"),
        ("content-security-policy", _POLICY),
        ("content-type", "text/html; charset=utf-8"),
        ("pragma", "no-cache"),
    ]
    return Response(200, headers, html.encode("utf-8", "replace"))
