"""The number of messages that contacts receive in a week, before and after the delivery policy drops some."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scenario_cli.cli.main import run

PROJECT = {
    "project.yaml": """project: shop
timezone: Europe/Paris
channels:
  email: {address: contact.email}
  sms: {address: contact.phone}
  task: {recipient: staff}
""",
    "policy.yaml": "policy: {caps: [{max: 1, per: 7d, channels: [email]}]}\n",
    "events.yaml": "profile: {email: string, phone: string}\nevents: {seen: {properties: {sku: string}}}\n",
    "looks.yaml": """scenario: looks
trigger: {event: seen}
reentry: always
states:
  found:
    send: {email: found, sms: found, task: found}
    end: told
""",
    "templates/found.email.j2": "---\nsubject: Found\n---\nHello\n",
    "templates/found.sms.j2": "Hello\n",
    "templates/found.task.j2": "Call them\n",
}


def pressure(folder: Path, capsys: pytest.CaptureFixture[str], *times: str) -> dict[str, Any]:
    for name, text in PROJECT.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    rows = [
        {"contact_id": "ana", "event": "profile_updated", "timestamp": times[0], "properties": {}},
        *({"contact_id": "ana", "event": "seen", "timestamp": at, "properties": {"sku": "A1"}} for at in times),
    ]
    (folder / "log.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    (folder / "contacts.csv").write_text("contact_id,email\nana,ana@example.com\n", encoding="utf-8")
    capsys.readouterr()
    export = ["--events", str(folder / "log.jsonl"), "--contacts", str(folder / "contacts.csv")]
    assert run(["dry-run", "--project", str(folder), *export, "--format", "json", "-q"]) == 0
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def test_weeks_are_counted_before_and_after_the_policy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # One message on a Tuesday and one on the day after: the cap drops the second. One ten days later is in another
    # week.
    times = ("2025-03-04T10:00:00+01:00", "2025-03-05T10:00:00+01:00", "2025-03-14T10:00:00+01:00")
    counted = pressure(tmp_path, capsys, *times)["pressure"]
    assert counted["weeks_before_policy"] == {"1": 1, "2": 1}
    assert counted["weeks_after_policy"] == {"1": 2}


def test_an_unreachable_message_is_not_pressure_before_the_policy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = pressure(tmp_path, capsys, "2025-03-04T10:00:00+01:00")
    (scenario,) = document["scenarios"]
    assert {reason["reason"]: reason["count"] for reason in scenario["dropped"]} == {"no_address": 1}
    assert document["pressure"]["weeks_before_policy"] == {"1": 1}


def test_a_week_begins_on_the_monday_of_the_project(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # 23:30 UTC on a Sunday is Monday in Paris.
    counted = pressure(tmp_path, capsys, "2025-03-09T12:00:00Z", "2025-03-09T23:30:00Z")["pressure"]
    assert counted["weeks_before_policy"] == {"1": 2}


def test_messages_to_staff_are_not_pressure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = pressure(tmp_path, capsys, "2025-03-04T10:00:00+01:00")
    (scenario,) = document["scenarios"]
    assert scenario["sent"] == {"email": 1, "task": 1}
    assert document["pressure"]["messages_per_contact"] == {"1": 1}


@pytest.mark.parametrize("columns", [60, 80])
def test_the_sentences_of_a_result_fit_the_columns(
    columns: int, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pressure(tmp_path, capsys, "2025-03-04T10:00:00+01:00")
    monkeypatch.setenv("COLUMNS", str(columns))
    export = ["--events", str(tmp_path / "log.jsonl"), "--contacts", str(tmp_path / "contacts.csv")]
    assert run(["dry-run", "--project", str(tmp_path), *export, "--from", "2025-03-01"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "contacts.csv has no updated_at, so today's profile and consent were used" in " ".join(
        " ".join(lines[:8]).split()
    )
    assert max(map(len, lines)) <= columns
