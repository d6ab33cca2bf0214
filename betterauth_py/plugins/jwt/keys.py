"""The keys of one auth: read from their table, kept for a moment, made and rotated."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from betterauth_py.plugins import AuthContext
from betterauth_py.plugins.jwt.options import JwtOptions, KeyChoice, KeyPairConfig
from betterauth_py.plugins.jwt.tables import JWKS
from betterauth_py.plugins.tools import (
    ALGORITHMS,
    BetterAuthError,
    InvalidJSONError,
    Key,
    SigningKey,
    UndecryptableError,
    current_endpoint_context,
    decrypt,
    encrypt,
    generate_key_pair,
    logger,
    parse,
    read_key,
    resolve,
    stringify_plainly,
    to_milliseconds,
)

Row = dict[str, Any]

KEPT_MS: Final = 5_000
"""Milliseconds for which keys that were read are believed to be all: what another process made or deleted is noticed
then. better-auth reads the table for every token."""
_FOREVER: Final = float("inf")
Find = Callable[[list[Row]], Row | None]


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
        self._chosen: dict[str, tuple[str, SigningKey]] = {}
        self._public: dict[str, tuple[str, Key | None]] = {}
        self._public_read_at = -_FOREVER

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
            row = self._newest(await self.rows()) or await self._made()
        finally:
            self._is_reading = False
        return self._used(row, now)

    async def rows(self) -> list[Row]:
        """Return all keys as they are stored, the oldest first."""
        get_jwks = self.options.adapter.get_jwks
        if get_jwks is None:
            found = await self._auth.rows.find_many(JWKS.name)
        else:
            found = await resolve(get_jwks(current_endpoint_context())) or []
        return sorted(found, key=lambda row: (row["createdAt"], row["id"]))

    async def chosen_key(self, choice: KeyChoice) -> SigningKey:
        """Return the key of an id or of an algorithm, straight from the table, as better-auth 1.7.25 chooses it.

        A key of an algorithm that the options name is made if there is none.

        Raises:
            UnusableKeyError: if there is none, or it is over.
        """
        rows = await self.rows()
        if choice.key_id is not None:
            row = next((row for row in rows if row["id"] == choice.key_id), None)
            if row is None:
                raise UnusableKeyError(f"There is no key {choice.key_id} to sign with.")
            if choice.algorithm not in {None, algorithm_of(row, self.options)}:
                raise UnusableKeyError(f"The key {choice.key_id} is none for {choice.algorithm}.")
            if end_of(row) <= self._now:
                raise UnusableKeyError(f"The key {choice.key_id} is over. Name another one, or none.")
        else:
            row = self._newest_for(choice.algorithm, rows)
            if row is None:
                kinds = {kind.alg: kind for kind in (self.options.key_kind, *self.options.jwks.key_pair_configs)}
                kind = next((kind for name, kind in kinds.items() if name == choice.algorithm), None)
                if kind is None:
                    raise UnusableKeyError(
                        f"There is no key for {choice.algorithm}. Add it to `plugins.jwt.jwks.key_pair_configs`, "
                        "and it is made."
                    )
                row = await self._made(kind, lambda found: self._newest_for(kind.alg, found))
        text, key = self._chosen.get(row["id"], ("", None))
        if key is None or text != row["privateKey"]:
            key = self._read_private_key(row)
            self._chosen[row["id"]] = (row["privateKey"], key)
        return key

    async def known_public_key(self, kid: str) -> Key | None:
        """Return the key of this id as it was read within the last seconds: for what every request asks."""
        if 0 <= self._now - self._public_read_at < KEPT_MS:
            return self._public.get(kid, ("", None))[1]
        self._public_read_at = self._now
        rows = await self.rows()
        self._public = {row["id"]: self._as_read(row) for row in rows}
        return self._public.get(kid, ("", None))[1]

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
        self._public[kid] = self._as_read(row)
        return self._public[kid][1]

    def _as_read(self, row: Row) -> tuple[str, Key | None]:
        # Reading a key costs more than using it; what is stored under an id hardly ever changes.
        known = self._public.get(row["id"])
        if known is not None and known[0] == row["publicKey"]:
            return known
        return row["publicKey"], read_key(public_jwk(row, self.options), ALGORITHMS)

    def _newest(self, rows: list[Row]) -> Row | None:
        """Return the newest key that is not over; one of the wanted algorithm goes before others."""
        live = [row for row in rows if end_of(row) > self._now]
        return self._newest_for(self.options.algorithm, live) or next(reversed(live), None)

    def _newest_for(self, algorithm: str | None, rows: list[Row]) -> Row | None:
        now = self._now
        live = (row for row in reversed(rows) if end_of(row) > now)
        return next((row for row in live if algorithm_of(row, self.options) == algorithm), None)

    async def _made(self, kind: KeyPairConfig | None = None, find: Find | None = None) -> Row:
        """Return a new key, unless somebody has made one meanwhile, which `find` finds: then that."""
        find, kind = find or self._newest, kind or self.options.key_kind
        if self._auth.database.in_transaction:
            # Who makes one meanwhile may wait for this transaction to end: waiting for him would be for ever.
            return await self._made_once(kind, find)
        async with self._making:
            return await self._made_once(kind, find)

    async def _made_once(self, kind: KeyPairConfig, find: Find) -> Row:
        if (made := find(await self.rows())) is not None:
            return made
        new_key = await self._new_key(kind)
        if self.options.adapter.create_jwk is not None:
            return await self._stored(new_key)
        database = self._auth.database
        async with database.transaction():
            await database.lock(JWKS.name)
            return find(await self.rows()) or await self._stored(new_key)

    async def _new_key(self, kind: KeyPairConfig) -> Row:
        # RSA keys take a while to find.
        pair = await asyncio.to_thread(generate_key_pair, kind.alg, kind.bits)
        private = pair.private
        if not self.options.jwks.disable_private_key_encryption:
            private = stringify_plainly(encrypt(private, self._auth.secrets)).decode()
        now, interval = self._auth.now(), self.options.jwks.rotation_interval
        row: Row = {"publicKey": pair.public, "privateKey": private, "createdAt": now, "alg": kind.alg}
        if interval:
            row["expiresAt"] = now + timedelta(seconds=interval)
        return row | ({"crv": pair.curve} if pair.curve else {})

    async def _stored(self, row: Row) -> Row:
        create_jwk = self.options.adapter.create_jwk
        if create_jwk is not None:
            stored: Row = await resolve(create_jwk(row, current_endpoint_context()))
            self._public_read_at = -_FOREVER
            return stored
        created = await self._auth.rows.create(
            JWKS.name, {**row, "id": self._auth.generate_id(JWKS.name)}, hooked=False
        )
        self._public_read_at = -_FOREVER
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
