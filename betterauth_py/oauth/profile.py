"""Users as providers describe them: fetching a profile, and mapping it to the fields of a user."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from betterauth_py.awaiting import resolve
from betterauth_py.javascript.plain_json import number_text
from betterauth_py.javascript.values import UNDEFINED, trim, well_formed
from betterauth_py.oauth.errors import OAuthError
from betterauth_py.oauth.id_token import read_claims
from betterauth_py.oauth.provider import ProfileMap, Source, UserInfoRequest
from betterauth_py.oauth.tokens import JsonObject, OAuthUser, Tokens
from betterauth_py.wire.coercion import to_text
from betterauth_py.wire.validation.formats import is_email

if TYPE_CHECKING:
    from betterauth_py.oauth.social_provider import SocialProvider

logger = logging.getLogger("betterauth")
_FIRST_ROUNDED: Final = 2**53


async def find_user(social: SocialProvider, tokens: Tokens) -> OAuthUser | None:
    """Return the user that the tokens belong to, or None if the provider does not say (the reason is logged).

    Raises:
        Exception: what a function of the options raises.
    """
    provider, options = social.provider, social.options
    try:
        if options.get_user_info is not None:
            if provider.check_tokens is not None and not await provider.check_tokens(social, tokens):
                return None
            return await _given_user(await resolve(options.get_user_info(tokens)), provider.profile, tokens)
        profile, besides = await fetch_profile(social, tokens)
        fields = {name: value_at(profile, source) for name, source in provider.profile.user.items()} | besides
        if options.map_profile_to_user is not None:
            fields |= await resolve(options.map_profile_to_user(profile)) or {}
        known = {name: value for name, value in fields.items() if value is not UNDEFINED}
        if provider.profile.completed is not None:
            known = provider.profile.completed(profile, known)
    except OAuthError as error:
        logger.error("The profile of a user of %s is not to be had: %s", provider.name, error)
        return None
    return OAuthUser(fields=known, profile=profile, subject=await _subject(provider.profile, profile, tokens))


async def fetch_profile(social: SocialProvider, tokens: Tokens) -> tuple[JsonObject, JsonObject]:
    """Return the profile of the tokens' user, and the user's fields that are not in it.

    Raises:
        OAuthError: if the provider gives no usable answer.
    """
    provider = social.provider
    if provider.fetch_profile is not None:
        return await provider.fetch_profile(social, tokens)
    if provider.user_info is None:
        return claims_of(tokens, provider.profile), {}
    return await request_profile(social, provider.user_info, tokens), {}


async def request_profile(social: SocialProvider, request: UserInfoRequest, tokens: Tokens) -> JsonObject:
    """Return the profile that the provider answers a request with.

    Raises:
        OAuthError: if its answer is an error, or not the object that it documents.
    """
    if not tokens.access_token:
        raise OAuthError("there is no access token")
    headers = {**request.headers, "authorization": f"Bearer {tokens.access_token}"}
    answer = await social.http.send(request.method, request.url, headers=headers, body=request.body)
    return _accepted(answer.object, social.provider.profile)


def claims_of(tokens: Tokens, shape: ProfileMap) -> JsonObject:
    """Return the profile that the ID token claims.

    Raises:
        OAuthError: if there is no ID token, or its user may not sign in.
    """
    return _accepted(read_claims(tokens.id_token), shape)


def _accepted(answer: JsonObject | None, shape: ProfileMap) -> JsonObject:
    """Return the profile in an answer, or in the claims of an ID token."""
    if answer is None:
        raise OAuthError("the answer is an error, or not the object that it should be")
    if shape.accepts is not None and not shape.accepts(answer):
        raise OAuthError("the answer does not fit the options, or says itself that it is none")
    profile = value_at(answer, shape.within)
    if not isinstance(profile, dict):
        raise OAuthError(f"the answer has no {'.'.join(map(str, shape.within))}")
    return profile


async def _given_user(given: Any, shape: ProfileMap, tokens: Tokens) -> OAuthUser | None:
    """Return the user that a `get_user_info` of the options has returned."""
    if not isinstance(given, dict) or not isinstance(given.get("user"), dict):
        return None
    profile = given.get("data")
    profile = profile if isinstance(profile, dict) else {}
    return OAuthUser(fields=given["user"], profile=profile, subject=await _subject(shape, profile, tokens))


async def _subject(shape: ProfileMap, profile: JsonObject, tokens: Tokens) -> str | None:
    """Return the provider's id of the user as a string, or None if it does not identify one user.

    A number beyond 2^53 does not: JSON parsers round it, so that several users would share it. Nor does a string with
    a lone surrogate, which a database stores as U+FFFD, like every other one.
    """
    if shape.identify is not None:
        value = await resolve(shape.identify(profile, tokens))
    else:
        value = value_at(profile, shape.subject)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return number_text(float(value)) if abs(value) < _FIRST_ROUNDED else None
    if not isinstance(value, str) or not trim(value) or value in ("undefined", "null") or value != well_formed(value):
        return None
    return value


def value_at(profile: Any, source: Source) -> Any:
    """Return the value that a source names; `UNDEFINED` if the profile has none."""
    if callable(source):
        return source(profile)
    if isinstance(source, bool):
        return source
    value = profile
    for key in (source,) if isinstance(source, str) else source:
        if isinstance(key, int):
            value = value[key] if isinstance(value, list) and key < len(value) else UNDEFINED
        else:
            value = value.get(key, UNDEFINED) if isinstance(value, dict) else UNDEFINED
    return value


def first_of(*sources: Source, default: Any = UNDEFINED) -> Callable[[JsonObject], Any]:
    """Return a source of the first value that JavaScript's `||` would choose, else `default` or the last value."""

    def first(profile: JsonObject) -> Any:
        value: Any = UNDEFINED
        for source in sources:
            value = value_at(profile, source)
            if _is_truthy(value):
                return value
        return value if default is UNDEFINED else default

    return first


def known_of(*sources: Source, default: Any = UNDEFINED) -> Callable[[JsonObject], Any]:
    """Return a source of the first value that JavaScript's `??` would choose, else `default` or the last value."""

    def known(profile: JsonObject) -> Any:
        value: Any = UNDEFINED
        for source in sources:
            value = value_at(profile, source)
            if value is not None and value is not UNDEFINED:
                return value
        return value if default is UNDEFINED else default

    return known


def all_set(*sources: Source) -> Callable[[JsonObject], bool]:
    """Return a source that is true if all of the values are true to JavaScript's `&&`."""
    return lambda profile: all(_is_truthy(value_at(profile, source)) for source in sources)


def _is_truthy(value: Any) -> bool:
    return bool(value) or isinstance(value, dict | list)


def placeholder_email(subject: Any, provider_id: str) -> str:
    """Return an undeliverable address (RFC 6761, 6.4), for a provider that gives none.

    Raises:
        OAuthError: if the id cannot be part of an address.
    """
    address = f"{to_text(subject)}@{provider_id}.placeholder.invalid"
    if not is_email(address):
        raise OAuthError("the id of the user makes no placeholder of an address")
    return address


def boolean_of(value: Any) -> bool | None:
    """Return a boolean, which some providers send as a string; None if it is neither."""
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(value) if isinstance(value, str) else None
