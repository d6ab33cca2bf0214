"""A session and its user: frozen, typed, with every field the auth server sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from re import compile as compile_pattern
from typing import Any, ClassVar, Final, Generic, NoReturn, Self, TypeVar, overload

from betterauth_py.javascript.plain_json import revive_dates

T = TypeVar("T")

_UNDERSCORE: Final = compile_pattern(r"_([a-z0-9])")


class Field(Generic[T]):
    """An attribute that reads one field of a record."""

    def __init__(self, wire_name: str, *, may_lack: bool = False) -> None:
        """Read the field that better-auth calls `wire_name`; a record that `may_lack` it has None."""
        self.wire_name = wire_name
        self.may_lack = may_lack

    @overload
    def __get__(self, record: None, owner: type) -> Self: ...
    @overload
    def __get__(self, record: Record, owner: type) -> T: ...
    def __get__(self, record: Record | None, owner: type) -> Self | T:
        """Return the value.

        Raises:
            AttributeError: if the record does not have it.
        """
        if record is None:
            return self
        try:
            value: T = record[self.wire_name]
        except KeyError:
            if self.may_lack:
                # A server without a database leaves out what has no value.
                return None  # type: ignore[return-value]
            raise AttributeError(self.wire_name) from None
        return value

    def __set__(self, record: Record, value: object) -> NoReturn:
        """Refuse, because records are immutable."""
        raise AttributeError(f"{type(record).__name__} is frozen")


class Record(Mapping[str, Any]):
    """Fields by the names that better-auth sends (`record["emailVerified"]`), and as attributes.

    Attributes may be written as better-auth does or in snake_case: `user.favoriteColor`, `user.favorite_color`.
    """

    __slots__ = ("_fields",)
    _fields: dict[str, Any]
    core: ClassVar[frozenset[str]] = frozenset()
    """The fields that better-auth itself defines."""
    texts: ClassVar[frozenset[str]] = frozenset()
    """Those of them that are strings even if they look like dates."""

    def __init__(self, fields: Mapping[str, Any]) -> None:
        """Create a record with a copy of `fields`, under better-auth's names."""
        _hold(self, dict(fields))

    @classmethod
    def of(cls, fields: dict[str, Any]) -> Self:
        """Create a record with `fields` themselves, which must not be shared."""
        record = cls.__new__(cls)
        _hold(record, fields)
        return record

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> Self:
        """Create a record from parsed JSON; date strings become dates, except in string fields."""
        return cls.of({name: value if name in cls.texts else revive_dates(value) for name, value in fields.items()})

    @property
    def extra(self) -> dict[str, Any]:
        """The fields that plugins and the options of the auth server have added."""
        return {name: value for name, value in self._fields.items() if name not in self.core}

    def __getitem__(self, name: str) -> Any:
        return self._fields[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def __getattr__(self, name: str) -> Any:
        if name == "_fields":
            raise AttributeError(name)
        for wire_name in (name, _UNDERSCORE.sub(lambda match: match[1].upper(), name)):
            if wire_name in self._fields:
                return self._fields[wire_name]
        msg = f"This {type(self).__name__.lower()} has no field {name!r}. Fields: {', '.join(self._fields)}."
        raise AttributeError(msg)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen")

    def __hash__(self) -> int:
        return hash((type(self), self._fields.get("id")))

    def __reduce__(self) -> tuple[type[Self], tuple[dict[str, Any]]]:
        return type(self), (self._fields,)


# Sets the fields of a record, bypassing its own `__setattr__`, which refuses.
_hold: Final = vars(Record)["_fields"].__set__


class User(Record):
    """The signed-in user. From a JWT it has only the fields that the auth server's `definePayload` set."""

    __slots__ = ()
    core = frozenset({"id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt"})
    texts = frozenset({"id", "name", "email", "image"})

    id = Field[str]("id")
    name = Field[str]("name")
    email = Field[str]("email")
    email_verified = Field[bool]("emailVerified")
    image = Field["str | None"]("image", may_lack=True)
    created_at = Field[datetime]("createdAt")
    updated_at = Field[datetime]("updatedAt")

    def __repr__(self) -> str:
        """Show the id and nothing personal."""
        return f"User(id={self._fields.get('id')!r})"


class Session(Record):
    """The session of a request. A session from a JWT has only `user_id`, `expires_at` and perhaps `created_at`."""

    __slots__ = ()
    core = frozenset({"id", "userId", "token", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent"})
    texts = frozenset({"id", "userId", "token", "ipAddress", "userAgent"})

    id = Field[str]("id")
    user_id = Field[str]("userId")
    token = Field[str]("token")
    """The secret token in the session's cookie."""
    expires_at = Field[datetime]("expiresAt")
    created_at = Field[datetime]("createdAt")
    updated_at = Field[datetime]("updatedAt")
    ip_address = Field["str | None"]("ipAddress", may_lack=True)
    user_agent = Field["str | None"]("userAgent", may_lack=True)

    def __repr__(self) -> str:
        """Show the id, without the token."""
        shown = {name: self._fields.get(name) for name in ("id", "userId", "expiresAt")}
        return f"Session(id={shown['id']!r}, user_id={shown['userId']!r}, expires_at={shown['expiresAt']!s})"


@dataclass(frozen=True, slots=True, init=False)
class VerifiedSession:
    """A verified session and its user."""

    session: Session
    user: User
    set_cookies: tuple[str, ...] = field(default=(), repr=False)
    """`Set-Cookie` values of the auth service, for the answer to the browser: refreshed cookies."""
    source: str = ""
    """The source that found it: `remote`, `database`, `cookie cache`, `jwt` or `redis`."""
    claims: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """The claims of the JWT, if it was one."""

    def __init__(
        self,
        session: Session,
        user: User,
        set_cookies: tuple[str, ...] = (),
        source: str = "",
        claims: Mapping[str, Any] | None = None,
    ) -> None:
        """Create it; hand-written, because the dataclass's own method takes twice as long."""
        set_session, set_user, set_set_cookies, set_source, set_claims = _SETTERS
        set_session(self, session)
        set_user(self, user)
        set_set_cookies(self, set_cookies)
        set_source(self, source)
        set_claims(self, {} if claims is None else claims)


_SETTERS: Final = tuple(vars(VerifiedSession)[name].__set__ for name in VerifiedSession.__slots__)
