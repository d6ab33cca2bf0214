"""The options of the servers that the client talks to, under better-auth's names; functions as `{"$fn": name}`."""

from __future__ import annotations

from typing import Any

Profile = dict[str, Any]

CHEAP_PASSWORDS = {"hash": {"$fn": "digestHash"}, "verify": {"$fn": "digestVerify"}}
_USER_FIELDS = {
    "nickname": {"type": "string", "required": False},
    "bornAt": {"type": "date", "required": False},
    "age": {"type": "number", "required": False},
    "role": {"type": "string", "input": False, "defaultValue": "member"},
    "internal": {"type": "string", "required": False, "input": False},
}

PLAIN: Profile = {"emailAndPassword": {"enabled": True}}

MAILED: Profile = {
    "emailAndPassword": {
        "enabled": True,
        "password": CHEAP_PASSWORDS,
        "sendResetPassword": {"$fn": "sendResetPassword"},
    },
    "emailVerification": {"sendVerificationEmail": {"$fn": "sendVerificationEmail"}},
    "user": {
        "changeEmail": {"enabled": True},
        "deleteUser": {"enabled": True, "beforeDelete": {"$fn": "refuseDelete"}},
        "additionalFields": _USER_FIELDS,
    },
    "session": {"additionalFields": {"device": {"type": "string", "required": False}}},
    "account": {"accountLinking": {"allowUnlinkingAll": True}},
}

CONFIRMED: Profile = {
    "emailAndPassword": {
        "enabled": True,
        "password": CHEAP_PASSWORDS,
        "requireEmailVerification": True,
        "revokeSessionsOnPasswordReset": True,
        "sendResetPassword": {"$fn": "sendResetPassword"},
        "onPasswordReset": {"$fn": "onPasswordReset"},
        "onExistingUserSignUp": {"$fn": "onExistingUserSignUp"},
    },
    "emailVerification": {
        "sendVerificationEmail": {"$fn": "sendVerificationEmail"},
        "sendOnSignUp": True,
        "sendOnSignIn": True,
        "autoSignInAfterVerification": True,
    },
    "user": {
        "changeEmail": {"enabled": True, "sendChangeEmailConfirmation": {"$fn": "sendChangeEmailConfirmation"}},
        "deleteUser": {
            "enabled": True,
            "sendDeleteAccountVerification": {"$fn": "sendDeleteAccountVerification"},
        },
    },
}

VIEWS: Profile = {
    "emailAndPassword": {
        "enabled": True,
        "password": CHEAP_PASSWORDS,
        "sendResetPassword": {"$fn": "sendResetPassword"},
    },
    "emailVerification": {"sendVerificationEmail": {"$fn": "sendVerificationEmail"}},
    "user": {
        "changeEmail": {"enabled": True},
        "deleteUser": {
            "enabled": True,
            "sendDeleteAccountVerification": {"$fn": "sendDeleteAccountVerification"},
        },
    },
}
"""What the views of better-auth-ui need."""

PLUGIN_VIEWS: Profile = {
    **VIEWS,
    "plugins": {
        "magic-link": {"sendMagicLink": {"$fn": "sendMagicLink"}},
        "email-otp": {"sendVerificationOTP": {"$fn": "sendVerificationOTP"}},
        # A name, since the adapter of the reference's memory leaves out what is null.
        "passkey": {"rpName": "Example", "registration": {"afterVerification": {"$fn": "nameOfPasskey"}}},
        "multi-session": {},
    },
}
"""What its views of plugins need besides."""

STRICT: Profile = {
    "emailAndPassword": {"enabled": True, "password": CHEAP_PASSWORDS},
    "session": {"freshAge": 1, "updateAge": 0, "deferSessionRefresh": True, "cookieCache": {"enabled": True}},
    "user": {"deleteUser": {"enabled": True}},
    "rateLimit": {"enabled": True, "customRules": {"/sign-in/email": {"window": 10, "max": 2}}},
}

CLOSED: Profile = {"basePath": "/accounts", "emailAndPassword": {"enabled": False}}

CROSS_SITE: Profile = {
    **MAILED,
    "advanced": {"defaultCookieAttributes": {"sameSite": "none", "secure": True, "partitioned": True}},
}
"""For a page on another site, in a browser that keeps no cookies of third parties: a cookie for that page alone."""

SOCIAL: Profile = {
    "emailAndPassword": {"enabled": True, "password": CHEAP_PASSWORDS},
    "socialProviders": {
        "google": {
            "clientId": "the-client",
            "clientSecret": "the-secret",
            "verifyIdToken": {"$fn": "isNotBad"},
            "getUserInfo": {"$fn": "userOfTokens"},
            "refreshAccessToken": {"$fn": "freshTokens"},
        }
    },
}
"""A provider whose answers are functions: nothing of it is asked over the network."""
