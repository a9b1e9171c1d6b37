"""`scenario preview --eml` and `--open`: mails for a mail program, and a page for a browser."""

from __future__ import annotations

import email
import webbrowser
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from scenario_cli.cli.main import run


def read(path: Path) -> EmailMessage:
    message = email.message_from_bytes(path.read_bytes(), policy=default)
    assert isinstance(message, EmailMessage) and not message.defects
    return message


def test_each_e_mail_is_a_file_that_a_mail_program_reads(
    three_scenarios: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "new" / "mails"
    assert run(["preview", "cart_abandonment", "--project", str(three_scenarios), "--eml", str(folder), "-q"]) == 0
    names = sorted(path.name for path in folder.iterdir())
    assert names == [f"{state}.cart-{state}.{locale}.eml" for state in ("offer", "reminder") for locale in ("en", "fr")]
    assert capsys.readouterr().out.splitlines() == [f"wrote {folder / name}" for name in (*names[2:], *names[:2])]
    mail = read(folder / "offer.cart-offer.fr.eml")
    assert "de remise sur le panier" in mail["Subject"]
    assert mail["From"].addresses[0].addr_spec == "preview@example.invalid"
    html, text = mail.get_body(("html",)), mail.get_body(("plain",))
    assert html is not None and "<html" in html.get_content()
    assert text is not None and "<html" not in text.get_content()


def test_only_e_mails_are_written_to_files(
    three_scenarios: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = "cart_abandonment:last_call"
    assert run(["preview", name, "--project", str(three_scenarios), "--eml", str(tmp_path / "mails")]) == 2
    assert "none of these messages is an e-mail" in capsys.readouterr().err
    assert not (tmp_path / "mails").exists()


@pytest.mark.parametrize("named", [True, False])
def test_a_page_is_opened(named: bool, three_scenarios: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda address: not opened.append(address))  # type: ignore[func-returns-value]
    output = ["--output", str(tmp_path / "page.html")] if named else []
    assert run(["preview", "welcome", "--project", str(three_scenarios), "--open", *output, "-q"]) == 0
    (page,) = tmp_path.glob("*.html")
    assert opened == [page.as_uri()]
    assert "<html" in page.read_text(encoding="utf-8")
    assert (page.name == "page.html") == named


def test_the_page_is_named_if_there_is_no_browser(
    three_scenarios: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(webbrowser, "open", lambda address: False)
    page = tmp_path / "page.html"
    assert run(["preview", "welcome", "--project", str(three_scenarios), "--open", "--output", str(page)]) == 0
    assert f"no browser could be opened; the page is {page}" in capsys.readouterr().err


def test_a_text_cannot_be_opened(three_scenarios: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["preview", "welcome", "--project", str(three_scenarios), "--open", "--format", "text"]) == 2
    assert "--open shows a page" in capsys.readouterr().err
