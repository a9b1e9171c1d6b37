"""`scenario map --calendar`: the starts of scenarios, the messages expected from the log, and key dates without a
scenario.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_outputs import call, checked

HERE = Path(__file__).parent
FILES = {
    "project.yaml": """
project: lamps
title: Lamps & Co
timezone: Europe/Paris
channels: {email: {address: contact.email}, task: {recipient: staff}}
programs: {season: {title: Season}}
key_dates:
  black_friday: {title: Black Friday, on: [2025-11-28, 2026-11-27], lead: 1w}
  christmas: {title: Christmas, on: 12-25}
  sales: {title: Winter sales, on: 2026-01-07, until: 2026-02-03, lead: 1w}
  turn: {title: Turn of the year, on: 12-30, until: 01-02, lead: 1d}
""",
    "events.yaml": "profile: {email: string}\nevents:\n  signed_up: {}\n  bought: {}\n",
    "weekly.yaml": """
scenario: weekly
status: live
trigger: {schedule: at 09:00 on mon}
states: {told: {send: {email: note}, after: {6d: again}}, again: {send: {email: note}, end: told}}
""",
    "friday.yaml": """
scenario: friday
status: live
trigger: [{at: 2024-11-29 08:00}, {at: 2025-11-28 08:00}]
states: {told: {send: {email: note, task: note}, end: told}}
""",
    "gifts.yaml": """
scenario: gifts
title: Ideas for presents
program: season
owner: ana@example.com
batch: winter
planned: 2025-12-08
trigger: {event: bought}
active: {from: 2025-12-01, until: 2025-12-20}
reentry: always
states: {told: {send: {email: note}, end: told}}
""",
    "spring.yaml": """
scenario: spring
batch: 2
planned: 2025-10
trigger: {schedule: at 10:00}
states: {told: {end: told}}
""",
    "off.yaml": """
scenario: off
status: paused
trigger: {at: 2026-01-05 10:00+00:00}
states: {told: {send: {email: note}, end: told}}
""",
    "gone.yaml": """
scenario: gone
status: archived
trigger: {schedule: at 10:00}
states: {told: {end: told}}
""",
    "welcome.yaml": """
scenario: welcome
status: live
trigger: {event: signed_up}
states: {told: {send: {email: note}, end: told}}
""",
    "templates/note.email.j2": "---\nsubject: Hello\n---\nHello\n",
    "templates/note.task.j2": "Hello\n",
}
Shown = Callable[..., str]


def log() -> list[dict[str, str]]:
    """Three contacts from November 2024 until January 2025."""
    lines = [("2024-11-01T10:00", "ana", "signed_up"), ("2024-11-02T10:00", "ben", "signed_up")]
    lines += [("2024-12-02T10:00", "cleo", "signed_up")]
    lines += [(f"2024-12-{day:02}T10:00", "ana", "bought") for day in (3, 10, 11, 28)]
    lines += [("2025-01-12T23:00", "ana", "bought")]
    return [{"timestamp": f"{at}:00Z", "contact_id": contact, "event": event} for at, contact, event in lines]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        file = tmp_path / "shop" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    (tmp_path / "events.jsonl").write_text("".join(json.dumps(line) + "\n" for line in log()))
    (tmp_path / "contacts.csv").write_text(
        "contact_id,email\n" + "".join(f"{name},{name}@example.com\n" for name in ("ana", "ben", "cleo"))
    )
    return tmp_path


@pytest.fixture
def shown(shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shown:
    def show(*arguments: str, with_log: bool = True, width: int = 120, code: int = 0) -> str:
        monkeypatch.setenv("COLUMNS", str(width))
        paths = ("--events", str(shop / "events.jsonl"), "--contacts", str(shop / "contacts.csv")) if with_log else ()
        command = ("map", "--project", str(shop / "shop"), *paths, "-q", *arguments)
        ended, out, err = call(capsys, *command)
        assert ended == code, err
        return out if code == 0 else err

    return show


CALENDAR = ("--calendar", "3mo", "--as-of", "2025-11-12")


def weeks(shown: Shown, *arguments: str, with_log: bool = True) -> dict[str, dict[str, Any]]:
    document = checked("map-calendar", shown(*CALENDAR, *arguments, "--format", "json", with_log=with_log))
    return {week["first"]: week for week in document["weeks"]}


@pytest.mark.parametrize(
    ("golden", "width", "arguments"),
    [
        ("calendar.80.out", 80, []),
        ("calendar.120.out", 120, []),
        ("calendar.md", 80, ["--format", "markdown"]),
        ("calendar.json", 80, ["--format", "json"]),
    ],
)
def test_the_calendar_is_as_in_the_golden_file(golden: str, width: int, arguments: list[str], shown: Shown) -> None:
    path = HERE / "relationship_shown" / golden
    now = shown(*CALENDAR, *arguments, width=width)
    if os.environ.get("UPDATE_CASES"):
        path.write_text(now, encoding="utf-8")
    assert now == path.read_text(encoding="utf-8")


def test_the_messages_are_those_of_the_same_weeks_of_the_log(shown: Shown) -> None:
    by_monday = weeks(shown)
    messages = {
        first: {entry["scenario"]: entry["messages"] for entry in week["scenarios"] if entry["scenario"] != "spring"}
        for first, week in by_monday.items()
    }
    # A message on Monday to each known contact, and one on Sunday: contacts are known from the start of the log.
    assert messages["2025-11-17"] == {"weekly": 6}
    assert by_monday["2025-11-17"]["log_week"] == "2024-11-18"
    # The Friday of 2025 is compared with that of 2024, at which each contact enters once. The task for staff does not
    # count.
    assert messages["2025-11-24"] == {"weekly": 6, "friday": 3}
    # Only those of the four purchases that are in a week in which the draft is planned to be live.
    assert [messages[f"2025-12-{day:02}"].get("gifts") for day in (1, 8, 15, 22)] == [None, 2, 0, None]
    assert by_monday["2025-12-01"]["always_on_messages"] == 1
    assert by_monday["2026-01-12"]["messages"] is None


def test_a_calendar_without_a_log_has_dates_and_no_numbers(shown: Shown) -> None:
    by_monday = weeks(shown, with_log=False)
    assert all(week["messages"] is None for week in by_monday.values())
    assert [entry["scenario"] for entry in by_monday["2025-11-24"]["scenarios"]] == ["spring", "weekly", "friday"]
    assert "No log is read" in shown(*CALENDAR, with_log=False)


def test_a_number_of_processes_changes_nothing(shown: Shown) -> None:
    assert weeks(shown, "--workers", "2") == weeks(shown, "--workers", "1")


def test_a_key_date_is_covered_by_what_names_a_day_near_it(shown: Shown) -> None:
    document = json.loads(shown(*CALENDAR, "--format", "json", with_log=False))
    covered = {(day["name"], day["first"], day["last"]): day["scenarios"] for day in document["key_dates"]}
    assert covered == {
        ("black_friday", "2025-11-28", "2025-11-28"): ["friday"],
        ("christmas", "2025-12-25", "2025-12-25"): ["gifts"],
        ("turn", "2025-12-30", "2026-01-02"): [],
        ("sales", "2026-01-07", "2026-02-03"): [],  # that of 5 January is paused, a schedule is not about a date
    }


def test_the_roadmap_has_drafts_by_day_and_marks_overdue_ones(shown: Shown) -> None:
    document = json.loads(shown(*CALENDAR, "--format", "json", with_log=False))
    assert [(item["scenario"], item["batch"], item["planned"], item["overdue"]) for item in document["roadmap"]] == [
        ("spring", "2", "2025-10", True), ("gifts", "winter", "2025-12-08", False),
    ]  # fmt: skip


def test_the_page_has_every_week_and_needs_nothing_beside_itself(shown: Shown) -> None:
    page = shown(*CALENDAR, "--format", "html")
    assert page.count("2025-W") + page.count("2026-W") == len(weeks(shown))
    assert "Lamps &amp; Co" in page
    assert "http" not in page


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--calendar", "3 parsecs"), "--calendar: 'parsecs' in '3 parsecs' is not a unit of time"),
        (("--calendar", "12h"), "--calendar must be a number of days, weeks, months or years"),
        (("--calendar", "9y"), "at most 5 years"),
        (("--as-of", "2025-01-01"), "--as-of needs an event log"),
        (("--calendar", "1mo", "--as-of", "soon"), "--as-of 'soon' is not a date or date-time"),
    ],
)
def test_wrong_options_of_the_calendar_are_an_error(arguments: tuple[str, ...], expected: str, shown: Shown) -> None:
    assert expected in shown(*arguments, with_log=False, code=2)


def test_the_plan_has_a_json_format(shown: Shown) -> None:
    document = checked("map", shown("--format", "json", with_log=False))
    assert {program["name"] for program in document["programs"]} == {"season", None}
    assert document["gaps"]
