"""`scenario events check` and `infer` over exports of a few rows, written by each test."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.test_outputs import call, checked

Capture = pytest.CaptureFixture[str]


def test_addresses_that_are_none_are_a_breach_that_names_the_scenarios(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    shop = tmp_path / "shop"
    (shop / "templates").mkdir(parents=True)
    for name, text in {
        "project.yaml": "project: s\ntimezone: UTC\nchannels: {email: {address: contact.email, consent: contact.ok}}\n",
        "events.yaml": "profile: {email: string, ok: boolean}\nevents: {go: {}}\n",
        "a.yaml": "scenario: a\nstatus: live\ntrigger: {event: go}\nstates: {in: {send: {email: hi}, end: out}}\n",
        "templates/hi.email.j2": "---\nsubject: Hi\n---\nHi\n",
    }.items():
        (shop / name).write_text(text)
    (tmp_path / "log.csv").write_text("contact_id,event,timestamp\na,go,2025-03-01T10:00:00Z\n")
    people = "contact_id,email,ok\na,ana@example.com,true\nb,bo.example.com,false\nc,ana@example.com,false\n"
    (tmp_path / "people.csv").write_text(people)
    command = ("events", "check", str(tmp_path / "log.csv"), "--contacts", str(tmp_path / "people.csv"), "--project")
    code, out, _ = call(capsys, *command, str(shop))
    assert code == 1
    assert (
        out
        == """\
contact.email: 1 of 3 are not e-mail addresses, such as '***'
  where it is missing:
  a (live) would send nothing
    - in  email hi

Reach
  contact.email: 3 of 3 contacts have one (100%)
  contact.email: 1 are not e-mail addresses: their messages are dropped, such as '***'
  contact.email: 1 address of several contacts (2): each of these contacts gets its own messages
  67% of 3 contacts have agreed to nothing (2; contact.ok)

1 breach; 1 scenario affected: a
"""
    )
    assert call(capsys, *command, str(shop), "--tolerance", "50")[0] == 0
    code, out, _ = call(capsys, *command, str(shop), "--format", "json")
    document = checked("events-check", out)
    assert document["breaches"][0]["kind"] == "address"
    assert document["reach"]["addresses"][0]["sharing_contacts"] == 2


def test_rows_that_cannot_be_used_are_a_breach_beyond_the_tolerance(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "project.yaml").write_text("project: s\ntimezone: UTC\n")
    (tmp_path / "events.yaml").write_text("events: {go: {}}\n")
    log = tmp_path / "log.csv"
    rows = ["a,go,2025-03-01", "b,go,2025-03-01", "c,go,soon", ",go,2025-03-01"]
    log.write_text("\n".join(["contact_id,event,timestamp", *rows]))
    command = ("events", "check", str(log), "--project", str(tmp_path))
    code, out, _ = call(capsys, *command)
    assert (code, out.splitlines()) == (1, [
        "rows: 1 of 4 cannot be used: no contact id", "",
        "rows: 1 of 4 cannot be used: unreadable timestamp", "",
        "2 breaches",
    ])  # fmt: skip
    code, out, _ = call(capsys, *command, "--format", "json")
    assert {breach["kind"] for breach in checked("events-check", out)["breaches"]} == {"unusable"}
    code, out, _ = call(capsys, *command, "--tolerance", "50")
    assert (code, out) == (0, "ok: 2 rows match the tracking plan; 2 rows cannot be used\n")


def test_attributes_that_every_event_carries_do_not_make_it_one_that_changes_the_profile(
    tmp_path: Path, capsys: Capture
) -> None:
    lines = [
        {"contact_id": "a", "event": name, "timestamp": "2025-03-01T10:00:00Z", "firstName": "Ana", "lastName": "B",
         "song": "x", **more}
        for name, more in (
            ("play", {}), ("pause", {}), ("skip", {}), ("sign_up", {"email": "a@b.example", "phone": "1"}),
        )
    ]  # fmt: skip
    (tmp_path / "log.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    code, out, _ = call(capsys, "events", "infer", str(tmp_path / "log.jsonl"), "--format", "json")
    assert code == 0
    events = json.loads(out)["plan"]["events"]
    assert {name for name, event in events.items() if event.get("profile")} == {"sign_up"}


def test_comments_of_an_inferred_plan_fit_the_page(tmp_path: Path, capsys: Capture) -> None:
    for number in range(4):
        file = tmp_path / f"a-long-name-of-an-export-of-the-day-{number}.csv"
        file.write_text("contact_id,event,timestamp\na,go,2025-03-01T10:00:00Z\n")
    code, out, _ = call(capsys, "events", "infer", str(tmp_path))
    assert code == 0
    assert max(len(line) for line in out.splitlines() if line.startswith("#") and "$schema" not in line) <= 112
