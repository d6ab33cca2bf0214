"""Users of wallets: found by address and chain, or created at their first sign-in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from betterauth_py.plugins import (
    AuthContext,
    Contributions,
    DatabaseHooksOptions,
    EndpointContext,
    NotStoredError,
    Row,
    RowHooks,
    TableHooks,
    Where,
    client_of,
    create_session,
    create_user,
    new_user,
)
from betterauth_py.plugins.siwe.options import SiweOptions
from betterauth_py.plugins.tools import SecurityEvent, placeholder_email, record, resolve

Context = EndpointContext[Any, Any]

PROVIDER: Final = "siwe"
_ATTEMPTS: Final = 3


class _ChangedMeanwhileError(Exception):
    """A concurrent request has stored what this one was about to store, or unlinked what it has found."""


@dataclass(frozen=True, slots=True)
class Wallet:
    """A wallet that has proved itself, on one chain."""

    address: str
    """With checksum."""
    chain_id: int

    @property
    def account_id(self) -> str:
        """The account's id, as the account table holds it."""
        return f"{self.address}:{self.chain_id}"


async def sign_in_wallet(
    ctx: Context, options: SiweOptions, wallet: Wallet, email: str | None
) -> tuple[Row | None, Row]:
    """Start a session of the wallet's user, or of a new one; return it (None if a hook refuses it) and the user.

    Args:
        ctx: the call.
        options: the options of the plugin.
        wallet: the wallet.
        email: the address that a new user asks for; it is taken only if it is free.

    Raises:
        NotStoredError: if the database refuses the user, the wallet or the session.
        UserNotAdmittedError, UserRefusedError: if the new user is not to be.
    """
    for _ in range(_ATTEMPTS):
        known = await _find(ctx.auth, wallet)
        try:
            if known is not None:
                session, user = await _sign_in(ctx, wallet, known["userId"])
            else:
                user = await _sign_up(ctx, options, wallet, email)
                # Whoever proves the user's address ends all wallets, also one that is about to sign in.
                holding = ctx.auth.users.holding(user, "emailVerified")
                session = await create_session(ctx.auth, user["id"], client=client_of(ctx), holding=holding)
        except _ChangedMeanwhileError:
            continue
        if session is not None:
            record(ctx, SecurityEvent.SIGN_IN, user, provider=PROVIDER)
        return session, user
    raise NotStoredError("others change this wallet all the time")


async def _find(auth: AuthContext, wallet: Wallet) -> Row | None:
    """Return the row of the wallet on its chain, or else on any; or None."""
    rows = await auth.rows.find_many("walletAddress", Where("address", wallet.address))
    return next((row for row in rows if row["chainId"] == wallet.chain_id), rows[0] if rows else None)


async def _sign_in(ctx: Context, wallet: Wallet, user_id: str) -> tuple[Row | None, Row]:
    auth = ctx.auth
    async with auth.database.transaction():
        # Who revokes all access to a user locks it too: nobody signs in by a wallet that is unlinked meanwhile.
        user = await auth.users.find(user_id, lock=True)
        known = await _find(auth, wallet)
        if known is None or user is None or known["userId"] != user_id:
            raise _ChangedMeanwhileError
        if known["chainId"] != wallet.chain_id:
            await _store(auth, wallet, user_id, is_primary=False)
        return await create_session(auth, user_id, client=client_of(ctx)), user


async def _sign_up(ctx: Context, options: SiweOptions, wallet: Wallet, email: str | None) -> Row:
    own = _email_of(wallet, options)
    wanted = email if email is not None and not await ctx.auth.users.exists(email) else own
    found = await resolve(options.ens_lookup({"wallet_address": wallet.address})) if options.ens_lookup else None
    name, avatar = (found.get("name"), found.get("avatar")) if found else (None, None)
    fields = {"name": wallet.address if name is None else name, "image": "" if avatar is None else avatar}
    try:
        return await _create(ctx, wallet, wanted, fields)
    except NotStoredError:
        if wanted == own or not await ctx.auth.users.exists(wanted):
            raise
        # Somebody else has taken the address meanwhile.
        return await _create(ctx, wallet, own, fields)


async def _create(ctx: Context, wallet: Wallet, email: str, fields: Row) -> Row:
    auth = ctx.auth
    async with auth.database.transaction():
        await auth.database.lock(f"wallet:{wallet.address}")
        if await _find(auth, wallet) is not None:
            raise _ChangedMeanwhileError
        # As with better-auth, hooks are not told that the address is unverified; it is stored so.
        row = {name: value for name, value in new_user(auth, email, fields).items() if name != "emailVerified"}
        user = await create_user(auth, row, {"method": "siwe"}, ctx=ctx)
        await _store(auth, wallet, user["id"], is_primary=True)
    record(ctx, SecurityEvent.SIGN_UP, user, provider=PROVIDER)
    return user


async def _store(auth: AuthContext, wallet: Wallet, user_id: str, *, is_primary: bool) -> None:
    """Store the wallet on its chain and its account."""
    now = auth.now()
    await auth.rows.create(
        "walletAddress",
        {
            "id": auth.generate_id("walletAddress"),
            "userId": user_id,
            "address": wallet.address,
            "chainId": wallet.chain_id,
            "isPrimary": is_primary,
            "createdAt": now,
        },
    )
    await auth.accounts.create(
        {
            "id": auth.generate_id("account"),
            "createdAt": now,
            "updatedAt": now,
            "userId": user_id,
            "providerId": PROVIDER,
            "accountId": wallet.account_id,
        }
    )


def _email_of(wallet: Wallet, options: SiweOptions) -> str:
    if options.email_domain_name:
        return f"{wallet.address}@{options.email_domain_name}".lower()
    return placeholder_email(wallet.address, PROVIDER).lower()


def unlinking(auth: AuthContext) -> Contributions:
    """Return what lets a wallet open nothing any more once its account is unlinked, or its user shut out."""

    async def forget(account: Row, _: Any) -> None:
        if account["providerId"] != PROVIDER:
            return
        address, _, chain_id = account["accountId"].partition(":")
        if chain_id.isdecimal():
            where = Where("userId", account["userId"]), Where("address", address), Where("chainId", int(chain_id))
            await auth.rows.delete_many("walletAddress", *where)

    async def forget_all(user: Row) -> None:
        await auth.rows.delete_many("walletAddress", Where("userId", user["id"]))

    return Contributions(
        database_hooks=DatabaseHooksOptions(account=TableHooks(delete=RowHooks(before=forget))),
        access_revokers=[forget_all],
    )
