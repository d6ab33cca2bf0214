"""The profile that production sends to a preview: who has signed in, and what the state said of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from betterauth_py.plugins import UNDEFINED, AccountKey, EndpointContext, Identity, OAuthUser, SocialProvider, Tokens
from betterauth_py.plugins import validation as v
from betterauth_py.plugins.tools import refuses_sign_up, revive

Context = EndpointContext[Any, Any]

_DATE: Final = v.Checked(
    v.Transform(v.String(), revive), (v.Refine(lambda value: isinstance(value, datetime), "Invalid date"),)
)
_TEXT: Final = v.nullish(v.String())
_USER: Final = v.Object(
    {
        "id": v.String(),
        "email": v.String(),
        "emailVerified": v.Default(v.Boolean(), lambda: False),
        "name": v.String(),
        "image": _TEXT,
    },
    unknown=v.Unknown.KEPT,
)
_ACCOUNT: Final = v.Object(
    {
        "providerId": v.String(),
        "accountId": v.String(),
        **dict.fromkeys(("accessToken", "refreshToken", "idToken", "scope", "password"), _TEXT),
        **dict.fromkeys(("accessTokenExpiresAt", "refreshTokenExpiresAt"), v.nullish(_DATE)),
    }
)
_FILLED: Final = v.Checked(v.String(), (v.MinLength(1),))
_PAYLOAD: Final = v.Object(
    {
        "userInfo": _USER,
        "account": _ACCOUNT,
        "profile": v.Optional(v.Record(v.Anything())),
        "scopes": v.Optional(v.Array(v.String())),
        "state": _FILLED,
        "callbackURL": _FILLED,
        "newUserURL": v.Optional(v.String()),
        "errorURL": v.Optional(v.String()),
        "disableSignUp": v.Optional(v.Boolean()),
        "timestamp": v.Number(),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """A profile that has arrived."""

    identity: Identity
    state: str = field(repr=False)
    """The state, which the preview still has to know."""
    callback_url: str
    new_user_url: str | None
    error_url: str | None
    disable_sign_up: bool
    timestamp: float
    """When production sent it, in milliseconds."""


def payload_of(ctx: Context, provider: SocialProvider, identity: Identity, state: Mapping[str, Any]) -> dict[str, Any]:
    """Return what production sends to the preview; `state` is what the preview's state says."""
    user, tokens = identity.user, identity.tokens
    refused = refuses_sign_up(provider, requested=bool(state.get("requestSignUp")))
    return {
        "userInfo": {
            "id": identity.key.account_id,
            "email": user.fields.get("email"),
            "name": user.name or "",
            "image": user.fields.get("image", UNDEFINED),
            "emailVerified": user.email_verified,
        },
        "profile": user.profile,
        "scopes": _given(tokens.scopes),
        "account": {
            "providerId": identity.key.provider_id,
            "accountId": identity.key.account_id,
            "accessToken": _given(tokens.access_token),
            "refreshToken": _given(tokens.refresh_token),
            "idToken": _given(tokens.id_token),
            "accessTokenExpiresAt": _given(tokens.access_token_expires_at),
            "refreshTokenExpiresAt": _given(tokens.refresh_token_expires_at),
            "scope": UNDEFINED if tokens.scopes is None else ",".join(tokens.scopes),
        },
        "state": state["state"],
        "callbackURL": state["callbackURL"],
        "newUserURL": state.get("newUserURL", UNDEFINED),
        "errorURL": state.get("errorURL", UNDEFINED),
        "disableSignUp": True if refused else UNDEFINED,
        "timestamp": ctx.auth.clock.milliseconds(),
    }


def read_payload(data: dict[str, Any]) -> Payload:
    """Return the payload that production has sent.

    Raises:
        ValidationError: if it is none.
    """
    read = v.validate(_PAYLOAD, data, "payload")
    user, account, profile = read["userInfo"], read["account"], read.get("profile") or {}
    key = AccountKey(account["providerId"], account["accountId"])
    scope = account.get("scope")
    scopes = read["scopes"] if "scopes" in read else scope.split(",") if scope is not None else None
    tokens = Tokens(
        access_token=account.get("accessToken"),
        refresh_token=account.get("refreshToken"),
        id_token=account.get("idToken"),
        access_token_expires_at=account.get("accessTokenExpiresAt"),
        refresh_token_expires_at=account.get("refreshTokenExpiresAt"),
        scopes=None if scopes is None else tuple(scopes),
    )
    return Payload(
        identity=Identity(
            key=key,
            user=OAuthUser(fields=user, profile=profile, subject=key.account_id),
            tokens=tokens,
        ),
        state=read["state"],
        callback_url=read["callbackURL"],
        new_user_url=read.get("newUserURL"),
        error_url=read.get("errorURL"),
        disable_sign_up=bool(read.get("disableSignUp")),
        timestamp=read["timestamp"],
    )


def _given(value: Any) -> Any:
    return UNDEFINED if value is None else value
