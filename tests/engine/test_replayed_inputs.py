"""Inputs of a replay by which contacts can enter: between start and end, rows of contacts, events that are fed
again.
"""

from __future__ import annotations

import pytest

from scenario_cli.hosts.replay import feed
from scenario_cli.model.event import ContactLog, Event
from scenario_cli.model.records import Entered, Refused
from tests.engine.worlds import ROW, Happening, gate, moment, program_of, run


def test_an_event_fed_again_is_ignored() -> None:
    scenario = gate("while_running: parallel", "reentry: always")
    twice: list[Happening] = [("2025-03-03 10:00", "started", {}, "e1"), ("2025-03-03 10:00", "started", {}, "e1")]
    assert len(run(scenario, twice).entries) == 1


@pytest.mark.parametrize(
    ("second", "why"),
    [
        (("2025-03-03 10:01", "started", {}, "e1"), "another timestamp"),
        (("2025-03-03 10:00", "started", {}, "e2"), "another id"),
        (("2025-03-03 10:00", "started", {}), "no id"),
    ],
)
def test_an_event_is_the_same_only_with_the_same_id_and_timestamp(
    second: tuple[str, str, dict[str, object]], why: str
) -> None:
    scenario = gate("while_running: parallel", "reentry: always")
    assert len(run(scenario, [("2025-03-03 10:00", "started", {}, "e1"), second]).entries) == 2, why


def test_two_events_without_an_id_are_two() -> None:
    scenario = gate("while_running: parallel", "reentry: always")
    assert len(run(scenario, [("2025-03-03 10:00", "started")] * 2).entries) == 2


def test_before_the_start_of_a_replay_nobody_enters_and_the_profile_changes() -> None:
    program = program_of(gate("audience: contact.country == 'FR'", "reentry: always"))
    log = ContactLog(
        "ana",
        {},
        [],
        [
            Event("profile_updated", moment("2025-03-01 10:00"), {"country": "FR"}),
            Event("started", moment("2025-03-01 11:00"), {}),
            Event("started", moment("2025-03-03 10:00"), {}),
        ],
    )
    _, records = feed(program, log, moment("2025-03-02 00:00"), moment("2025-03-03 12:00"))
    assert [record.at for record in records if isinstance(record, Entered)] == [moment("2025-03-03 10:00")]
    assert not [record for record in records if isinstance(record, Refused)]


def test_an_event_before_the_start_does_not_count_as_an_entry_for_reentry() -> None:
    log = ContactLog("ana", {}, [], [Event("started", moment(f"2025-03-0{day} 10:00"), {}) for day in (1, 3)])
    _, records = feed(program_of(gate("reentry: never")), log, moment("2025-03-02 00:00"), moment("2025-03-04 00:00"))
    assert len([record for record in records if isinstance(record, Entered)]) == 1


def test_an_event_at_the_start_of_a_replay_enters() -> None:
    log = ContactLog("ana", {}, [], [Event("started", moment("2025-03-03 10:00"), {})])
    _, records = feed(program_of(gate()), log, moment("2025-03-03 10:00"), moment("2025-03-03 10:00"))
    assert len([record for record in records if isinstance(record, Entered)]) == 1


def test_events_after_the_end_of_a_replay_are_not_taken() -> None:
    log = ContactLog("ana", {}, [], [Event("started", moment("2025-03-03 10:00:01"), {})])
    assert feed(program_of(gate()), log, None, moment("2025-03-03 10:00"))[1] == []


def test_a_row_of_the_contacts_table_decides_from_its_instant_on() -> None:
    story = run(
        gate("audience: contact.country == 'FR'"),
        [
            ("2025-03-03 10:00", "started"),
            ("2025-03-03 11:00", ROW, {"country": "FR"}),
            ("2025-03-03 12:00", "started"),
        ],
        {},
    )
    assert story.texts == ["refused audience", "entered", "-> in"]


def test_a_profile_event_changes_the_profile_before_its_own_trigger_is_looked_at() -> None:
    scenario = gate("audience: contact.country == 'FR'", trigger="{event: profile_updated}")
    assert run(scenario, [("2025-03-03 10:00", "profile_updated", {"country": "FR"})], {}).texts == ["entered", "-> in"]


def test_null_in_a_profile_event_unsets_the_attribute() -> None:
    story = run(
        gate("audience: contact.country is none"),
        [("2025-03-03 10:00", "profile_updated", {"country": None}), ("2025-03-03 11:00", "started")],
        {"country": "FR"},
    )
    assert story.texts == ["entered", "-> in"]


@pytest.mark.parametrize(("status", "entered"), [("live", 1), ("draft", 1), ("paused", 0), ("archived", 0)])
def test_a_replay_runs_what_is_live_or_draft(status: str, entered: int) -> None:
    story = run(gate(f"status: {status}"), [("2025-03-03 10:00", "started")])
    assert len(story.entries) == entered
