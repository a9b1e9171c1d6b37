"""Dates and date-times mean the same in templates, filters and conditions: on the contact's clock."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scenario_cli.engine.compile.program import compile_program
from scenario_cli.hosts.replay import feed
from scenario_cli.hosts.rows import RowWriter
from scenario_cli.language.project import load_project
from scenario_cli.model.event import ContactLog, Event
from scenario_cli.model.records import Asked, Entered
from tests.engine.worlds import moment
from tests.rows import rows

NEW_YORK = "America/New_York"
PROJECT = "project: shop\ntimezone: Europe/Paris\nchannels: {in_app: {}}\n"
EVENTS = """
profile: {timezone: string, birthday: date, renewal: datetime}
events:
  booked:
    properties:
      starts_at: datetime
      ends_at: datetime
      day: date
      slots: {type: array, items: {type: object, properties: {at: {type: datetime}, name: {type: string}}}}
"""
SCENARIO = """
scenario: s
trigger: {event: booked%s}
states: {in: {set: {kept: =event.starts_at}, send: {in_app: note}, end: done}}
"""
BOOKED = {
    "starts_at": "2025-03-10T01:30:00Z",  # 9 March, 21:30 in New York
    "ends_at": "2025-03-09 22:30",  # on the contact's clock
    "day": "1992-03-15T00:00:00Z",
    "slots": [{"at": "2025-03-09 20:45", "name": "past"}, {"at": "2025-03-09T21:15:00", "name": "next"}],
}
AT = "2025-03-09T21:00:00-04:00"


def replayed(folder: Path, template: str, where: str = "", booked: Mapping[str, Any] = BOOKED) -> tuple[str, int]:
    """The text of a booking's message in New York, and the number of entries."""
    where = f", where: {where!r}" if where else ""
    files = {"project.yaml": PROJECT, "events.yaml": EVENTS, "s.yaml": SCENARIO % where,
             "templates/note.in_app.j2": template}  # fmt: skip
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    loaded = load_project(folder, errors_only=True)
    assert [finding.message for finding in loaded.findings if finding.severity == "error"] == []
    profile = {"timezone": NEW_YORK, "birthday": "1992-03-15T00:00:00Z", "renewal": "2025-03-10T01:30:00Z"}
    log = ContactLog("ana", profile, [], [Event("booked", moment(AT), booked)], listed=True)
    program = compile_program(loaded.project)
    _, records = feed(program, log, None, moment(AT), moment(AT))
    rows = [RowWriter(loaded.project).row("ana", record, "sent") for record in records if isinstance(record, Asked)]
    return (rows[0].body or f"{rows[0].detail}" if rows else ""), sum(isinstance(record, Entered) for record in records)


@rows(
    ("template", "shown"),
    [
        (
            "{{ trigger.starts_at.hour }}:{{ trigger.starts_at.minute }} {{ trigger.starts_at.weekday }}",
            "21:30 sun",
        ),
        ("{{ contact.renewal.day }}", "9"),
        ("{{ kept.hour }} {{ kept.date }}", "21 2025-03-09"),
        ("{{ trigger.timestamp.hour }} {{ now.hour }} {{ date(trigger.starts_at).hour }}", "21 21 21"),
        ("{{ trigger.starts_at }}", "2025-03-09 21:30"),
        ("{{ kept }}, {{ contact.renewal }}", "2025-03-09 21:30, 2025-03-09 21:30"),
        ("{{ trigger.ends_at }}", "2025-03-09 22:30"),
        ("{{ now }}", "2025-03-09 21:00"),
        ("{{ trigger.day }} {{ contact.birthday }}", "1992-03-15 1992-03-15"),
        ("{{ trigger.day.day }} {{ contact.birthday.day }} {{ contact.birthday.hour }}", "15 15 0"),
        ("{{ trigger.starts_at > now }} {{ trigger.ends_at > trigger.starts_at }}", "True True"),
        ("{{ trigger.starts_at == contact.renewal }} {{ trigger.starts_at == '2025-03-09 21:30' }}", "True True"),
        ("{{ trigger.slots | selectattr('at', 'gt', now) | map(attribute='name') | join }}", "next"),
        ("{{ trigger.slots | map(attribute='at.hour') | join(' ') }}", "20 21"),
        ("{% for slot in trigger.slots if slot.at > now %}{{ slot.name }} {{ slot.at.minute }}{% endfor %}", "next 15"),
    ],
)
def test_a_template_reads_and_shows_dates_on_the_contact_s_clock(tmp_path: Path, template: str, shown: str) -> None:
    assert replayed(tmp_path, template)[0] == shown


@rows(
    "condition",
    [
        "event.starts_at.hour == 21",
        "event.starts_at > now and event.starts_at < event.ends_at",
        "event.starts_at == contact.renewal",
        "event.starts_at in ['2025-03-09 21:30']",
        "event.slots | selectattr('at', 'gt', now) | length == 1",
        "event.slots | map(attribute='at.hour') | first == 20",
        "event.day == '1992-03-15' and event.day.day == 15",
        "contact.birthday == event.day",
        "event.starts_at == '2025-03-09 21:30'",
    ],
)
def test_a_condition_reads_the_same(tmp_path: Path, condition: str) -> None:
    assert replayed(tmp_path, "x", condition)[1] == 1


def test_days_since_and_a_date_s_parts_agree(tmp_path: Path) -> None:
    booked = {**BOOKED, "day": "2025-03-09T00:00:00Z"}
    assert (
        replayed(tmp_path, "{{ (days_since(trigger.day) * 24) | round | int }} {{ trigger.day.day }}", "", booked)[0]
        == "20 9"
    )


def test_a_text_that_is_not_a_date_stays(tmp_path: Path) -> None:
    assert replayed(tmp_path, "{{ 'ref 2025-03-10T01:30:00Z' }} {{ contact.timezone }}")[0] == (
        "ref 2025-03-10T01:30:00Z America/New_York"
    )
