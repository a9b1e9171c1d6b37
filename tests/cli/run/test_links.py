"""Anonymous ids: their contacts are remembered from run to run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scenario_cli.cli.main import run
from scenario_cli.hosts.store.database import opened
from tests.cli.run.nights import Begun, Nights


def browsed(nights: Nights, file: str, *rows: dict[str, Any]) -> None:
    """Rows of an export with anonymous ids."""
    lines = [{"contact_id": None, "anonymous_id": None, "previous_id": None, **row} for row in rows]
    (nights.drop / file).write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


def row(event: str, at: str, contact: str | None = None, anonymous: str | None = None, **more: Any) -> dict[str, Any]:
    return {"event": event, "timestamp": at, "contact_id": contact, "anonymous_id": anonymous, **more}


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Begun:
    def begin(nights: Nights) -> None:
        (nights.drop / "sunday.jsonl").unlink()
        browsed(nights, "monday.jsonl", row("profile_updated", "2025-03-03T09:00:00Z", "ada", "device"))
        nights.night("2025-03-04")

    return Begun(tmp_path_factory.mktemp("linked"), begin)


@pytest.fixture
def linked(begun: Begun, capsys: pytest.CaptureFixture[str]) -> Nights:
    """Ada logged in on Monday, and the shop knows her device since then."""
    return begun.again(capsys)


def test_an_anonymous_row_belongs_to_the_contact_of_an_earlier_run(linked: Nights) -> None:
    browsed(linked, "tuesday.jsonl", row("signed_up", "2025-03-04T10:00:00Z", anonymous="device"))
    assert linked.night("2025-03-05")["events"]["taken"] == 1
    assert [contact for contact, _, _ in linked.sent()] == ["ada"]


def test_runs_assign_anonymous_rows_like_one_replay(linked: Nights, tmp_path: Path) -> None:
    days = {
        "tuesday": [row("signed_up", "2025-03-04T10:00:00Z", anonymous="device")],
        "wednesday": [
            row("profile_updated", "2025-03-05T09:00:00Z", "ben", "device"),
            row("signed_up", "2025-03-05T08:00:00Z", anonymous="other"),  # not linked to a contact yet
        ],
        "thursday": [
            row("signed_up", "2025-03-06T10:00:00Z", anonymous="device"),
            row("ordered", "2025-03-06T11:00:00Z", anonymous="device", total=3),
            row("profile_updated", "2025-03-06T12:00:00Z", "zoe", "other"),
        ],
        "friday": [row("signed_up", "2025-03-07T10:00:00Z", anonymous="other")],
    }
    for number, (day, rows) in enumerate(days.items(), 5):
        browsed(linked, f"{number}-{day}.jsonl", *rows)
        linked.night(f"2025-03-0{number}")
    (linked.drop / "monday.jsonl").rename(linked.drop / "0-monday.jsonl")
    plan = tmp_path / "plan.jsonl"
    arguments = ["--events", str(linked.drop), "--contacts", str(linked.contacts), "--until", "2025-03-08"]
    assert run(["dry-run", "--project", str(linked.root), *arguments, "--plan", str(plan), "-q"]) == 0
    expected = [json.loads(line) for line in plan.read_text(encoding="utf-8").splitlines()]
    plan_rows = [{name: row[name] for name in row if name != "outbox"} for row in linked.rows()]
    assert [each for each in plan_rows if each["send_at"] < "2025-03-08"] == expected
    assert {each["contact_id"] for each in plan_rows} == {"ada", "ben", "zoe"}


def test_an_id_that_an_alias_gave_up_is_the_others_in_later_runs_too(linked: Nights) -> None:
    browsed(linked, "tuesday.jsonl", row("profile_updated", "2025-03-04T09:00:00Z", "ben", previous_id="old"))
    linked.night("2025-03-05")
    linked.happened("wednesday.jsonl", ("old", "2025-03-05T10:00:00Z", "signed_up", {}))
    linked.night("2025-03-06")
    assert [contact for contact, _, _ in linked.sent()] == ["ben"]


def test_an_alias_for_a_stored_contact_is_a_note(linked: Nights) -> None:
    browsed(linked, "tuesday.jsonl", row("profile_updated", "2025-03-04T09:00:00Z", "ben", previous_id="ada"))
    code, _, output = linked.run("2025-03-05")
    assert code == 0
    assert "an alias gives up the ids of contacts whom the store knows (ada)" in output


def test_links_are_forgotten_with_the_contact(linked: Nights) -> None:
    assert run(["state", "forget", "ada", "--project", str(linked.root), "--state", str(linked.store)]) == 0
    with opened(linked.store, read_only=True) as store:
        assert store.value("SELECT count(*) FROM links") == 0
