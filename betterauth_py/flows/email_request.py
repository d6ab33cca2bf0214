"""Requesting a change of e-mail address."""

from __future__ import annotations

from enum import Enum

from betterauth_py.core.auth_context import logger
from betterauth_py.core.caller import Caller
from betterauth_py.core.refusals import RefusedError
from betterauth_py.flows.email_change import store_address
from betterauth_py.flows.mailed_tokens import CONFIRMATION, VERIFICATION, change_token
from betterauth_py.flows.security_log import record
from betterauth_py.flows.session import require_living_session
from betterauth_py.flows.verification_mail import send_verification_email
from betterauth_py.security_events import SecurityEvent
from betterauth_py.store.errors import NotStoredError
from betterauth_py.store.hooks import Row


class ChangeRefusal(Enum):
    """Why a change of address is refused."""

    SAME_ADDRESS = "SAME_ADDRESS"
    NO_MAIL = "VERIFICATION_EMAIL_NOT_ENABLED"
    """The options cannot send the mail that it needs."""


class ChangeRefusedError(RefusedError):
    """A change of address is refused."""

    refusal: ChangeRefusal


async def request_email_change(
    caller: Caller, session: Row, user: Row, new_email: str, callback_url: str | None
) -> Row | None:
    """Change the address at once, or mail the link that does; the result does not reveal a taken address.

    Return the changed user if the change was made at once, else None.

    Raises:
        ChangeRefusedError: if it is the same address, or the options cannot send mail.
        SessionEndedError: if the session of the request has ended meanwhile.
    """
    auth, options = caller.auth, caller.auth.options.user.change_email
    if new_email == user["email"]:
        logger.warning("A change of address was refused: it is the same address")
        raise ChangeRefusedError(ChangeRefusal.SAME_ADDRESS)
    at_once = not user["emailVerified"] and options.update_email_without_verification
    send_verification = auth.options.email_verification.send_verification_email
    confirm = options.send_change_email_confirmation if send_verification and user["emailVerified"] else None
    if not at_once and send_verification is None:
        logger.error("An e-mail address cannot be changed: set email_verification.send_verification_email")
        raise ChangeRefusedError(ChangeRefusal.NO_MAIL)
    if await auth.users.exists(new_email):
        logger.info("Attempt to change to an e-mail address that is taken")
        return None

    async def still_signed_in() -> bool:
        return await auth.sessions.find_with_user(session["token"], fresh=True) is not None

    if at_once:
        return await _change_at_once(caller, session, user, new_email, callback_url)
    if confirm is not None:
        send_verification_email(
            caller,
            user,
            callback_url,
            token=lambda: change_token(auth, user, new_email, CONFIRMATION, still_signed_in),
            send=confirm,
            new_email=new_email,
        )
    else:
        send_verification_email(
            caller,
            {**user, "email": new_email},
            callback_url,
            token=lambda: change_token(auth, user, new_email, VERIFICATION, still_signed_in),
        )
    return None


async def _change_at_once(
    caller: Caller, session: Row, user: Row, new_email: str, callback_url: str | None
) -> Row | None:
    auth = caller.auth
    try:
        async with auth.database.transaction():
            current = await auth.users.find(user["id"], lock=True)
            if current is None or current["email"] != user["email"] or current["emailVerified"]:
                # Changed or verified in the meantime: a verified address is not changed at once.
                return None
            await require_living_session(auth, session["token"])
            stored = await store_address(auth, user, {"email": new_email})
    except NotStoredError:
        # Taken in the meantime: same answer as for an address that was taken before.
        return None
    if stored is not None:
        record(caller, SecurityEvent.EMAIL_CHANGED, user)
    changed = {**user, "email": new_email}
    send_verification_email(caller, changed, callback_url)
    return changed
