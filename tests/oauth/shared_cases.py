"""The cases that every provider goes through; a provider's own are in its file under `cases`."""

from __future__ import annotations

from typing import Any

ABSENT: dict[str, Any] = {"$absent": True}
"""In a change: there is no such key."""

_EVERY_PARAMETER = {
    **dict.fromkeys(
        ("state", "client_id", "redirect_uri", "response_type", "code_challenge", "code_challenge_method", "nonce"),
        "evil",
    ),
    "scope": "evil",
    "custom": "a b~*é",
    **dict.fromkeys(
        ("login_hint", "prompt", "audience", "owner", "permissions", "hd", "access_type", "include_granted_scopes"),
        "own",
    ),
    **dict.fromkeys(("token_access_type", "config_id", "identity_provider", "lang", "appid", "client_key"), "own"),
    **dict.fromkeys(("claims", "duration", "display", "response_mode"), "own"),
}
_PAGE = "https://id.example.com/authorize?keep=%20x&%73cope=old&state=old&prompt=old#part"

AUTHORIZE: dict[str, dict[str, Any]] = {
    "plain": {},
    "scopes of the request": {"request": {"scopes": ["b", "a"]}},
    "scopes of both": {"options": {"scope": ["x", "y"]}, "request": {"scopes": ["b", "x"]}},
    "no default scopes": {"options": {"disableDefaultScope": True}},
    "own instead of default scopes": {"options": {"disableDefaultScope": True, "scope": ["x"]}},
    "login hint": {"request": {"loginHint": "ada+1@example.com"}},
    "prompt": {"options": {"prompt": "consent"}},
    "redirect URI of the options": {"options": {"redirectURI": "https://app.example.com/back?a=b"}},
    "another page": {"options": {"authorizationEndpoint": _PAGE}},
    "additional parameters": {"request": {"additionalParams": _EVERY_PARAMETER, "loginHint": "ada"}},
    "several client ids": {"options": {"clientId": ["first", "second"]}},
    "client key": {"options": {"clientKey": "key"}},
    "response mode": {"options": {"responseMode": "form_post"}},
    "no client id": {"options": {"clientId": None}},
    "no client secret": {"options": {"clientSecret": None}},
}

_ERROR = {"error": "invalid_grant", "error_description": "too late"}
_HTML = {"text": "<!doctype html><title>Login</title>", "type": "text/html; charset=utf-8"}
_ELSEWHERE = {"status": 302, "text": "", "headers": {"location": "https://elsewhere.example.com/"}}

TOKEN_ANSWERS: dict[str, dict[str, Any]] = {
    "error": {"status": 400, "json": _ERROR},
    "error with status 200": {"json": _ERROR},
    "error without JSON": {"status": 500, "text": "oops"},
    "HTML": _HTML,
    "redirect": _ELSEWHERE,
    "no answer": {"fails": True},
    "null": {"json": None},
    "list": {"json": ["a"]},
    "text": {"json": "a"},
    "octet stream": {"json": {"access_token": "t"}, "type": "application/octet-stream"},
}
LABELS: dict[str, str | None] = {
    "labelled as text": "text/plain",
    "labelled as more than JSON": "application/problem+json; charset=utf-8",
    "without a label": None,
}
TOKEN_CHANGES: dict[str, dict[str, Any]] = {
    "lifetime as a text": {"expires_in": "120"},
    "lifetime of nothing": {"expires_in": 0},
    "lifetime of the text 0": {"expires_in": "0"},
    "lifetime in the past": {"expires_in": -5},
    "lifetime with a fraction": {"expires_in": 1.5},
    "lifetime as a word": {"expires_in": "soon"},
    "no lifetime": {"expires_in": ABSENT},
    "lifetime of the refresh token": {"refresh_token": "r", "refresh_token_expires_in": 600},
    "scopes as a list": {"scope": ["a ", "", 7, "b"]},
    "scopes with blanks": {"scope": "  a \t b\n"},
    "scopes as a number": {"scope": 7},
    "no scopes": {"scope": ABSENT},
    "no refresh token": {"refresh_token": ABSENT},
    "ID token": {"id_token": "a.b.c", "token_type": "DPoP"},
}
EXCHANGE_OPTIONS: dict[str, dict[str, Any]] = {
    "plain": {},
    "device id": {"request": {"deviceId": "device"}},
    "client key": {"options": {"clientKey": "key"}},
    "redirect URI of the options": {"options": {"redirectURI": "https://app.example.com/back?a=b"}},
    "secret with signs": {"options": {"clientId": "i d:~*", "clientSecret": "a b~*:é%+"}},
    "several client ids": {"options": {"clientId": ["first", "second"]}},
}
REFRESH_OPTIONS: dict[str, dict[str, Any]] = {
    **{name: EXCHANGE_OPTIONS[name] for name in ("plain", "client key", "secret with signs", "several client ids")},
    "by a function of the options": {"options": {"refreshAccessToken": {"$fn": "ownTokens"}}},
}

PROFILE_ANSWERS: dict[str, dict[str, Any]] = {
    "error": {"status": 401, "json": {"message": "Bad credentials"}},
    "error without JSON": {"status": 503, "text": "oops"},
    "no answer": {"fails": True},
    "nothing": {"json": {}},
    "null": {"json": None},
}
"""Answered in the place of a profile."""
NO_PROFILE: dict[str, dict[str, Any]] = {
    "HTML": _HTML,
    "redirect": _ELSEWHERE,
    "list": {"json": ["a"]},
    "text": {"json": "a"},
    "octet stream": {"json": {"a": 1}, "type": "application/octet-stream"},
}
"""What better-auth may take for a profile and this server refuses."""
FIELD_VALUES: dict[str, Any] = {
    "absent": ABSENT,
    "null": None,
    "empty": "",
    "a number": 7,
    "an object": {"a": 1},
    "true": True,
    "the text true": "true",
}
SUBJECTS: dict[str, Any] = {
    "absent": ABSENT,
    "null": None,
    "empty": "",
    "blank": "  ",
    "the text undefined": "undefined",
    "zero": 0,
    "a number": 7,
    "a fraction": 1.5,
}
NO_SUBJECTS: dict[str, Any] = {
    "true": True,
    "a list": ["x"],
    "an object": {"a": 1},
    "a large number": 12345678901234567890,
}
"""What better-auth turns into one text for several users, and this server refuses."""
USER_OPTIONS: dict[str, dict[str, Any]] = {
    "plain": {},
    "mapped": {"options": {"mapProfileToUser": {"$fn": "mapped"}}},
    "mapped to nothing": {"options": {"mapProfileToUser": {"$fn": "mappedToNothing"}}},
    "mapped to no address": {"options": {"mapProfileToUser": {"$fn": "noEmail"}}},
    "own user by get_user_info": {"options": {"getUserInfo": {"$fn": "ownUser"}}},
    "nobody by get_user_info": {"options": {"getUserInfo": {"$fn": "nobody"}}},
    "user that the provider posts": {
        "request": {"user": {"name": {"firstName": "Ada", "lastName": "L"}, "email": "p@x.y"}}
    },
}

# Of ID tokens that clients send: what is changed in the claims, the header, or the request. Times are seconds from now.
ID_TOKENS: dict[str, dict[str, Any]] = {
    "good": {},
    "good, with an access token": {"request": {"accessToken": "access"}},
    "good, with a nonce": {"claims": {"nonce": "nonce"}, "request": {"nonce": "nonce"}},
    "with a nonce that nobody expects": {"claims": {"nonce": "nonce"}},
    "of another nonce": {"claims": {"nonce": "other"}, "request": {"nonce": "nonce"}},
    "without the nonce": {"request": {"nonce": "nonce"}},
    "with a number as nonce": {"claims": {"nonce": 7}, "request": {"nonce": "7"}},
    "with the hash of the nonce": {
        "claims": {"nonce": "78377b525757b494427f89014f97d79928f3938d14eb51e20fb5dec9834eb304"},
        "request": {"nonce": "nonce"},
    },
    "of another issuer": {"claims": {"iss": "https://evil.example.com"}},
    "for another application": {"claims": {"aud": "other"}},
    "for several applications": {"claims": {"aud": ["other", "client-id"]}},
    "for no application": {"claims": {"aud": []}},
    **{f"without {name}": {"claims": {name: ABSENT}} for name in ("iss", "sub", "aud", "exp", "iat")},
    "over for 20 s": {"times": {"exp": -20}},
    "over for 30 s": {"times": {"exp": -30}},
    "over for 40 s": {"times": {"exp": -40}},
    "issued in 20 s": {"times": {"iat": 20}},
    "issued in 40 s": {"times": {"iat": 40}},
    "issued an hour ago": {"times": {"iat": -3600}},
    "issued an hour and 29 s ago": {"times": {"iat": -3629}},
    "issued an hour and 31 s ago": {"times": {"iat": -3631}},
    "from in 20 s on": {"times": {"nbf": 20}},
    "from in 40 s on": {"times": {"nbf": 40}},
    "with a text as end": {"claims": {"exp": "tomorrow"}},
    "unsigned": {"header": {"alg": "none"}},
    "of a symmetric algorithm": {"header": {"alg": "HS256"}},
    "of another algorithm": {"header": {"alg": "RS384"}},
    "of an unknown key": {"header": {"kid": "other"}},
    "signed by another key": {"key": "other"},
    "of two parts": {"token": "a.b"},
    "of rubbish": {"token": "a.b.c"},
    "opaque": {"token": "opaque"},
    "empty": {"token": ""},
    "where it is turned off": {"options": {"disableIdTokenSignIn": True}},
    "believed by the options": {"options": {"verifyIdToken": {"$fn": "believe"}}, "request": {"nonce": "nonce"}},
    "not believed by the options": {"options": {"verifyIdToken": {"$fn": "believe"}}},
    "for the second of several client ids": {"options": {"clientId": ["first", "client-id"]}},
}
KEY_ANSWERS: dict[str, dict[str, Any]] = {
    "no answer": {"fails": True},
    "error": {"status": 500, "text": "oops"},
    "HTML": _HTML,
    "redirect": _ELSEWHERE,
    "no keys": {"json": {"keys": []}},
    "rubbish": {"json": {"keys": [{"kid": "key-1", "kty": "RSA"}]}},
}

# The options of generic-oauth that are another's under another name, and those of others that it does not have.
_GENERIC_NAMES = {"scope": "scopes", "authorizationEndpoint": "authorizationUrl"}
_NOT_GENERIC = {"disableDefaultScope", "clientKey", "verifyIdToken", "disableIdTokenSignIn", "refreshAccessToken"}


def suits_generic(case: dict[str, Any]) -> bool:
    """Tell whether a case makes sense for a provider of generic-oauth, which has one client id and other options."""
    options = case.get("options", {})
    return not _NOT_GENERIC & set(options) and not isinstance(options.get("clientId"), list)


def for_generic(case: dict[str, Any]) -> dict[str, Any]:
    """Return a case with generic-oauth's names of options."""
    if "options" not in case:
        return case
    return {**case, "options": {_GENERIC_NAMES.get(name, name): value for name, value in case["options"].items()}}
