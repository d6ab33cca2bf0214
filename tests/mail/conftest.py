"""What the tests of mails share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mail.smtp_server import MailServer, make_certificate, smtp_server


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost that only its own file vouches for."""
    return make_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def server() -> Iterator[MailServer]:
    """An SMTP server without TLS and login."""
    with smtp_server() as server:
        yield server
