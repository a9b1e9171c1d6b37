"""Definitions that change while journeys are under way: the effect on a run, and the report of `--check` before it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.run.nights import Begun, Nights
from tests.output_schema import fitting


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Begun:
    def begin(nights: Nights) -> None:
        nights.happened("monday.jsonl", ("ada", "2025-03-03T10:00:00+01:00", "signed_up", {}))
        nights.night("2025-03-04")

    return Begun(tmp_path_factory.mktemp("waiting"), begin)


@pytest.fixture
def waiting(begun: Begun, capsys: pytest.CaptureFixture[str]) -> Nights:
    """Ada waits in `hello` since Monday, for two days in all."""
    return begun.again(capsys)


def checked(nights: Nights, until: str = "2025-03-05") -> tuple[int, dict[str, Any]]:
    code, out, err = nights.run(until, "--check", "--format", "json")
    assert out, err
    return code, fitting("run-check", out)


def fate(nights: Nights) -> dict[str, Any]:
    code, report = checked(nights)
    assert code == 0, report["faults"]
    (journeys,) = report["journeys"]
    return {name: journeys[name] for name in ("state", "fate", "to", "waits_over_at_once")}


def test_a_check_writes_nothing(waiting: Nights) -> None:
    before = waiting.store.read_bytes()
    assert fate(waiting) == {"state": "hello", "fate": "stays", "to": None, "waits_over_at_once": 0}
    assert waiting.store.read_bytes() == before


def test_a_check_lists_what_the_run_would_read(waiting: Nights) -> None:
    (first, *_) = sorted(waiting.drop.iterdir())
    first.rename(waiting.drop / "renamed.jsonl")
    assert checked(waiting)[1]["inputs"] == []
    waiting.happened("tuesday.jsonl", ("ben", "2025-03-04T10:00:00+01:00", "ordered", {"total": 1}))
    assert [Path(name).name for name in checked(waiting)[1]["inputs"]] == ["tuesday.jsonl"]


def test_journeys_are_pinned_by_default(waiting: Nights) -> None:
    waiting.edit("welcome.yaml", "after: {2d: reminder}", "after: {4d: reminder}")
    assert fate(waiting)["fate"] == "pinned"


def test_a_following_journey_has_the_new_waits_from_the_move_on(waiting: Nights) -> None:
    waiting.edit("welcome.yaml", "after: {2d: reminder}", "after: {1h: reminder}")
    waiting.edit("welcome.yaml", "status: live", "status: live\nin_flight: follow")
    assert fate(waiting) == {"state": "hello", "fate": "moves", "to": "hello", "waits_over_at_once": 0}
    waiting.night("2025-03-05")
    assert waiting.sent()[1:] == [("ada", "welcome/reminder", "2025-03-04T01:00")]


def test_a_wait_with_the_same_text_keeps_its_time(waiting: Nights) -> None:
    waiting.edit("welcome.yaml", "after: {2d: reminder}", "after: {2d: reminder, 9d: {end: late}}")
    waiting.edit("welcome.yaml", "status: live", "status: live\nin_flight: follow")
    waiting.night("2025-03-06")
    assert waiting.sent()[1:] == [("ada", "welcome/reminder", "2025-03-05T10:00")]


def test_a_renamed_state_needs_to_know_where_its_journeys_go(waiting: Nights) -> None:
    waiting.edit("welcome.yaml", "status: live", "status: live\nin_flight: follow")
    waiting.edit("welcome.yaml", "  hello: {", "  greeting: {")
    code, report = checked(waiting)
    assert (code, report["stops"], report["journeys"][0]["fate"]) == (1, True, "stranded")
    code, _, error = waiting.run("2025-03-05")
    assert code == 2
    assert "their state 'hello' no longer exists" in error and "migrate: {hello: STATE}" in error
    waiting.edit("welcome.yaml", "in_flight: follow", "in_flight: follow\nmigrate: {hello: greeting}")
    assert fate(waiting) == {"state": "hello", "fate": "moves", "to": "greeting", "waits_over_at_once": 0}
    waiting.night("2025-03-09")
    assert [template for _, template, _ in waiting.sent()] == ["welcome/hello", "welcome/reminder"]


def test_a_state_may_lead_to_an_end(waiting: Nights) -> None:
    waiting.edit("welcome.yaml", "  hello: {", "  greeting: {")
    waiting.edit("welcome.yaml", "status: live", "status: live\nin_flight: follow\nmigrate: {hello: {end: replaced}}")
    assert fate(waiting)["to"] == "replaced"
    assert waiting.night("2025-03-05")["scenarios"][0]["outcomes"] == {"replaced": 1}


def test_a_renamed_scenario_keeps_its_journeys(waiting: Nights) -> None:
    (waiting.root / "welcome.yaml").rename(waiting.root / "hello_again.yaml")
    waiting.edit("hello_again.yaml", "scenario: welcome", "scenario: hello_again\nwas: welcome")
    waiting.night("2025-03-06")
    assert [(row["scenario"], row["template"]) for row in waiting.rows()] == [
        ("welcome", "welcome/hello"),
        ("hello_again", "welcome/reminder"),
    ]


@pytest.mark.parametrize("status", ["paused", "archived"])
def test_messages_of_a_halted_scenario_are_withdrawn_from_the_outbox(waiting: Nights, status: str) -> None:
    assert [row["outbox"] for row in waiting.rows()] == ["pending"]
    waiting.edit("welcome.yaml", "status: live", f"status: {status}")
    code, out, _ = waiting.run("2025-03-05")
    assert code == 0
    assert "withdrawn 1 message not delivered yet, because the scenario is paused or archived" in " ".join(out.split())
    assert waiting.rows()[0]["outbox"] == "withdrawn"


def test_the_messages_withdrawn_for_any_reason_are_one_figure(waiting: Nights) -> None:
    waiting.edit("welcome.yaml", "status: live", "status: paused")
    assert waiting.night("2025-03-05")["withdrawn"] == 1


def test_a_paused_scenario_accepts_no_entries_and_drops_its_messages(waiting: Nights) -> None:
    waiting.edit("welcome.yaml", "status: live", "status: paused")
    waiting.happened("tuesday.jsonl", ("ben", "2025-03-04T10:00:00+01:00", "signed_up", {}))
    counts = waiting.night("2025-03-06")["scenarios"][0]
    assert (counts["refused"], counts["dropped"]) == ({"paused": 1}, {"paused": 1})


def test_the_journeys_of_an_archived_scenario_end(waiting: Nights) -> None:
    waiting.edit("welcome.yaml", "status: live", "status: archived")
    waiting.happened("tuesday.jsonl", ("ben", "2025-03-04T10:00:00+01:00", "signed_up", {}))
    assert fate(waiting)["fate"] == "archived"
    counts = waiting.night("2025-03-06")["scenarios"][0]
    assert (counts["outcomes"], counts["entered"], counts["running"]) == ({"archived": 1}, 0, 0)


def test_the_journeys_of_a_removed_scenario_go_on_as_they_began(waiting: Nights) -> None:
    (waiting.root / "welcome.yaml").unlink()
    assert fate(waiting)["fate"] == "pinned"
    waiting.night("2025-03-09")
    assert [template for _, template, _ in waiting.sent()] == ["welcome/hello", "welcome/reminder"]


def test_a_schedule_that_is_new_begins_at_the_clock(waiting: Nights) -> None:
    waiting.night("2025-03-20")
    waiting.write(
        "weekly.yaml",
        "scenario: weekly\nstatus: live\ntrigger: {schedule: at 09:00 on mon}\n"
        "states: {letter: {send: {email: welcome/hello}, end: sent}}\n",
    )
    waiting.night("2025-03-25")
    assert [at for _, _, at in waiting.sent() if at > "2025-03-07"] == ["2025-03-24T09:00"] * 2


def test_a_check_names_every_reason_to_stop(waiting: Nights) -> None:
    waiting.edit("project.yaml", "project: nights", "project: nights\nsalt: other")
    waiting.write("metrics.yaml", "metrics:\n  orders: {count: ordered}\n")
    waiting.edit("welcome.yaml", "trigger: {", "audience: metric.orders > 0\ntrigger: {")
    code, report = checked(waiting, "2025-03-01")
    assert code == 1
    assert len(report["faults"]) == 3
    code, out, _ = waiting.run("2025-03-01", "--check")
    assert code == 1
    assert out.startswith("The run would stop")


CONSTANT = "project: nights\nconstants: {many: 3}"


@pytest.mark.parametrize("constants", ["constants: {many: 5}", "constants: {few: 1}", "locale: en"])
def test_a_pinned_journey_keeps_the_constants_that_its_definition_read(nights: Nights, constants: str) -> None:
    nights.edit("project.yaml", "project: nights", CONSTANT)
    nights.edit("welcome.yaml", "after: {2d: reminder}", "after: [{wait: 2d, if: const.many > 2, to: reminder}]")
    nights.happened("monday.jsonl", ("ada", "2025-03-03T10:00:00+01:00", "signed_up", {}))
    nights.night("2025-03-04")
    nights.edit("project.yaml", "constants: {many: 3}", constants)
    if "many" not in constants:
        nights.edit("welcome.yaml", "const.many > 2", "contact.country == 'BE'")
    assert fate(nights)["fate"] == "pinned"
    nights.night("2025-03-06")
    assert nights.sent()[1:] == [("ada", "welcome/reminder", "2025-03-05T10:00")]


def test_a_pinned_journey_continues_after_its_file_moved(waiting: Nights) -> None:
    text = (waiting.root / "welcome.yaml").read_text(encoding="utf-8")
    (waiting.root / "welcome.yaml").unlink()
    waiting.write("flows/hello.yaml", text.replace("after: {2d: reminder}", "after: {4d: reminder}"))
    assert fate(waiting)["fate"] == "pinned"
    waiting.night("2025-03-06")
    assert waiting.sent()[1:] == [("ada", "welcome/reminder", "2025-03-05T10:00")]


def test_a_project_with_a_table_may_change(waiting: Nights) -> None:
    waiting.write("places.csv", "country,zone\nFR,near\n")
    table = "tables: {places: {file: places.csv, key: country}}"
    waiting.edit("project.yaml", "project: nights", f"project: nights\n{table}")
    waiting.edit("welcome.yaml", "trigger:", "audience: lookup('places', contact.country).zone == 'near'\ntrigger:")
    assert checked(waiting)[0] == 0
    waiting.night("2025-03-05")
