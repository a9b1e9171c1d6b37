"""`scenario map --agenda`: the points that the next committee must review and decide, with the results since the last
one.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_map_calendar import FILES
from tests.cli.test_outputs import call, checked

HERE = Path(__file__).parent
PROJECT = FILES["project.yaml"] + "currency: EUR\n"
BACK = """
scenario: back
status: live
owner: ben@example.com
reviewed: 2025-01-10
trigger: {event: signed_up}
reentry: always
goal: {event: bought, value: event.total}
states: {told: {send: {email: note}, after: {5d: {end: over}}}}
"""
Shown = Callable[..., str]


def log() -> list[dict[str, Any]]:
    """A contact signs up on each day of October and November 2025. Half of those of November buy a day later."""
    lines: list[dict[str, Any]] = []
    for month in (10, 11):
        for day in range(1, 29):
            name = f"c{month}{day:02}"
            lines.append({"timestamp": f"2025-{month}-{day:02}T10:00:00Z", "contact_id": name, "event": "signed_up"})
            if month == 11 and day % 2:
                lines.append({"timestamp": f"2025-{month}-{day + 1:02}T10:00:00Z", "contact_id": name,
                              "event": "bought", "total": 30})  # fmt: skip
    return lines


@pytest.fixture
def shown(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shown:
    (tmp_path / "events.jsonl").write_text("".join(json.dumps(line) + "\n" for line in log()))
    plan = FILES["events.yaml"].replace("bought: {}", "bought: {properties: {total: number}}")
    files = {**FILES, "events.yaml": plan, "back.yaml": BACK}

    def show(
        *arguments: str, settings: str = "review_after: 300d\n", with_log: bool = True, width: int = 120, code: int = 0
    ) -> str:
        monkeypatch.setenv("COLUMNS", str(width))
        for name, text in {**files, "project.yaml": PROJECT + settings}.items():
            (tmp_path / "shop" / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "shop" / name).write_text(text, encoding="utf-8")
        paths = ("--events", str(tmp_path / "events.jsonl")) if with_log else ()
        command = ("map", "--agenda", "--project", str(tmp_path / "shop"), *paths, "-q", *arguments)
        ended, out, err = call(capsys, *command)
        assert ended == code, err
        return out if code == 0 else err

    return show


MONTHLY = "review_after: 300d\nreview: {committee: at 10:00 on first mon}\n"
TODAY = ("--as-of", "2025-11-29")


def document(shown: Shown, *arguments: str, **options: Any) -> dict[str, Any]:
    return checked("map-agenda", shown(*(arguments or TODAY), "--format", "json", **options))


@pytest.mark.parametrize(
    ("golden", "width", "arguments"),
    [
        ("agenda.80.out", 80, []), ("agenda.120.out", 120, []), ("agenda.md", 80, ["--format", "markdown"]),
        ("agenda.json", 80, ["--format", "json"]),
    ],
)  # fmt: skip
def test_the_agenda_is_as_in_the_golden_file(golden: str, width: int, arguments: list[str], shown: Shown) -> None:
    path = HERE / "relationship_shown" / golden
    now = shown(*TODAY, *arguments, width=width, settings=MONTHLY)
    if os.environ.get("UPDATE_CASES"):
        path.write_text(now, encoding="utf-8")
    assert now == path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("settings", "arguments", "days"),
    [
        (MONTHLY, TODAY, ["2025-12-01", "2025-11-03", "2025-10-06", "2026-01-05"]),
        (MONTHLY, ("--as-of", "2025-12-01"), ["2025-12-01", "2025-11-03", "2025-10-06", "2026-01-05"]),
        (MONTHLY, (*TODAY, "--since", "2025-11-15"), ["2025-12-01", "2025-11-15", "2025-10-30", "2026-01-05"]),
        ("review: {committee: cron 0 10 1 */3 *}\n", TODAY, ["2026-01-01", "2025-10-01", "2025-07-01", "2026-04-01"]),
        ("", TODAY, ["2025-11-29", "2025-10-29", "2025-09-29", "2025-12-29"]),
        ("", (*TODAY, "--since", "2025-11-01"), ["2025-11-29", "2025-11-01", "2025-10-04", "2025-12-29"]),
    ],
)
def test_committees_have_the_days_of_the_project(
    settings: str, arguments: tuple[str, ...], days: list[str], shown: Shown
) -> None:
    committee = document(shown, *arguments, settings=settings, with_log=False)["committee"]
    assert [committee[name] for name in ("day", "last", "before", "following")] == days


def test_the_agenda_lists_scenarios_without_a_recent_review(shown: Shown) -> None:
    reviews = document(shown, settings=MONTHLY, with_log=False)["reviews"]
    assert [review["scenario"] for review in reviews] == [
        "friday", "gifts", "off", "spring", "weekly", "welcome", "back",
    ]  # fmt: skip
    assert (reviews[-1]["reviewed"], reviews[-1]["due"]) == ("2025-01-10", "2025-11-06")
    later = document(shown, settings="review_after: 400d\n", with_log=False)["reviews"]
    assert "back" not in [review["scenario"] for review in later]


def test_drafts_key_dates_and_dates_until_the_committee_after_are_on_it(shown: Shown) -> None:
    agenda = document(shown, settings=MONTHLY, with_log=False)
    assert [(draft["scenario"], draft["overdue"]) for draft in agenda["decisions"]] == [
        ("spring", True), ("gifts", False),
    ]  # fmt: skip
    assert [day["name"] for day in agenda["key_dates"]] == ["turn", "sales"]
    assert [entry["scenario"] for entry in agenda["coming"]] == ["off"]


def test_results_since_the_last_committee_are_compared_with_as_many_days_after_the_one_before(shown: Shown) -> None:
    results = document(shown, settings=MONTHLY)["results"]
    assert (results["from"][:10], results["until"][:10]) == ("2025-11-03", "2025-11-28")
    assert results["before"]["from"][:10] == "2025-10-06"
    (back,) = (line for line in results["scenarios"] if line["scenario"] == "back")
    # A contact entered on each of 26 days from 3 November, and every second bought; from 6 October it was 23 days.
    assert (back["now"]["journeys"], back["now"]["converted"]) == (26, 13)
    assert (back["before"]["journeys"], back["before"]["converted"]) == (23, 0)
    assert back["change"]["rate"]["low"] > 0
    assert "Better than before: back." in shown(*TODAY, settings=MONTHLY)


def test_the_agenda_notes_a_missing_log(shown: Shown) -> None:
    assert "No log is read." in shown(*TODAY, with_log=False)
    page = shown("--as-of", "2026-03-01")
    assert "The log ends on 2025-11-28, before the last committee (2026-02-01)." in page


def test_the_page_is_named_after_the_agenda(shown: Shown) -> None:
    page = shown(*TODAY, "--format", "html", settings=MONTHLY)
    assert "<title>Lamps &amp; Co: agenda</title>" in page
    assert 'data-label="journeys"' in page


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--calendar", "12mo"), "--calendar and --agenda are two reports"),
        ((*TODAY, "--since", "2025-11-29"), "--since must be before --as-of"),
    ],
)
def test_options_that_exclude_each_other_are_an_error(arguments: tuple[str, ...], expected: str, shown: Shown) -> None:
    assert expected in shown(*arguments, with_log=False, code=2)
