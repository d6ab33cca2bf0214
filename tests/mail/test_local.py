"""Mails in a folder and on the console, which is what development has."""

from __future__ import annotations

import asyncio
import io
import stat
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from betterauth_py.errors import MailError
from betterauth_py.mail.local import ConsoleTransport, FolderTransport
from tests.mail.smtp_server import text_of
from tests.mail.test_message import make


async def test_every_mail_is_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "mails"
    await asyncio.gather(*(FolderTransport(folder).send(make(text=f"Grüße {n}\n")) for n in range(20)))
    files = sorted(folder.glob("*.eml"))
    assert len(files) == 20
    assert files[0].name.startswith("20261121T080000-reset-password-")
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert (folder / ".gitignore").read_text() == "*\n"
    assert [path for path in folder.iterdir() if path.suffix == ".part"] == []
    texts = set()
    for file in files:
        mail = message_from_bytes(file.read_bytes(), policy=policy.default)
        assert isinstance(mail, EmailMessage)
        texts.add(text_of(mail))
        # Readable without a mail program, too.
        assert "Grüße" in file.read_text(encoding="utf-8")
    assert texts == {f"Grüße {n}\n" for n in range(20)}


async def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(MailError, match=r"file/mails cannot be written to: Not a directory. Check mail.folder"):
        await FolderTransport(tmp_path / "file" / "mails").send(make())


async def test_the_console_shows_recipient_subject_and_text() -> None:
    stream = io.StringIO()
    await ConsoleTransport(stream).send(make(subject="Grüße", text="First\n\nhttps://a.test/?x=1\n"))
    assert stream.getvalue() == "| To: bob@example.com\n| Subject: Grüße\n|\n| First\n|\n| https://a.test/?x=1\n"
