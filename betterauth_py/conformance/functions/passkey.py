"""Functions in the profiles of the passkey plugin; ``contracts/oracle/functions/passkey.mjs`` is the other half."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from betterauth_py.conformance.collected_mails import MailCollector
from betterauth_py.plugins import APIError, EndpointContext, ErrorCode

Context = EndpointContext[Any, Any]


def _refusal() -> APIError:
    return APIError.of(403, ErrorCode("KEPT", "Not this one"))


async def _extensions(ctx: Context) -> Mapping[str, Any] | None:
    return {"uvm": True} if "authenticate" in ctx.path else None


async def _user_of_invitation(context: str | None, ctx: Context) -> Mapping[str, Any] | None:
    match context:
        case "refuse":
            raise _refusal()
        case "no-id":
            return {"id": "", "name": "Nobody"}
        case "no-name":
            return {"id": "1"}
        case "nobody":
            return {"id": "nobody", "name": "Nobody", "display_name": "No Body"}
        case None | "":
            return None
    found = await ctx.auth.users.find_by_email(context)
    return {"id": found["id"], "name": context} if found is not None else None


def functions(mails: MailCollector) -> dict[str, Callable[..., Any]]:
    """The table of names."""

    async def name_of_passkey(verified: Any, user: Any, ctx: Context) -> Mapping[str, Any]:
        wish = (verified.client_data["response"].get("transports") or [None])[0]
        if wish == "refuse":
            raise _refusal()
        if wish == "fail":
            raise RuntimeError("a function is broken")
        if wish in {"other", "number"}:
            return {"user_id": "another" if wish == "other" else 7}
        mails.append(
            {
                "kind": "passkey-registered", "path": ctx.path, "user": user.name, "shown": user.display_name,
                "context": verified.context, "id": verified.credential_id, "counter": verified.counter,
                "aaguid": verified.aaguid, "fmt": verified.fmt, "verified": verified.user_verified,
                "device": verified.device_type, "copied": verified.backed_up,
            }
        )  # fmt: skip
        return {"name": f"  {user.name}'s  "}

    async def witness_sign_in(verified: Any, ctx: Context) -> None:
        if verified.new_counter == 1000:
            raise _refusal()
        if verified.new_counter > 1000:
            raise RuntimeError("a function is broken")
        mails.append(
            {
                "kind": "passkey-used", "path": ctx.path, "id": verified.credential_id,
                "sent": verified.client_data["id"], "counter": verified.new_counter, "verified": verified.user_verified,
                "device": verified.device_type, "copied": verified.backed_up,
            }
        )  # fmt: skip

    return {
        "nameOfPasskey": name_of_passkey,
        "passkeyExtensions": _extensions,
        "witnessSignIn": witness_sign_in,
        "userOfInvitation": _user_of_invitation,
    }
