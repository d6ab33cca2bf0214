"""Mails can be turned off where the service would otherwise send them by itself."""

from __future__ import annotations

from betterauth_py.options import MailOptions, Options
from betterauth_py.options.deployment import with_development_mail


def test_development_mails_go_to_a_folder_unless_there_are_to_be_none() -> None:
    assert with_development_mail(Options()).mail.transport == "folder"
    assert with_development_mail(Options(mail=MailOptions(transport="none"))).mail.transport == "none"
    assert MailOptions(transport="none").chosen_transport is None
    assert MailOptions(transport="folder").chosen_transport == "folder"
