"""How the accounts' rows keep tokens of providers."""

from __future__ import annotations

import pytest

from betterauth_py.crypto.secrets import SecretConfig
from betterauth_py.crypto.symmetric import UndecryptableError, encrypt
from betterauth_py.flows.oauth.tokens import to_plain_token, to_stored_token
from tests.conftest import MakeAuth

OF_ANOTHER = encrypt("token", SecretConfig("another"))


async def test_encrypted_tokens_are_read_again_and_older_ones_as_they_are(make_auth: MakeAuth) -> None:
    auth = (await make_auth(account={"encrypt_oauth_tokens": True})).context
    stored = to_stored_token(auth, "gho_token")
    assert stored is not None
    assert "gho_token" not in stored
    assert to_plain_token(auth, stored) == "gho_token"
    for before in ("gho_token", "abc", "", None):
        assert to_plain_token(auth, before) == before
    for rubbish in ("deadbeef", "$ba$7$00", OF_ANOTHER):
        with pytest.raises(UndecryptableError):
            to_plain_token(auth, rubbish)
    assert to_stored_token(auth, None) is None
    assert to_stored_token(auth, "") == ""


async def test_tokens_are_kept_as_they_are_unless_the_options_say_otherwise(make_auth: MakeAuth) -> None:
    auth = (await make_auth()).context
    for token in ("gho_token", "deadbeef", "$ba$7$00", "", None):
        assert to_stored_token(auth, token) == to_plain_token(auth, token) == token
