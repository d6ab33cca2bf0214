"""What better-auth 1.7.25 does in each step of `node_client.mjs`."""

from typing import Any, NamedTuple

ADDRESS = "203.0.113.7"  # what the script claims in X-Forwarded-For

FIRST_TOKEN, ADA, FIRST_SESSION = "<random 1>", "<random 2>", "<random 3>"

SESSION = ("better-auth.session_token",)
CLEARED = (
    "better-auth.session_token=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax",
    "better-auth.session_data=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax",
    "better-auth.dont_remember=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax",
)


def week(token: str) -> tuple[str]:
    return (f"better-auth.session_token={token}.<signature>; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax",)


def date(moment: str) -> dict[str, str]:
    """A Date object: the client parsed the text of the answer."""
    return {"$date": f"<{moment}>"}


def user(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "email": "ada@example.com",
        "emailVerified": False,
        "image": None,
        "createdAt": date("now"),
        "updatedAt": date("now"),
        "id": ADA,
    }


def session(id: str, token: str, expires: str = "in 7 days") -> dict[str, Any]:
    return {
        "expiresAt": date(expires),
        "token": token,
        "createdAt": date("now"),
        "updatedAt": date("now"),
        "ipAddress": ADDRESS,
        "userAgent": "node",
        "userId": ADA,
        "id": id,
    }


def error(status: int, text: str, code: str, message: str) -> dict[str, Any]:
    return {"message": message, "code": code, "status": status, "statusText": text}


def invalid(message: str) -> dict[str, Any]:
    return error(400, "Bad Request", "VALIDATION_ERROR", message)


WRONG = error(401, "Unauthorized", "INVALID_EMAIL_OR_PASSWORD", "Invalid email or password")
UNAUTHORIZED = error(401, "Unauthorized", "UNAUTHORIZED", "Unauthorized")
NO_STRING = "Invalid input: expected string, received undefined"


class Step(NamedTuple):
    """One call of the client: the request line, the cookies it carried, those it got, and its two results."""

    name: str
    request: str
    cookies: tuple[str, ...] = ()
    set_cookie: tuple[str, ...] = ()
    data: Any = None
    error: dict[str, Any] | None = None


SIGN_IN = [
    Step("ok", "GET /ok", data={"ok": True}),
    Step("unknown path", "GET /no-such-endpoint", error={"status": 404, "statusText": "Not Found"}),
    Step("session of a stranger", "GET /get-session"),
    Step(
        "sign-up with an invalid e-mail",
        "POST /sign-up/email",
        error=invalid("[body.email] Invalid email address"),
    ),
    Step(
        "sign-up with missing fields",
        "POST /sign-up/email",
        error=invalid(f"[body.name] {NO_STRING}; [body.password] {NO_STRING}"),
    ),
    Step(
        "sign-up with a short password",
        "POST /sign-up/email",
        error=error(400, "Bad Request", "PASSWORD_TOO_SHORT", "Password too short"),
    ),
    Step(
        "sign-up",
        "POST /sign-up/email",
        set_cookie=week(FIRST_TOKEN),
        data={"token": FIRST_TOKEN, "user": user("Ada Lovelace")},
    ),
    Step(
        "session after sign-up",
        "GET /get-session",
        cookies=SESSION,
        data={"session": session(FIRST_SESSION, FIRST_TOKEN), "user": user("Ada Lovelace")},
    ),
    Step(
        "sign-up with a taken e-mail",
        "POST /sign-up/email",
        error=error(
            422,
            "Unprocessable Entity",
            "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL",
            "User already exists. Use another email.",
        ),
    ),
    Step("sign-out", "POST /sign-out", cookies=SESSION, set_cookie=CLEARED, data={"success": True}),
    Step("session after sign-out", "GET /get-session"),
    Step("sign-out without a session", "POST /sign-out", set_cookie=CLEARED, data={"success": True}),
    Step("sign-in with a wrong password", "POST /sign-in/email", error=WRONG),
    Step("sign-in with an unknown e-mail", "POST /sign-in/email", error=WRONG),
    Step(
        "sign-in with an invalid e-mail",
        "POST /sign-in/email",
        error=error(400, "Bad Request", "INVALID_EMAIL", "Invalid email"),
    ),
    Step("sign-in with missing fields", "POST /sign-in/email", error=invalid(f"[body.password] {NO_STRING}")),
    Step(
        "sign-in with other letter case",
        "POST /sign-in/email",
        set_cookie=week("<random 4>"),
        data={"redirect": False, "token": "<random 4>", "user": user("Ada Lovelace")},
    ),
    Step(
        "session after sign-in",
        "GET /get-session?disableCookieCache=true",
        cookies=SESSION,
        data={"session": session("<random 5>", "<random 4>"), "user": user("Ada Lovelace")},
    ),
    Step(
        "sign-in that is not remembered",
        "POST /sign-in/email",
        set_cookie=(
            "better-auth.session_token=<random 6>.<signature>; Path=/; HttpOnly; SameSite=Lax",
            "better-auth.dont_remember=true.<signature>; Path=/; HttpOnly; SameSite=Lax",
        ),
        data={"redirect": False, "token": "<random 6>", "user": user("Ada Lovelace")},
    ),
    Step(
        "session that is not remembered",
        "GET /get-session",
        cookies=(*SESSION, "better-auth.dont_remember"),
        data={"session": session("<random 7>", "<random 6>", "in 1 day"), "user": user("Ada Lovelace")},
    ),
    Step(
        "sign-in from a foreign origin",
        "POST /sign-in/email",
        error=error(403, "Forbidden", "INVALID_ORIGIN", "Invalid origin"),
    ),
    Step(
        "sign-in without an origin",
        "POST /sign-in/email",
        error=error(403, "Forbidden", "MISSING_OR_NULL_ORIGIN", "Missing or null Origin"),
    ),
    Step("session without an origin", "GET /get-session"),
]

ACCOUNT = [
    Step("list sessions without a session", "GET /list-sessions", error=UNAUTHORIZED),
    Step("update the user without a session", "POST /update-user", error=UNAUTHORIZED),
    Step(
        "sign-up",
        "POST /sign-up/email",
        set_cookie=week(FIRST_TOKEN),
        data={"token": FIRST_TOKEN, "user": user("Ada Lovelace")},
    ),
    Step(
        "update the user",
        "POST /update-user",
        cookies=SESSION,
        set_cookie=week(FIRST_TOKEN),
        data={"status": True},
    ),
    Step(
        "session after the update",
        "GET /get-session",
        cookies=SESSION,
        data={"session": session(FIRST_SESSION, FIRST_TOKEN), "user": user("Ada King")},
    ),
    Step(
        "sign-in on the phone",
        "POST /sign-in/email",
        set_cookie=week("<random 4>"),
        data={"redirect": False, "token": "<random 4>", "user": user("Ada King")},
    ),
    Step("revoke the phone", "POST /revoke-session", cookies=SESSION, data={"status": True}),
    Step("session of the phone", "GET /get-session", cookies=SESSION, set_cookie=CLEARED),
    Step("list sessions", "GET /list-sessions", cookies=SESSION, data=[session(FIRST_SESSION, FIRST_TOKEN)]),
    Step(
        "change the password with a wrong one",
        "POST /change-password",
        cookies=SESSION,
        error=error(400, "Bad Request", "INVALID_PASSWORD", "Invalid password"),
    ),
    Step(
        "change the password",
        "POST /change-password",
        cookies=SESSION,
        set_cookie=week("<random 5>"),
        data={"token": "<random 5>", "user": user("Ada King")},
    ),
    Step(
        "session after the change",
        "GET /get-session",
        cookies=SESSION,
        data={"session": session("<random 6>", "<random 5>"), "user": user("Ada King")},
    ),
    Step("sign-in with the old password", "POST /sign-in/email", error=WRONG),
]

SCENARIOS = {"sign-in": SIGN_IN, "account": ACCOUNT}
