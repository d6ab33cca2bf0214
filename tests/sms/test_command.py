"""`betterauth sms`, and the texts of tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from betterauth_py.cli import main

NUMBER = "+491701234567"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "betterauth.toml").write_text('app_name = "Acme"\nplugins = ["phone-number"]\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["sms", *arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_messages_are_listed_and_shown(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = said(capsys, "preview")
    assert (code, [line.split()[0] for line in out.splitlines()]) == (
        0,
        ["phone-number-code", "phone-number-reset", "test"],
    )
    assert said(capsys, "preview", "phone-number-code", "--language", "de-AT")[1] == (
        "271828 ist Ihr Code für Acme. Er gilt 5 Minuten. Geben Sie ihn niemandem weiter.\n"
    )


def test_one_is_sent_into_the_folder_of_development(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = said(capsys, "test", NUMBER)
    assert (code, out) == (0, f"Sent to {NUMBER}: .betterauth/texts/*.txt.\n")
    (file,) = (folder / ".betterauth" / "texts").glob("*.txt")
    assert file.read_text(encoding="utf-8") == f"To: {NUMBER}\n\nThis is a test message from Acme.\n"


@pytest.mark.parametrize(
    ("arguments", "variables", "message"),
    [
        (["preview", "code"], {}, "There is no text message 'code'. Messages: phone-number-code, phone-number-reset"),
        (["preview", "test", "--language", "fr"], {}, "There is no such text message in 'fr'. Languages: de, en."),
        (["test", NUMBER], {"BETTER_AUTH_URL": "https://auth.example.com"}, "option `sms.transport` is not set"),
        (["test", NUMBER], {"BETTER_AUTH_SMS_WEBHOOK_URL": "https://a.test"}, "BETTER_AUTH_SMS_WEBHOOK_SECRET"),
        (
            ["test", NUMBER],
            {"BETTER_AUTH_SMS_WEBHOOK_URL": "http://127.0.0.1:9/x", "BETTER_AUTH_SMS_WEBHOOK_SECRET": "s" * 24},
            "The text message was not sent: no answer from 127.0.0.1:9: ",
        ),
    ],
)
def test_what_is_wrong_is_told(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    variables: dict[str, str],
    message: str,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    code, _, err = said(capsys, *arguments)
    assert code == 1
    assert message in err
    assert "Traceback" not in err
