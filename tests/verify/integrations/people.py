"""People who sign up at a running auth service, and what their browsers then send."""

from __future__ import annotations

from itertools import count

import httpx

PAGE = "http://localhost:3000"
PASSWORD = "correct horse battery"
_numbers = count(1)


def sign_up(auth_url: str, name: str = "Ada Lovelace") -> dict[str, str]:
    """Sign somebody up: the headers of their next request."""
    body = {"name": name, "email": f"ada{next(_numbers)}@example.com", "password": PASSWORD}
    answer = httpx.post(f"{auth_url}/api/auth/sign-up/email", json=body, headers={"origin": PAGE}, trust_env=False)
    assert answer.status_code == 200, answer.text
    pairs = [cookie.partition(";")[0] for cookie in answer.headers.get_list("set-cookie")]
    return {"cookie": "; ".join(pairs)}


def sign_out(auth_url: str, browser: dict[str, str]) -> None:
    """Sign them out, as their browser does."""
    headers = {**browser, "origin": PAGE}
    answer = httpx.post(f"{auth_url}/api/auth/sign-out", headers=headers, trust_env=False)
    assert answer.json() == {"success": True}
