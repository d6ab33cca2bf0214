"""Sends text messages with the limits that all of them share: the one place that costs the deployment money.

Who owns a premium number can make a server text it, for a share of the price ("SMS pumping"), and who has many
addresses can spread that. So texts are counted by number, by client and in total.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any, Final
from unicodedata import decimal

from betterauth_py.awaiting import resolve
from betterauth_py.core.auth_context import logger
from betterauth_py.core.caller import Caller
from betterauth_py.flows.account_limits import FindUser, is_known_network
from betterauth_py.options.rate_limit import RateLimitRule
from betterauth_py.sms.kinds import SmsKind
from betterauth_py.store.rate_limits import ACCOUNT_PREFIX

SmsCallback = Callable[[dict[str, Any], Any], Any]
"""The deployment's function: `{"phone_number": ..., "code": ...}` and the call's context."""

# The first 48 bits of an expanded IPv6 address, and how much more a /48 may do than a /64.
_SITE_PREFIX: Final = len("2001:0db8:abcd")
_SUBNETS: Final = 10
_SEPARATORS: Final = frozenset("-\u2010\u2011\u2012\u2013./()")


async def may_text(caller: Caller, number: str, *, find_user: FindUser | None = None, pretend: bool = False) -> bool:
    """Count one text message to a number; return whether it may be sent.

    In-process calls are not counted. Ask before the message's code is stored, so that a code that is not sent takes
    no other's place. With `pretend` the same is counted, but nothing in total: for numbers without a user. A count that
    only users' numbers use up would reveal them.

    `find_user` finds the number's user: a stranger who uses up the number's limit does not keep a client from its code
    from whose network the user has a session; such clients have a limit of their own.
    """
    limiter = caller.auth.rate_limiter
    rules = limiter.text_rules
    if caller.request is None:
        return True
    ip = caller.client_ip()
    counts: list[tuple[str, str, RateLimitRule]] = []
    # A refused client uses up nothing of the number's count, and neither anything of the total.
    if rules.per_client is not None and ip is not None:
        counts.append(("client", ip, rules.per_client))
        if ":" in ip:
            wider = RateLimitRule(window=rules.per_client.window, max=rules.per_client.max * _SUBNETS)
            counts.append(("client", f"{ip[:_SITE_PREFIX]}::/48", wider))
    if rules.per_number is not None:
        counts += [("number", key, rules.per_number) for key in _keys(number)]
    if rules.in_total is not None:
        counts.append(("total", "nobody" if pretend else "", rules.in_total))
    for what, key, rule in counts:
        if await _count(caller, what, key, rule):
            continue
        is_at_home = what == "number" and find_user is not None and await is_known_network(caller, find_user)
        if not is_at_home or not await _count(caller, "number at home", key, rule):
            _log_refusal(what, rule)
            return False
    return True


async def _count(caller: Caller, what: str, key: str, rule: RateLimitRule) -> bool:
    digest = sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return (await caller.auth.rate_limiter.accounts.consume(f"{ACCOUNT_PREFIX}texts|{what}|{digest}", rule)).allowed


def send_sms(
    caller: Caller,
    kind: SmsKind,
    to: str,
    variables: Mapping[str, Any],
    *,
    instead: SmsCallback | None = None,
    user: Mapping[str, Any] | None = None,
) -> bool:
    """Send a text message after the answer, so that response times reveal nothing; return whether there is a sender.

    The caller has asked `may_text`. The message is in the language of `user` or of the request, and waits in a bounded
    queue. Failures are logged, without number, code or text.

    Args:
        caller: the call, or `NoRequest`.
        kind: the message.
        to: the phone number.
        variables: the variables of the template, `code` among them; whoever sends them may have templates of its own.
        instead: the deployment's function to call instead, if the options have one. It gets
            `{"phone_number": to, **variables}` and the call's context.
        user: the user, if there is one.
    """
    auth, what = caller.auth, f"send the text message {kind.name}"
    if instead is not None:
        auth.run_in_background(call_sender(caller, instead, to, variables), what)
        return True
    if auth.sms is None:
        return False
    auth.run_in_background(auth.sms.send(kind, to, variables, user=user, request=caller.request), what)
    return True


async def call_sender(caller: Caller, send: SmsCallback, to: str, variables: Mapping[str, Any]) -> None:
    """Call the deployment's function; what it raises is raised."""
    await resolve(send({"phone_number": to, **variables}, caller))


def _keys(number: str) -> list[str]:
    """Return the numbers that a provider may dial: it drops what it does not know, or stops there."""
    digits = "".join(str(digit) for digit in (decimal(letter, None) for letter in number) if digit is not None)
    return list(dict.fromkeys((_digits(number), digits.lstrip("0") or number)))


def _digits(number: str) -> str:
    """Return what all ways to write one number have in common; a text without digits is itself.

    What follows the number is left out (`;ext=5`, `p1`, `#2`): providers drop it or dial the number before it.
    """
    digits = ""
    for letter in number:
        digit = decimal(letter, None)
        if digit is not None:
            digits += str(digit)
        elif digits and letter not in _SEPARATORS and not letter.isspace():
            break
    return digits.lstrip("0") or number


def _log_refusal(what: str, rule: RateLimitRule) -> None:
    if what == "total":
        logger.error(
            "Did not send a text message: more than %d in %d s. If these are your users', raise "
            "rate_limit.texts_in_total; if not, somebody is running up your bill",
            rule.max,
            rule.window,
        )
    else:
        logger.warning(
            "Did not send a text message: more than %d to or from one %s in %d s", rule.max, what, rule.window
        )
