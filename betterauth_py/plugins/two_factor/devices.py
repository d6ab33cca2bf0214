"""Trusted devices, which need no code: a signed cookie, and a verification row that it names.

The cookie holds `<HMAC of user id and name>!<name>`, as better-auth 1.7.25 writes it, so that it is one user's only.
A sign-in replaces both.
"""

from __future__ import annotations

from hmac import compare_digest
from typing import Any, Final

from betterauth_py.plugins import Cookie, EndpointContext, Row, Where
from betterauth_py.plugins.tools import generate_id, sign_base64url, store_single_use_value, to_milliseconds
from betterauth_py.plugins.two_factor.options import TwoFactorOptions

Context = EndpointContext[Any, Any]

_COOKIE: Final = "trust_device"
_PREFIX: Final = "trust-device-"


class TrustedDevices:
    """The trusted devices of one deployment."""

    def __init__(self, options: TwoFactorOptions) -> None:
        """Trust them as long as `options` say."""
        self._max_age = options.trust_device_max_age

    async def trust(self, ctx: Context, user: Row) -> None:
        """Trust the client's device."""
        name = f"{_PREFIX}{generate_id(32)}"
        await store_single_use_value(ctx.auth, name, user["id"], self._max_age)
        cookie = self._cookie(ctx)
        ctx.set_signed_cookie(cookie, f"{_mac(ctx, user, name)}!{name}", max_age=cookie.attributes.max_age)

    async def use(self, ctx: Context, user: Row) -> bool:
        """Tell whether the client's device is trusted, and trust it anew; a cookie that is not right is expired."""
        name = self._named(ctx, user)
        if name is not None:
            # Of two sign-ins at once with one cookie, one is let through.
            found = await ctx.auth.verifications.consume(name, ctx.auth.now())
            if found is not None and found["value"] == user["id"] and not await self._is_revoked(ctx, user, found):
                await self.trust(ctx, user)
                return True
        if ctx.get_signed_cookie(self._cookie(ctx)):
            ctx.expire_cookie(self._cookie(ctx))
        return False

    async def revoke_all(self, ctx: Context, user: Row) -> None:
        """Trust none of the user's devices any longer, and expire the client's cookie."""
        auth, cookie = ctx.auth, self._cookie(ctx)
        if auth.secondary_values is not None:
            # There nothing finds devices by their user.
            await auth.secondary_values.set(_revocation_of(user), {"at": auth.clock.milliseconds()}, self._max_age)
        where = [Where("value", user["id"])]
        if auth.options.verification.store_identifier == "plain":
            where.append(Where("identifier", _PREFIX, "starts_with"))
        # Hashed names do not tell what they name: whatever the user may do by them, such as a reset, is begun anew.
        await auth.rows.delete_many("verification", *where)
        value = ctx.get_signed_cookie(cookie)
        if value:
            name = value.partition("!")[2].partition("!")[0]
            if name:
                await auth.verifications.delete(name)
            ctx.expire_cookie(cookie)

    def _cookie(self, ctx: Context) -> Cookie:
        return ctx.auth.make_cookie(_COOKIE, self._max_age)

    def _named(self, ctx: Context, user: Row) -> str | None:
        """Return the name in the client's cookie, if the cookie is this user's."""
        mac, _, rest = (ctx.get_signed_cookie(self._cookie(ctx)) or "").partition("!")
        name = rest.partition("!")[0]
        if not name or not compare_digest(mac.encode(), _mac(ctx, user, name).encode()):
            return None
        return name

    async def _is_revoked(self, ctx: Context, user: Row, found: Row) -> bool:
        if ctx.auth.secondary_values is None:
            return False
        revoked = await ctx.auth.secondary_values.get(_revocation_of(user))
        return revoked is not None and to_milliseconds(found["createdAt"]) <= revoked["at"]


def _mac(ctx: Context, user: Row, name: str) -> str:
    return sign_base64url(ctx.auth.secrets.current, f"{user['id']}!{name}")


def _revocation_of(user: Row) -> str:
    return f"two-factor-devices-revoked-{user['id']}"
