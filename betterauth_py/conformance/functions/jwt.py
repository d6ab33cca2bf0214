"""The functions in the profiles of the jwt plugin; ``contracts/oracle/functions/jwt.mjs`` is the other half."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from betterauth_py.conformance.collected_mails import MailCollector


async def _claims_of_session(known: dict[str, Any]) -> dict[str, Any]:
    user, session = known["user"], known["session"]
    own = {"tags": ["a", None], "iss": "own issuer"}
    return {"email": user["email"], "born": user["createdAt"], "sid": session["id"], **own}


def functions(_: MailCollector) -> dict[str, Callable[..., Any]]:
    """The table of names."""
    return {
        "claimsOfSession": _claims_of_session,
        "emailAsSubject": lambda known: known["user"]["email"],
        "namesOfClaims": " ".join,
    }
