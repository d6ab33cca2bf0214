"""The functions in the profiles of the jwt plugin; ``contracts/oracle/functions/jwt.mjs`` is the other half."""

from __future__ import annotations

from typing import Any

from betterauth_py.conformance.collected_mails import MailCollector
from betterauth_py.plugins import EndpointContext, Plugin, Reply, Security, endpoint, validation
from betterauth_py.plugins.jwt import KeyChoice, Tokens


async def _claims_of_session(known: dict[str, Any]) -> dict[str, Any]:
    user, session = known["user"], known["session"]
    own = {"tags": ["a", None], "iss": "own issuer"}
    return {"email": user["email"], "born": user["createdAt"], "sid": session["id"], **own}


CHOICE = validation.Object({name: validation.Optional(validation.String()) for name in ("algorithm", "keyId", "typ")})


@endpoint(
    "/signer/sign",
    methods=("POST",),
    security=Security.PUBLIC,
    operation_id="signChosen",
    body=CHOICE,
    reply=Reply("A token", {}),
    no_store=False,
)
async def sign_chosen(ctx: EndpointContext[Any, Any]) -> Any:
    """Sign with a header, by a chosen key."""
    key = KeyChoice(key_id=ctx.body.get("keyId"), algorithm=ctx.body.get("algorithm"))
    header = {"typ": ctx.body["typ"]} if "typ" in ctx.body else None
    return {"token": await ctx.auth.services.get(Tokens).sign(ctx, {"sub": "somebody"}, header=header, key=key)}


@endpoint(
    "/signer/key",
    methods=("GET",),
    security=Security.PUBLIC,
    operation_id="signKey",
    reply=Reply("A key", {}),
    no_store=False,
)
async def sign_key(ctx: EndpointContext[Any, Any]) -> Any:
    """Name the key that signs."""
    key = await ctx.auth.services.get(Tokens).keys.signing_key()
    return {"alg": key.algorithm, "kid": key.kid}


async def _claims_wanted(claims: dict[str, Any], header: dict[str, Any], key: KeyChoice) -> str:
    wanted = (header.get("typ"), key.key_id, key.algorithm)
    return " ".join([",".join(claims), *(text or "" for text in wanted)])


def functions(_: MailCollector) -> dict[str, Any]:
    """The table of names."""
    return {
        "signer": Plugin(id="signer", requires=["jwt"], endpoints=[sign_chosen, sign_key]),
        "claimsWanted": _claims_wanted,
        "claimsOfSession": _claims_of_session,
        "emailAsSubject": lambda known: known["user"]["email"],
        "namesOfClaims": lambda claims, _header, _key: " ".join(claims),
    }
