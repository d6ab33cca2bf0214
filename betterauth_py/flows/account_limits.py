"""Rate limits per account, besides those per client: wrong passwords for one account, mails to one address.

Neither locks a user out (OWASP, Blocking Brute Force Attacks): wrong passwords from elsewhere do not count against a
client from whose network the account has a session; a refused user can still reset the password by mail; and while no
more mails are sent, the link in the last one works.
"""

from __future__ import annotations

from asyncio import gather
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from betterauth_py.core.auth_context import logger
from betterauth_py.core.caller import Caller
from betterauth_py.core.refusals import TooManyTriesError
from betterauth_py.options.rate_limit import ForgettingRateLimitStorage, RateLimitRule
from betterauth_py.store.hooks import Row
from betterauth_py.store.rate_limits import ACCOUNT_PREFIX

FindUser = Callable[[], Awaitable[Row | None]]

# All clients together may try this many times as often as one client.
_CLIENTS: Final = 5
# All addresses of one mailbox together may get this many times as many mails as one address.
_ADDRESSES: Final = 4
_GOOGLE: Final = ("gmail.com", "googlemail.com")


@dataclass(frozen=True)
class PasswordTry:
    """One try at an account's password; it counts as wrong until it is known to be right."""

    storage: ForgettingRateLimitStorage
    keys: tuple[str, ...] = ()

    async def succeeded(self) -> None:
        """Reset the counts of wrong passwords: this client's and that of all clients."""
        # At once, to take the time of one. Counting goes one by one: a try that the first count refuses must not reach
        # the second, or one client could use up the limit of all.
        if self.keys:
            await gather(*map(self.storage.forget, self.keys))


async def count_password_try(caller: Caller, account: str, find_user: FindUser | None = None) -> PasswordTry:
    """Count one try at the password of an account, whether or not the account exists.

    In-process calls are not counted, nor are clients with an unknown address: all of them would share one count.

    Args:
        caller: the call.
        account: the key of the account: the e-mail address, or a text that cannot be an address.
        find_user: finds the account's user. None: by the e-mail address.

    Raises:
        TooManyTriesError: after too many wrong passwords.
    """
    limiter = caller.auth.rate_limiter
    account_try = _try_of(caller, account)
    rule = limiter.account_rule
    if rule is None or not account_try.keys:
        return account_try
    of_client, of_all = account_try.keys
    await _consume(caller, of_client, rule)
    if caller.session is None:
        together = RateLimitRule(window=rule.window, max=rule.max * _CLIENTS)
        decision = await limiter.accounts.consume(of_all, together)
        find = find_user or (lambda: caller.auth.users.find_by_email(account.lower()))
        if not decision.allowed and not await is_known_network(caller, find):
            raise _refusal(caller, together, decision.retry_after)
    return account_try


async def forget_wrong_passwords(caller: Caller, email: str) -> None:
    """Reset the counts of wrong passwords: the account's owner has just authenticated."""
    await _try_of(caller, email).succeeded()


async def may_mail(caller: Caller, what: str, data: Mapping[str, Any], life: float | None) -> bool:
    """Count one mail of a kind to the user of `data`; return whether it may be sent.

    Args:
        caller: the call.
        what: the kind of mail.
        data: the data for its sender.
        life: seconds for which its link works, where that may be less than the window of the rule.
    """
    rule = caller.auth.rate_limiter.mail_rule
    if rule is None or caller.request is None:
        return True
    if life is not None:
        rule = RateLimitRule(window=max(1, min(rule.window, int(life))), max=rule.max)
    address = str(data["user"]["email"])
    if not (await caller.auth.rate_limiter.accounts.consume(_mail_key(what, address), rule)).allowed:
        logger.warning("Did not %s: more than %d to one address in %d s", what, rule.max, rule.window)
        return False
    together = RateLimitRule(window=rule.window, max=rule.max * _ADDRESSES)
    if not await _may_mail_mailbox(caller, what, address, together):
        logger.warning("Did not %s: more than %d to one mailbox in %d s", what, together.max, together.window)
        return False
    return True


async def _may_mail_mailbox(caller: Caller, what: str, address: str, rule: RateLimitRule) -> bool:
    """Count a mail to an address that is one of many of its mailbox; return whether it may be sent.

    Anybody can make up such addresses. Users who have verified theirs get their mails whatever others ask for.
    """
    mailbox = mailbox_of(address)
    if mailbox is None or (await caller.auth.rate_limiter.accounts.consume(_mail_key(what, mailbox), rule)).allowed:
        return True
    user = await caller.auth.users.find_by_email(address.lower())
    return user is not None and bool(user["emailVerified"])


def mailbox_of(address: str) -> str | None:
    """Return a name for the mailbox that an address leads to as one of many; None if it is the mailbox's own.

    Most servers ignore a `+` and what follows it (RFC 5233), and Google also dots. The name is no address: what goes to
    the mailbox's own address is counted apart.
    """
    local, at, domain = address.lower().rpartition("@")
    own, is_google = local.partition("+")[0] or local, domain in _GOOGLE
    if is_google:
        own, domain = own.replace(".", ""), _GOOGLE[0]
    return f"mailbox {own}{at}{domain}" if is_google or own != local else None


async def forget_mails(caller: Caller, what: str, data: Mapping[str, Any]) -> None:
    """Reset the count of mails of a kind to the user of `data`: one could not be sent, so perhaps no link works."""
    if caller.auth.rate_limiter.mail_rule is not None and caller.request is not None:
        address = str(data["user"]["email"])
        mailbox = mailbox_of(address)
        for counted in (address, mailbox) if mailbox is not None else (address,):
            await caller.auth.rate_limiter.accounts.forget(_mail_key(what, counted))


def _mail_key(what: str, address: str) -> str:
    return f"{ACCOUNT_PREFIX}{_digest(address)}|{what}"


def _try_of(caller: Caller, email: str) -> PasswordTry:
    limiter = caller.auth.rate_limiter
    # A signed-in client is counted by its session, because an IP address is easily changed.
    client = f"session {_digest(caller.session[0]['token'])}" if caller.session is not None else caller.client_ip()
    if limiter.account_rule is None or caller.request is None or client is None:
        return PasswordTry(limiter.accounts)
    account = f"{ACCOUNT_PREFIX}{_digest(email)}"
    return PasswordTry(limiter.accounts, (f"{account}|{client}", account))


async def _consume(caller: Caller, key: str, rule: RateLimitRule) -> None:
    decision = await caller.auth.rate_limiter.accounts.consume(key, rule)
    if not decision.allowed:
        raise _refusal(caller, rule, decision.retry_after)


def _refusal(caller: Caller, rule: RateLimitRule, retry_after: int | None) -> TooManyTriesError:
    caller.auth.rate_limiter.log.refused(caller.client_ip() or "a client without an address", "one account", rule)
    return TooManyTriesError(rule.window if retry_after is None else retry_after)


async def is_known_network(caller: Caller, find_user: FindUser) -> bool:
    """Return whether the account has a session from this client's network; an unknown account takes as long."""
    user = await find_user()
    sessions = await caller.auth.sessions.list_active(user["id"] if user is not None else "", caller.auth.now())
    return any(session.get("ipAddress") == caller.client_ip() for session in sessions)


def _digest(text: str) -> str:
    return sha256(text.lower().encode("utf-8", "surrogatepass")).hexdigest()[:32]
