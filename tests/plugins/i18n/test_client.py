"""What better-auth's client gets of translated errors."""

from typing import ClassVar

from tests.clients.client_tests import ClientTests, Played
from tests.clients.profiles import CHEAP_PASSWORDS

TRANSLATIONS = {
    "de": {"INVALID_EMAIL_OR_PASSWORD": "Falsch", "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL": "Gibt es schon"},
    "fr": {"INVALID_EMAIL_OR_PASSWORD": "Faux"},
}


class TestClient(ClientTests):
    owner = "i18n"
    plays: ClassVar = {
        "locales": (
            {
                "emailAndPassword": {"enabled": True, "password": CHEAP_PASSWORDS},
                "plugins": {"i18n": {"translations": TRANSLATIONS}},
            },
            ("locales",),
        ),
    }

    def test_the_client_gets_translated_messages(self, played: Played) -> None:
        shown = str(played("locales")[0])
        assert [text for text in ("Falsch", "Faux", "Gibt es schon") if text not in shown] == []
