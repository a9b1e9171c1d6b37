"""Key dates, committees and planned days: their meaning, and texts that are not a day or schedule in their place."""

from __future__ import annotations

from datetime import date

import pytest

from scenario_cli.language.files import Memory
from scenario_cli.language.project import load_files
from scenario_cli.model.key_dates import KeyDate, read_day

HEAD = "project: shop\ntimezone: Europe/Paris\nchannels: {email: {}}\n"
SCENARIO = "scenario: a\ntrigger: {event: go}\nstates: {in: {end: out}}\n"


def key_date(written: str) -> KeyDate:
    loaded = load_files(Memory({"project.yaml": f"{HEAD}key_dates: {{day: {written}}}\n".encode()}))
    assert [finding.message for finding in loaded.findings if finding.severity == "error"] == []
    return loaded.project.key_dates["day"]


@pytest.mark.parametrize(
    ("written", "times"),
    [
        ("{on: 2025-11-28}", ["2025-11-28..2025-11-28"]),
        ("{on: [2024-11-29, 2025-11-28]}", ["2025-11-28..2025-11-28"]),
        ("{on: 12-25}", ["2025-12-25..2025-12-25", "2026-12-25..2026-12-25"]),
        ("{on: 02-29}", ["2025-02-28..2025-02-28", "2026-02-28..2026-02-28"]),
        ("{on: 12-30, until: 01-02}", ["2024-12-30..2025-01-02", "2025-12-30..2026-01-02", "2026-12-30..2027-01-02"]),
        ("{on: 2024-12-20, until: 2025-01-01}", ["2024-12-20..2025-01-01"]),
    ],
)
def test_a_key_date_takes_place_on_its_days(written: str, times: list[str]) -> None:
    spans = key_date(written).between(date(2025, 1, 1), date(2026, 12, 31))
    assert [f"{first}..{last}" for first, last in spans] == times


@pytest.mark.parametrize(
    ("text", "day"),
    [("2025-11-28", (2025, 11, 28)), ("12-25", (None, 12, 25)), ("2025-02-29", None), ("13-01", None), ("1-5", None),
     ("today", None), ("25-11-28", None), ("", None)],
)  # fmt: skip
def test_a_day_is_of_one_year_or_of_every_year(text: str, day: tuple[int | None, int, int] | None) -> None:
    assert read_day(text) == day


@pytest.mark.parametrize(
    ("written", "code", "column", "expected"),
    [
        ("key_dates: {a: {on: 2025-02-30}}", "TIME020", 21, "'2025-02-30' is not a valid date"),
        ("key_dates: {a: {on: [12-25, 13-25]}}", "TIME020", 29, "'13-25' is not a valid date"),
        ("key_dates: {a: {on: Christmas}}", "SCH005", 21,
         "'on' of key date 'a' must be a date such as 2025-11-28, a day of every year such as 12-25, or a list of "
         "these, not 'Christmas'"),
        ("key_dates: {a: {on: 2025-02-03, until: 2025-02-01}}", "TIME020", 40, "the last day is before the first"),
        ("key_dates: {a: {on: 2025-02-03, until: 02-05}}", "SCH008", 40,
         "'until' of key date 'a' does not go with its 'on'"),
        ("key_dates: {a: {on: 12-25, lead: 1mo}}", "TIME001", 34,
         "'1mo' counts months or years, which have no fixed length"),
        ("key_dates: {a: {until: 12-25}}", "SCH002", 17, "key date 'a' has no 'on'"),
        ("review: {committee: monthly}", "TIME001", 21, None),
        ("review: {committee: 3d}", "TIME001", 21, "'3d' is not a schedule"),
    ],
)  # fmt: skip
def test_a_wrong_date_is_a_finding_at_its_place(written: str, code: str, column: int, expected: str | None) -> None:
    findings = load_files(Memory({"project.yaml": f"{HEAD}{written}\n".encode()})).findings
    (finding,) = (finding for finding in findings if finding.severity == "error")
    assert (finding.code, finding.span.line, finding.span.column) == (code, 4, column)
    assert expected is None or finding.message == expected


@pytest.mark.parametrize(
    ("written", "code", "expected"),
    [
        ("planned: 2025-13", "TIME020", "'2025-13' is not a valid date"),
        ("planned: 2025-02-30", "TIME020", "'2025-02-30' is not a valid date"),
        (
            "planned: soon",
            "SCH005",
            "'planned' must be a date such as 2025-09-01, or a month such as 2025-09, not 'soon'",
        ),
        ("status: live\nplanned: 2999-01", "CRM012", "scenario 'a' is live, so 'planned' is out of date"),
        ("batch: 2\nstatus: paused", "CRM012", "scenario 'a' is paused, so 'batch' is out of date"),
        ("planned: 2025-01-31", "CRM012", "scenario 'a' was planned for 2025-01-31 and is still a draft"),
        ("planned: 2999-01", None, ""),
        ("batch: 2", None, ""),
    ],
)
def test_the_plan_of_a_draft_is_a_day_to_come(written: str, code: str | None, expected: str) -> None:
    files = {"project.yaml": HEAD, "events.yaml": "events: {go: {}}\n", "a.yaml": f"{SCENARIO}{written}\n"}
    findings = load_files(Memory({name: text.encode() for name, text in files.items()})).findings
    messages = [finding.message for finding in findings if finding.code in ("TIME020", "SCH005", "CRM012")]
    assert messages == ([expected] if code else [])


def test_the_plan_of_a_draft_is_not_part_of_its_meaning() -> None:
    from scenario_cli.model.canonical import definition_of

    def name_of(written: str) -> str:
        files = {"project.yaml": HEAD, "events.yaml": "events: {go: {}}\n", "a.yaml": f"{SCENARIO}{written}\n"}
        return definition_of(load_files(Memory({n: t.encode() for n, t in files.items()})).project.scenarios["a"])

    assert name_of("") == name_of("batch: 2\nplanned: 2999-01-01")
