"""The effect of a scenario's change on held messages, scenarios that follow, groups, dates and draws."""

from __future__ import annotations

import pytest

from scenario_cli.engine.foreseen import foreseen
from scenario_cli.engine.step import advance
from scenario_cli.model.records import Asked
from tests.engine.changed import (
    CHANGE,
    Changed,
    after_the_change,
    program_after,
    project_of,
    until_the_change,
)
from tests.engine.changing_cart import CART, OTHER, RENAMED, STARTED, Edits, edited
from tests.engine.worlds import REACHABLE, Happening, moment
from tests.rows import rows

QUIET = "{quiet_hours: [{from: '09:00', to: '20:00'}]}"
HELD = """
scenario: cart
status: live
trigger: {event: started}
reentry: always
states:
  asks: {send: {email: m/a, sms: m/s}, after: {2d: {end: over}}}
"""
HELD_AT: Happening = ("2025-03-04 09:30", "started")


@rows(
    ("states", "expected"),
    [
        ("asks: {send: {email: m/a, sms: m/s}, after: {3d: {end: over}}}",
         ["03-04 20:00 email m/a", "03-04 20:00 sms m/s", "03-07 20:00 end over"]),
        ("asks: {send: {email: m/c, sms: m/s}, after: {2d: {end: over}}}",
         ["03-04 20:00 email m/c", "03-04 20:00 sms m/s", "03-06 20:00 end over"]),
        ("asks: {send: {push: m/a, sms: m/s}, after: {2d: {end: over}}}",
         ["03-04 10:00 email m/a dropped cancelled", "03-04 20:00 sms m/s", "03-06 20:00 end over"]),
        ("asks: {after: {2d: {end: over}}}",
         ["03-04 10:00 email m/a dropped cancelled", "03-04 10:00 sms m/s dropped cancelled", "03-06 10:00 end over"]),
        ("asks: {end: closed}",
         ["03-04 10:00 email m/a dropped cancelled", "03-04 10:00 sms m/s dropped cancelled",
          "03-04 10:00 end closed"]),
        ("other: {send: {email: m/a, sms: m/s}, after: {2d: {end: over}}}",
         ["03-04 10:00 email m/a dropped cancelled", "03-04 10:00 sms m/s dropped cancelled",
          "03-04 10:00 -> other (migrate)", "03-06 10:00 end over"]),
    ],
    ids=["same", "another text", "another channel", "none", "end", "another state"],
)  # fmt: skip
def test_a_held_message_keeps_waiting_where_its_place_is_the_same(states: str, expected: list[str]) -> None:
    migrate = "\nmigrate: {asks: other}" if states.startswith("other") else ""
    after = f"{HELD.partition('states:')[0]}in_flight: follow{migrate}\nstates:\n  {states}\n"
    older, today = project_of(HELD, policy=QUIET), project_of(after, policy=QUIET)
    values = until_the_change(older, [HELD_AT])
    assert after_the_change(older, today, values).later_lines() == expected
    pinned = project_of(after.replace("in_flight: follow", "version: 2").replace(migrate, ""), policy=QUIET)
    assert after_the_change(older, pinned, values).later_lines() == [
        "03-04 20:00 email m/a", "03-04 20:00 sms m/s", "03-06 20:00 end over",
    ]  # fmt: skip


def test_a_held_message_keeps_its_id() -> None:
    older = project_of(HELD, policy=QUIET)
    after = HELD.replace("m/a", "m/c").replace("reentry", "in_flight: follow\nreentry")
    values = until_the_change(older, [HELD_AT])
    pinned = after_the_change(older, project_of(HELD.replace("m/a", "m/c"), policy=QUIET), values)
    moved = after_the_change(older, project_of(after, policy=QUIET), values)
    assert message_ids(pinned) == message_ids(moved)


def message_ids(changed: Changed) -> list[str]:
    records = advance(changed.program, changed.state, moment("2025-03-30 10:00"))
    return [record.message_id for record in records if isinstance(record, Asked)]


ANSWERS = """
scenario: cart
status: live
trigger: {event: started}
reentry: always
states:
  asks: {on: {clicked: {send: {email: m/a}}}, after: {2d: {end: over}}}
"""


@pytest.mark.parametrize(
    ("transition", "expected"),
    [
        ("{send: {email: m/a}}", ["03-04 20:00 email m/a"]),
        ("{send: {email: m/c}}", ["03-04 10:00 email m/a dropped cancelled"]),
    ],
)
def test_a_held_answer_keeps_waiting_where_a_transition_still_sends_it(transition: str, expected: list[str]) -> None:
    after = ANSWERS.replace("{send: {email: m/a}}", transition)
    after = after.replace("reentry", "in_flight: follow\nversion: 2\nreentry")
    older, today = project_of(ANSWERS, policy=QUIET), project_of(after, policy=QUIET)
    values = until_the_change(older, [STARTED, ("2025-03-04 09:30", "clicked")])
    assert after_the_change(older, today, values).later_lines() == [*expected, "03-05 10:00 end over"]


LISTENER = "scenario: after_cart\nstatus: live\ntrigger: {scenario: cart}\nstates: {in: {end: done}}\n"


def test_an_outcome_that_only_the_older_definition_writes_counts() -> None:
    older = project_of(CART, LISTENER)
    today = project_of(edited([("{1d: {end: over}}", "{1d: {end: finished}}")], follows=False), LISTENER)
    lines = after_the_change(older, today, until_the_change(older, [STARTED])).later_lines()
    assert lines[-4:] == ["03-06 10:00 end over", "03-06 10:00 entered", "03-06 10:00 -> in", "03-06 10:00 end done"]


def test_nobody_enters_by_a_journey_that_a_move_ends() -> None:
    older = project_of(CART, LISTENER)
    today = project_of(edited(RENAMED, True, "{asks: {end: over}}"), LISTENER)
    assert after_the_change(older, today, until_the_change(older, [STARTED])).later_lines() == ["03-04 10:00 end over"]


def test_a_trigger_on_the_outcome_archived_fires() -> None:
    listener = LISTENER.replace("{scenario: cart}", "{scenario: cart, outcome: archived}")
    older = project_of(CART, listener)
    today = project_of(CART.replace("live", "archived"), listener)
    lines = after_the_change(older, today, until_the_change(older, [STARTED])).later_lines()
    assert lines == ["03-04 10:00 end archived", "03-04 10:00 entered", "03-04 10:00 -> in", "03-04 10:00 end done"]


GROUPED = CART.replace("reentry:", "exclusive: promo\nreentry:")
RIVAL = (
    "scenario: rival\nstatus: live\ntrigger: {event: noted}\nreentry: always\nexclusive: promo\n"
    "states: {in: {end: done}}\n"
)


@rows(
    ("before", "after", "follows", "enters"),
    [
        (GROUPED, CART, False, False),
        (GROUPED, CART, True, True),
        (CART, GROUPED, False, True),
        (CART, GROUPED, True, False),
        (GROUPED.replace("reentry", "priority: 20\nreentry"), GROUPED, False, True),
        (GROUPED, GROUPED.replace("reentry", "priority: 20\nreentry"), False, False),
        (GROUPED, GROUPED.replace("reentry", "priority: 20\nreentry"), True, True),
    ],
)
def test_the_group_and_priority_of_a_journey_are_those_of_its_definition(
    before: str, after: str, follows: bool, enters: bool
) -> None:
    older = project_of(before, RIVAL)
    today = project_of(after.replace("reentry", "in_flight: follow\nreentry") if follows else after, RIVAL)
    changed = after_the_change(older, today, until_the_change(older, [STARTED]))
    lines = changed.later_lines(("2025-03-04 12:00", "noted"), until="2025-03-04 13:00")
    assert ("03-04 12:00 entered" in lines) == enters
    assert ("03-04 12:00 refused exclusive" in lines) != enters


def test_an_entry_that_waits_for_its_group_waits_on_under_the_new_name() -> None:
    waits = RIVAL.replace("exclusive: promo", "exclusive: {group: promo, wait: 7d}")
    older = project_of(GROUPED, waits)
    today = project_of(GROUPED, waits.replace("scenario: rival", "scenario: heir\nwas: rival"))
    values = until_the_change(older, [STARTED, ("2025-03-03 12:00", "noted")])
    lines = after_the_change(older, today, values).later_lines(("2025-03-04 12:00", "bought"))
    assert lines == [
        "03-04 12:00 converted", "03-04 12:00 end bought", "03-04 12:00 entered", "03-04 12:00 -> in",
        "03-04 12:00 end done",
    ]  # fmt: skip


def test_a_yearly_date_that_has_fired_does_not_fire_again_under_the_new_name() -> None:
    trigger = "trigger: {date: contact.birthday, every: year}\n"
    yearly = f"scenario: birthday\nstatus: live\n{trigger}states: {{in: {{end: done}}}}\n"
    renamed = yearly.replace("scenario: birthday", "scenario: wishes\nwas: birthday")
    older, today = project_of(yearly), project_of(renamed)
    contact = {**REACHABLE, "birthday": "2000-03-04"}
    values = until_the_change(older, [("2025-03-03 12:00", "noted")], contact)
    moved: Happening = ("2025-03-04 12:00", "profile_updated", {"birthday": "2000-03-05"})
    assert after_the_change(older, today, values).later_lines(moved) == []


def test_a_split_and_a_holdout_fall_as_they_did_for_a_journey_that_is_pinned_under_a_new_name() -> None:
    split = """
scenario: cart
status: live
trigger: {event: started}
reentry: always
states:
  asks: {after: {2d: drawn}}
  drawn: {split: {one: 1, two: 1, three: 1, four: 1}}
  one: {end: one}
  two: {end: two}
  three: {end: three}
  four: {end: four}
"""
    older = project_of(split)
    values = until_the_change(older, [STARTED])
    arms = set()
    for name in ("basket", "trolley", "bag", "left_cart"):
        today = project_of(split.replace("scenario: cart", f"scenario: {name}\nwas: cart"))
        arms.add(after_the_change(older, today, values).later_lines()[0])
    assert len(arms) == 1


@rows(
    ("edits", "follows", "migrate", "expected"),
    [
        ([], False, "", ("stays", None, None, 0)),
        ([("2d:", "3d:")], False, "", ("pinned", None, None, 0)),
        ([("2d:", "3d:")], True, "", ("moves", "asks", None, 0)),
        (
            [("{2d: reminded}", "[{wait: 2d, to: reminded}, {wait: 3h, since: journey.entered_at, to: told}]")],
            True,
            "",
            ("moves", "asks", None, 1),
        ),
        (RENAMED, True, "{asks: waits}", ("moves", "waits", None, 0)),
        (RENAMED, True, "{asks: {end: closed}}", ("ends", None, "closed", 0)),
        (RENAMED, True, "", ("stranded", None, None, 0)),
    ],
)  # fmt: skip
def test_the_fate_of_a_journey_is_foreseen(
    edits: Edits, follows: bool, migrate: str, expected: tuple[str, str | None, str | None, int]
) -> None:
    older, today = project_of(CART, OTHER), project_of(edited(edits, follows, migrate), OTHER)
    values = until_the_change(older, [STARTED])
    (stop,) = foreseen(program_after(older, today), values, moment(CHANGE))
    assert (stop.scenario, stop.state) == ("cart", "asks")
    assert (stop.fate, stop.to_state, stop.outcome, stop.over_at_once) == expected


def test_a_definition_that_was_not_kept_is_foreseen() -> None:
    older, today = project_of(CART, OTHER), project_of(edited([("2d:", "3d:")], follows=False), OTHER)
    (stop,) = foreseen(program_after(today, today), until_the_change(older, [STARTED]), moment(CHANGE))
    assert stop.fate == "missing"
