"""Mails to made-up addresses of one mailbox are bounded together, and nobody's own mails are blocked by them."""

from __future__ import annotations

import pytest

from betterauth_py.clock import ManualClock
from betterauth_py.flows.account_limits import mailbox_of
from betterauth_py.flows.users import new_user
from betterauth_py.plugins.magic_link import magic_link
from tests.conftest import MakeAuth
from tests.http.test_account_limits import at, limited


async def test_mails_to_made_up_addresses_of_one_mailbox_are_bounded_together(
    make_auth: MakeAuth, clock: ManualClock
) -> None:
    mailed: list[str] = []
    auth = await limited(
        make_auth, clock=clock, plugins=[magic_link(send_magic_link=lambda data, _: mailed.append(data["email"]))]
    )

    async def ask(n: int, email: str) -> None:
        assert (await at(auth, f"198.51.100.{n}").post("/api/auth/sign-in/magic-link", {"email": email})).status == 200

    await auth.context.users.create(new_user(auth.context, "ada+shop@example.com", {"name": "", "emailVerified": True}))
    for n in range(20):
        await ask(n, f"Ada+{n}@example.com")
    assert len(mailed) == 4 * 3
    # The mailbox's own address, a verified user's and another mailbox's are not concerned.
    mailed.clear()
    others = ["ada@example.com", "ada+shop@example.com", "adam+1@example.com", "ada+1@example.org"]
    for n, email in enumerate([*others, "ada+new@example.com"]):
        await ask(n, email)
    assert mailed == others
    mailed.clear()
    clock.advance(900)
    await ask(1, "ada+new@example.com")
    assert mailed == ["ada+new@example.com"]


@pytest.mark.parametrize(
    ("address", "mailbox"),
    [
        ("ada@example.com", None),
        ("ada.b-c@example.com", None),
        ("+ada@example.com", None),
        ("Ada+1@example.com", "mailbox ada@example.com"),
        ("ada+1+2@EXAMPLE.com", "mailbox ada@example.com"),
        ("ada@gmail.com", "mailbox ada@gmail.com"),
        ("a.d.a+1@googlemail.com", "mailbox ada@gmail.com"),
        ("no address", None),
    ],
)
def test_the_mailbox_of_a_made_up_address(address: str, mailbox: str | None) -> None:
    assert mailbox_of(address) == mailbox
