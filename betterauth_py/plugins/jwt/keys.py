"""The keys of one auth: read from their table, kept for a moment, made and rotated."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any, Final

from betterauth_py.awaiting import resolve
from betterauth_py.core.auth_context import AuthContext, logger
from betterauth_py.crypto.jwks import ALGORITHMS, Key, read_key
from betterauth_py.crypto.signing_keys import SigningKey, generate_key_pair
from betterauth_py.crypto.symmetric import UndecryptableError, decrypt, encrypt
from betterauth_py.errors import BetterAuthError
from betterauth_py.javascript.dates import to_milliseconds
from betterauth_py.javascript.plain_json import InvalidJSONError, parse, stringify_plainly
from betterauth_py.plugins.jwt.options import JwtOptions
from betterauth_py.plugins.jwt.tables import JWKS

Row = dict[str, Any]

KEPT_MS: Final = 5_000
"""Milliseconds for which keys that were read are believed to be all: what another process made or deleted is noticed
then. better-auth reads the table for every token."""
_FOREVER: Final = float("inf")


class UnusableKeyError(BetterAuthError):
    """A stored private key cannot be used; the message says which one, never what is in it."""


class KeyRing:
    """The keys of one auth."""

    def __init__(self, auth: AuthContext, options: JwtOptions) -> None:
        """Keep keys in `auth`'s database, or where `options.adapter` says; nothing is read yet."""
        self.options = options
        self._auth = auth
        self._signer: SigningKey | None = None
        self._stored_as: tuple[str, str, str] | None = None
        self._read_at = _FOREVER
        self._expires_at = 0.0
        self._is_reading = False
        self._making = asyncio.Lock()
        self._public: dict[str, tuple[str, Key | None]] = {}

    def current(self) -> SigningKey | None:
        """Return the key that signs now, if that is known without a look at the table."""
        now = self._now
        # While one call reads the keys anew, others go on with the one there is, unless it is over.
        if now < self._expires_at and (0 <= now - self._read_at < KEPT_MS or self._is_reading):
            return self._signer
        return None

    async def signing_key(self) -> SigningKey:
        """Return the newest key that is not over, straight from the table; it is made if there is none.

        Raises:
            UnusableKeyError: if it is there, but not to be read with the secrets there are.
        """
        now = self._now
        self._is_reading = True
        try:
            row = self._newest(await self.rows(), now) or await self._made()
        finally:
            self._is_reading = False
        return self._used(row, now)

    async def rows(self) -> list[Row]:
        """Return all keys as they are stored, the oldest first."""
        get_jwks = self.options.adapter.get_jwks
        found = (await resolve(get_jwks()) or []) if get_jwks else await self._auth.rows.find_many(JWKS.name)
        return sorted(found, key=lambda row: (row["createdAt"], row["id"]))

    async def published(self) -> list[Row]:
        """Return what is published now, straight from where it is stored; a first key is made if there is none."""
        rows = await self.rows()
        if not rows:
            await self._made()
            rows = await self.rows()
        now, grace = self._now, self.options.jwks.grace_period * 1000
        return [
            public
            for row in rows
            if end_of(row) + grace > now and (public := public_jwk(row, self.options)) is not None
        ]

    async def public_key(self, kid: str) -> Key | None:
        """Return the key of this id, or None if there is none."""
        row = next((row for row in await self.rows() if row["id"] == kid), None)
        if row is None:
            self._public.pop(kid, None)
            return None
        # Reading a key costs more than using it; what is stored under an id hardly ever changes.
        text, key = self._public.get(kid, ("", None))
        if text != row["publicKey"]:
            key = read_key(public_jwk(row, self.options), ALGORITHMS)
            self._public[kid] = (row["publicKey"], key)
        return key

    def _newest(self, rows: list[Row], now: int) -> Row | None:
        """Return the newest key that is not over; one of the wanted algorithm goes before others."""
        live = [row for row in rows if end_of(row) > now]
        wanted = [row for row in live if algorithm_of(row, self.options) == self.options.algorithm]
        return next(reversed(wanted or live), None)

    async def _made(self) -> Row:
        """Return a new key, unless somebody has made one meanwhile: then that."""
        async with self._making:
            if (made := self._newest(await self.rows(), self._now)) is not None:
                return made
            new_key = await self._new_key()
            if self.options.adapter.create_jwk is not None:
                return await self._stored(new_key)
            database = self._auth.database
            async with database.transaction():
                await database.lock(JWKS.name)
                return self._newest(await self.rows(), self._now) or await self._stored(new_key)

    async def _new_key(self) -> Row:
        # RSA keys take a while to find.
        pair = await asyncio.to_thread(generate_key_pair, self.options.algorithm, self.options.modulus_length)
        private = pair.private
        if not self.options.jwks.disable_private_key_encryption:
            private = stringify_plainly(encrypt(private, self._auth.secrets)).decode()
        now, interval = self._auth.now(), self.options.jwks.rotation_interval
        row: Row = {"publicKey": pair.public, "privateKey": private, "createdAt": now, "alg": self.options.algorithm}
        if interval:
            row["expiresAt"] = now + timedelta(seconds=interval)
        return row | ({"crv": pair.curve} if pair.curve else {})

    async def _stored(self, row: Row) -> Row:
        create_jwk = self.options.adapter.create_jwk
        if create_jwk is not None:
            stored: Row = await resolve(create_jwk(row))
            return stored
        created = await self._auth.rows.create(
            JWKS.name, {**row, "id": self._auth.generate_id(JWKS.name)}, hooked=False
        )
        return created or row

    @property
    def _now(self) -> int:
        return self._auth.clock.milliseconds()

    def _used(self, row: Row, now: int) -> SigningKey:
        """Return this key, which signs from now on; it was the newest at the moment `now`."""
        stored, signer = (row["id"], algorithm_of(row, self.options), row["privateKey"]), self._signer
        if signer is None or stored != self._stored_as:
            signer = self._read_private_key(row)
            self._signer, self._stored_as = signer, stored
        if not self._auth.database.in_transaction:
            # A key made in somebody's transaction is stored only if that commits.
            self._read_at, self._expires_at = now, end_of(row)
        return signer

    def _read_private_key(self, row: Row) -> SigningKey:
        algorithm = algorithm_of(row, self.options)
        try:
            stored = parse(row["privateKey"].encode())
            private = decrypt(stored, self._auth.secrets) if isinstance(stored, str) else row["privateKey"]
            return SigningKey(row["id"], algorithm, private)
        except UndecryptableError:
            raise UnusableKeyError(
                f"The private key {row['id']} of the table {self._auth.schema.table_name(JWKS.name)} was encrypted "
                "under another secret. Bring that secret back (as a version in `secrets`), or delete the row; a new "
                "key is then made."
            ) from None
        except (InvalidJSONError, ValueError):
            raise UnusableKeyError(
                f"The private key {row['id']} of the table {self._auth.schema.table_name(JWKS.name)} is none for "
                f"{algorithm}. Delete the row; a new key is then made."
            ) from None


def end_of(row: Row) -> float:
    """Return the millisecond at which the key signs no more."""
    expires: datetime | None = row.get("expiresAt")
    return _FOREVER if expires is None else to_milliseconds(expires)


def algorithm_of(row: Row, options: JwtOptions) -> str:
    """Return the key's algorithm; rows older than that column have the configured one."""
    return row.get("alg") or options.algorithm


def public_jwk(row: Row, options: JwtOptions) -> dict[str, Any] | None:
    """Return the key as it is published, or None (and a line in the log) if the row holds no key."""
    try:
        public = parse(row["publicKey"].encode())
    except InvalidJSONError:
        public = None
    if not isinstance(public, dict):
        logger.error("The public key %s is not JSON. Delete the row.", row["id"])
        return None
    config = options.jwks.key_pair_config
    crv = row.get("crv") or (config.crv if config else None) or public.get("crv")
    head = {"alg": algorithm_of(row, options), **({"crv": crv} if crv else {})}
    return {**head, **public, "kid": row["id"]}
