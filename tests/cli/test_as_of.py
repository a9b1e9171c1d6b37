"""An instant of `--as-of` that the log says little about: figures of 0 are explained."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from scenario_cli.cli.main import run
from tests.rows import rows

BEFORE = "the log begins on 2025-03-04, after --as-of, so nothing is known by then\n"
LONG_AFTER = "the log ends on 2025-03-05, 27 days before --as-of; later events are not known\n"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    files = {
        "project.yaml": "project: shop\ntimezone: Europe/Paris\nchannels: {email: {address: contact.email}}\n"
        "insights: {purchase: {event: seen, amount: total}}\n"
        "exports: {events: log.csv}\n",
        "events.yaml": "profile: {email: string}\nevents: {seen: {properties: {total: number}}}\n",
        "looks.yaml": "scenario: looks\ntrigger: {event: seen}\nstates: {open: {after: {1d: {end: over}}}}\n",
        "log.csv": "contact_id,event,timestamp,total\n"
        "ana,seen,2025-03-04T10:00:00Z,1\nben,seen,2025-03-05T22:30:00Z,2\n",
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@rows(
    ("as_of", "note"),
    [
        (None, ""),
        ("2025-03-05T09:00", ""),
        ("2025-03-06", ""),  # on the project's clock half an hour after the last event
        ("2025-03-06T23:30", ""),
        ("2025-03-06T23:31", "the log ends on 2025-03-05, 1 day before --as-of; later events are not known\n"),
        ("2025-04-01", LONG_AFTER),
        ("2025-03-04", BEFORE),
        ("2020-01-01", BEFORE),
    ],
)
def test_an_instant_outside_the_log_is_noted(
    as_of: str | None, note: str, shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert run(["plan", "--project", str(shop), *(["--as-of", as_of] if as_of else [])]) == 0
    assert capsys.readouterr().err == note


@pytest.mark.parametrize("command", [["audience", "true"], ["insights"]])
def test_other_commands_note_it_too(command: list[str], shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert run([*command, "--project", str(shop), "--as-of", "2020-01-01"]) == 0
    assert capsys.readouterr().err == BEFORE


def test_quiet_leaves_the_note_out(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert run(["plan", "--project", str(shop), "--as-of", "2020-01-01", "-q"]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("command", ["plan", "audience", "insights"])
def test_an_empty_log_is_as_of_today(
    command: str, shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = tmp_path / "empty.csv"
    empty.write_text("contact_id,event,timestamp,total\n", encoding="utf-8")
    capsys.readouterr()
    assert run([command, "--project", str(shop), "--events", str(empty)]) == 0
    out, err = capsys.readouterr()
    assert "the log has no rows that can be used\n" in err
    assert str(date.today().year) in out and "1970" not in out
