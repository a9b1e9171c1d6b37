"""What becomes of a journey that waits while its scenario changes: each kind of change, pinned and following."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from scenario_cli.engine.compile.program import compile_program
from scenario_cli.engine.foreseen import foreseen
from scenario_cli.engine.snapshot import SnapshotError, Stranded, restore, save
from scenario_cli.engine.step import advance, new_contact, step
from scenario_cli.model.event import Event
from scenario_cli.model.records import Asked
from tests.engine.changed import (
    CHANGE,
    Changed,
    after_the_change,
    program_after,
    project_of,
    until_the_change,
)
from tests.engine.worlds import REACHABLE, Happening, moment, told
from tests.rows import rows

CART = """
scenario: cart
status: live
trigger: {event: started}
reentry: always
goal: {event: bought, ends: bought}
states:
  asks:
    set: {n: =event.n}
    on: {clicked: told}
    after: {2d: reminded}
  reminded: {send: {email: m/a}, after: {1d: {end: over}}}
  told: {send: {push: m/b}, end: told}
"""
# Another scenario, so that there is one when the first is gone.
OTHER = "scenario: other\nstatus: live\ntrigger: {event: noted}\nstates: {in: {end: done}}\n"
STARTED: Happening = ("2025-03-03 10:00", "started", {"n": 7})

BOUGHT = ["03-04 12:00 converted", "03-04 12:00 end bought"]
AS_IT_BEGAN = ["03-05 10:00 -> reminded (after 2d)", "03-05 10:00 email m/a", "03-06 10:00 end over"]
Edits = Sequence[tuple[str, str]]


def edited(edits: Edits, follows: bool, migrate: str = "") -> str:
    text = CART
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    head = f"\nin_flight: follow\n{f'migrate: {migrate}' if migrate else ''}\nreentry:" if follows else "\nreentry:"
    return text.replace("\nreentry:", head, 1)


def changed(
    edits: Edits, follows: bool, migrate: str = "", events: Sequence[Happening] = (STARTED,), *, before: str = CART
) -> Changed:
    older, today = project_of(before, OTHER), project_of(edited(edits, follows, migrate), OTHER)
    return after_the_change(older, today, until_the_change(older, events))


# The edits; what comes of a journey that is pinned and of one that follows; what happens to the contact after it.
CHANGES: dict[str, tuple[Edits, list[str], list[str], list[Happening]]] = {
    "nothing": ([], AS_IT_BEGAN, AS_IT_BEGAN, []),
    "a comment": ([("states:", "# of the shop\nstates:")], AS_IT_BEGAN, AS_IT_BEGAN, []),
    "a wait is shortened": (
        [("2d: reminded", "12h: reminded")],
        AS_IT_BEGAN,
        ["03-04 22:00 -> reminded (after 12h)", "03-04 22:00 email m/a", "03-05 22:00 end over"],
        [],
    ),
    "a wait is lengthened": (
        [("2d: reminded", "5d: reminded")],
        AS_IT_BEGAN,
        ["03-09 10:00 -> reminded (after 5d)", "03-09 10:00 email m/a", "03-10 10:00 end over"],
        [],
    ),
    "a wait leads elsewhere": (
        [("2d: reminded", "2d: {end: gone}")], AS_IT_BEGAN, ["03-05 10:00 end gone"], [],
    ),
    "a wait is added": (
        [("{2d: reminded}", "{2d: reminded, 3h: told}")],
        AS_IT_BEGAN,
        ["03-04 13:00 -> told (after 3h)", "03-04 13:00 push m/b", "03-04 13:00 end told"],
        [],
    ),
    "a wait gets a condition": (
        [("{2d: reminded}", "[{wait: 2d, if: n > 7, to: reminded}, {wait: 3d, to: {end: late}}]")],
        AS_IT_BEGAN,
        ["03-07 10:00 end late"],
        [],
    ),
    "a wait goes": (
        [("    after: {2d: reminded}\n", "")], AS_IT_BEGAN, [], [],
    ),
    "the state leads on at once": (
        [("    on: {clicked: told}\n    after: {2d: reminded}\n", "    choose: {n > 5: told, else: reminded}\n")],
        AS_IT_BEGAN,
        ["03-04 10:00 -> told (choose n > 5)", "03-04 10:00 push m/b", "03-04 10:00 end told"],
        [],
    ),
    "the state ends": (
        [("    on: {clicked: told}\n    after: {2d: reminded}\n", "    end: closed\n")],
        AS_IT_BEGAN,
        ["03-04 10:00 end closed"],
        [],
    ),
    "the state sends": ([("    set: {n: =event.n}\n", "    set: {n: =event.n}\n    send: {email: m/b}\n")],
                        AS_IT_BEGAN, AS_IT_BEGAN, []),
    "the state sets another value": (
        [("set: {n: =event.n}", "set: {m: 1}"), ("{2d: reminded}", "[{wait: 2d, if: m is none, to: reminded}]")],
        AS_IT_BEGAN,
        AS_IT_BEGAN,
        [],
    ),
    "a condition is added that holds": (
        [("states:", "when: {contact.country is none: {end: nowhere}}\nstates:")],
        AS_IT_BEGAN,
        [AS_IT_BEGAN[0], "03-05 10:00 end nowhere"],
        [],
    ),
    "a condition is added that holds, and something happens": (
        [("states:", "when: {contact.country is none: {end: nowhere}}\nstates:")],
        AS_IT_BEGAN,
        ["03-04 12:00 end nowhere"],
        [("2025-03-04 12:00", "changed")],
    ),
    "a message": (
        [("email: m/a", "email: m/c")],
        AS_IT_BEGAN,
        [AS_IT_BEGAN[0], "03-05 10:00 email m/c", AS_IT_BEGAN[2]],
        [],
    ),
    "a channel": (
        [("email: m/a", "sms: m/a")], AS_IT_BEGAN, [AS_IT_BEGAN[0], "03-05 10:00 sms m/a", AS_IT_BEGAN[2]], [],
    ),
    "a transition": (
        [("clicked: told", "clicked: {end: left}")],
        ["03-04 12:00 -> told (on clicked)", "03-04 12:00 push m/b", "03-04 12:00 end told"],
        ["03-04 12:00 end left"],
        [("2025-03-04 12:00", "clicked")],
    ),
    "the goal": (
        [("goal: {event: bought", "goal: {event: stopped")],
        ["03-04 13:00 converted", "03-04 13:00 end bought"],
        ["03-04 12:00 converted", "03-04 12:00 end bought"],
        [("2025-03-04 12:00", "stopped"), ("2025-03-04 13:00", "bought")],
    ),
    "the goal of a journey that is over": (
        [("goal: {event: bought", "goal: {event: stopped")],
        ["03-04 12:00 -> told (on clicked)", "03-04 12:00 push m/b", "03-04 12:00 end told", "03-04 14:00 converted"],
        ["03-04 12:00 -> told (on clicked)", "03-04 12:00 push m/b", "03-04 12:00 end told", "03-04 14:00 converted"],
        [("2025-03-04 12:00", "clicked"), ("2025-03-04 13:00", "bought"), ("2025-03-04 14:00", "stopped")],
    ),
    "a key": (
        [("reentry:", "key: event.id\nreentry:")],
        ["03-04 12:00 entered a", "03-04 12:00 -> asks", "03-04 13:00 converted", "03-04 13:00 end bought",
         "03-04 13:00 converted", "03-04 13:00 end bought"],
        ["03-04 12:00 entered a", "03-04 12:00 -> asks", "03-04 13:00 converted", "03-04 13:00 end bought",
         "03-04 13:00 converted", "03-04 13:00 end bought"],
        [("2025-03-04 12:00", "started", {"id": "a"}), ("2025-03-04 13:00", "bought", {"id": "a"})],
    ),
    "the trigger": (
        [("trigger: {event: started}", "trigger: {event: changed}")],
        ["03-04 12:00 refused running", *AS_IT_BEGAN],
        ["03-04 12:00 refused running", *AS_IT_BEGAN],
        [("2025-03-04 11:00", "started"), ("2025-03-04 12:00", "changed")],
    ),
    "the audience": (
        [("reentry:", "audience: contact.country == 'BE'\nreentry:")],
        ["03-04 12:00 refused audience", *AS_IT_BEGAN],
        ["03-04 12:00 refused audience", *AS_IT_BEGAN],
        [("2025-03-04 12:00", "started")],
    ),
    "how many at once": (
        [("reentry:", "max_running: 1\nwhile_running: parallel\nreentry:")],
        ["03-04 12:00 refused limit", *AS_IT_BEGAN],
        ["03-04 12:00 refused limit", *AS_IT_BEGAN],
        [("2025-03-04 12:00", "started")],
    ),
    "a trigger restarts": (
        [("reentry:", "while_running: restart\nreentry:"), ("2d: reminded", "2d: {end: gone}")],
        ["03-04 12:00 end restarted", "03-04 12:00 entered", "03-04 12:00 -> asks", "03-06 12:00 end gone"],
        ["03-04 12:00 end restarted", "03-04 12:00 entered", "03-04 12:00 -> asks", "03-06 12:00 end gone"],
        [("2025-03-04 12:00", "started")],
    ),
    "the priority": ([("reentry:", "priority: 90\nreentry:")], AS_IT_BEGAN, AS_IT_BEGAN, []),
    "the status, to paused": (
        [("status: live", "status: paused")],
        ["03-04 12:00 refused paused", AS_IT_BEGAN[0], "03-05 10:00 email m/a dropped paused", AS_IT_BEGAN[2]],
        ["03-04 12:00 refused paused", AS_IT_BEGAN[0], "03-05 10:00 email m/a dropped paused", AS_IT_BEGAN[2]],
        [("2025-03-04 12:00", "started")],
    ),
    "the status and a wait": (
        [("status: live", "status: paused"), ("2d: reminded", "5d: reminded")],
        [AS_IT_BEGAN[0], "03-05 10:00 email m/a dropped paused", AS_IT_BEGAN[2]],
        ["03-09 10:00 -> reminded (after 5d)", "03-09 10:00 email m/a dropped paused", "03-10 10:00 end over"],
        [],
    ),
    "the status, to archived": (
        [("status: live", "status: archived")],
        ["03-04 10:00 end archived"],
        ["03-04 10:00 end archived"],
        [("2025-03-04 12:00", "started")],
    ),
    "the name": (
        [("scenario: cart", "scenario: basket\nwas: cart"), ("reentry: always", "reentry: never")],
        ["03-04 11:00 refused running", *BOUGHT, "03-04 13:00 refused reentry"],
        ["03-04 11:00 refused running", *BOUGHT, "03-04 13:00 refused reentry"],
        [("2025-03-04 11:00", "started"), ("2025-03-04 12:00", "bought"), ("2025-03-04 13:00", "started")],
    ),
    "the name and a wait": (
        [("scenario: cart", "scenario: basket\nwas: cart"), ("2d: reminded", "5d: reminded")],
        AS_IT_BEGAN,
        ["03-09 10:00 -> reminded (after 5d)", "03-09 10:00 email m/a", "03-10 10:00 end over"],
        [],
    ),
}  # fmt: skip


@rows("kind", CHANGES)
def test_a_pinned_journey_goes_on_as_it_began(kind: str) -> None:
    edits, pinned, _, events = CHANGES[kind]
    assert changed(edits, follows=False).goes_on(*events) == pinned


@rows("kind", CHANGES)
def test_a_journey_that_follows_goes_on_as_the_scenario_says_today(kind: str) -> None:
    edits, _, follows, events = CHANGES[kind]
    assert changed(edits, follows=True).goes_on(*events) == follows


RENAMED = [("  asks:\n", "  waits:\n")]


@pytest.mark.parametrize(
    ("edits", "migrate", "expected"),
    [
        (RENAMED, "{asks: waits}", ["03-04 10:00 -> waits (migrate)", *AS_IT_BEGAN]),
        (RENAMED, "{asks: told}", ["03-04 10:00 -> told (migrate)", "03-04 10:00 end told"]),
        (RENAMED, "{asks: {end: closed}}", ["03-04 10:00 end closed"]),
        (
            RENAMED,
            "{asks: reminded}",
            ["03-04 10:00 -> reminded (migrate)", "03-05 10:00 end over"],
        ),
    ],
)
def test_a_journey_whose_state_is_gone_goes_where_migrate_says(edits: Edits, migrate: str, expected: list[str]) -> None:
    """Nothing is sent there: the state counts as settled."""
    assert changed(edits, follows=True, migrate=migrate).goes_on() == expected
    assert changed(edits, follows=False).goes_on() == AS_IT_BEGAN


def test_a_journey_whose_state_is_gone_and_that_has_no_place_to_go_stops_the_run() -> None:
    why = "journey .* of cart is in state asks, which the scenario no longer has: say under 'migrate' where"
    with pytest.raises(Stranded, match=why):
        changed(RENAMED, follows=True)


def test_a_definition_that_was_not_kept_stops_the_run() -> None:
    older, today = project_of(CART, OTHER), project_of(edited([("2d:", "3d:")], follows=False), OTHER)
    with pytest.raises(SnapshotError, match=r"in state asks: the program has no definition [0-9a-f]{16} of cart"):
        after_the_change(today, today, until_the_change(older, [STARTED]))


@pytest.mark.parametrize("before", [CART, CART.replace("reentry:", "in_flight: follow\nreentry:")])
def test_journeys_of_a_scenario_that_is_gone_finish_as_they_began_and_nobody_enters(before: str) -> None:
    older, today = project_of(before, OTHER), project_of(OTHER)
    found = after_the_change(older, today, until_the_change(older, [STARTED]))
    assert found.goes_on(("2025-03-04 12:00", "started")) == AS_IT_BEGAN


def test_of_a_scenario_that_is_gone_nothing_converts_once_its_journey_is_over() -> None:
    older, today = project_of(CART, OTHER), project_of(OTHER)
    found = after_the_change(older, today, until_the_change(older, [STARTED]))
    assert found.goes_on(("2025-03-07 10:00", "bought")) == AS_IT_BEGAN


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("3d at 12:00: told", "3d at 12:00: told, 9d at 12:00: reminded", "03-06 18:00 -> told (after 3d at 12:00)"),
        (
            "9d at 12:00: told",
            "9d at 12:00: told, 4d at 12:00: reminded",
            "03-08 18:00 -> reminded (after 4d at 12:00)",
        ),
    ],
    ids=["one that was kept", "one that began with the move"],
)
def test_a_wait_of_a_moved_journey_is_worked_out_anew_from_its_own_beginning(
    before: str, after: str, expected: str
) -> None:
    older = project_of(CART.replace("2d: reminded", before), OTHER)
    today = project_of(edited([("2d: reminded", after)], follows=True), OTHER)
    found = after_the_change(older, today, until_the_change(older, [STARTED]))
    moved: Happening = ("2025-03-05 10:00", "profile_updated", {"timezone": "America/New_York"})
    assert found.goes_on(moved)[0] == expected


ROUND = """
scenario: cart
status: live
trigger: {event: started}
reentry: always
states:
  asks: {after: [{wait: date contact.renewal, to: asks, if_past: asks, if_missing: asks}]}
"""


def test_a_journey_that_goes_round_at_the_instant_of_the_move_is_stopped_as_if_it_had_not_moved() -> None:
    older = project_of(ROUND)
    today = project_of(ROUND.replace("reentry", "in_flight: follow\nversion: 2\nreentry"))
    program = compile_program(older)
    for after in (program, program_after(older, today)):
        state = new_contact(program, "ana", REACHABLE)
        step(program, state, Event("started", moment(CHANGE), {}))
        state = restore(after, save(program, state), moment(CHANGE))
        assert [told(one) for one in advance(after, state, moment(CHANGE))] == ["end error"]


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
    assert after_the_change(older, today, values).goes_on() == expected
    pinned = project_of(after.replace("in_flight: follow", "version: 2").replace(migrate, ""), policy=QUIET)
    assert after_the_change(older, pinned, values).goes_on() == [
        "03-04 20:00 email m/a", "03-04 20:00 sms m/s", "03-06 20:00 end over",
    ]  # fmt: skip


def test_a_held_message_keeps_its_id() -> None:
    older = project_of(HELD, policy=QUIET)
    after = HELD.replace("m/a", "m/c").replace("reentry", "in_flight: follow\nreentry")
    values = until_the_change(older, [HELD_AT])
    pinned = after_the_change(older, project_of(HELD.replace("m/a", "m/c"), policy=QUIET), values)
    moved = after_the_change(older, project_of(after, policy=QUIET), values)
    assert message_ids(pinned) == message_ids(moved)


def message_ids(found: Changed) -> list[str]:
    records = advance(found.program, found.state, moment("2025-03-30 10:00"))
    return [one.message_id for one in records if isinstance(one, Asked)]


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
    assert after_the_change(older, today, values).goes_on() == [*expected, "03-05 10:00 end over"]


LISTENER = "scenario: after_cart\nstatus: live\ntrigger: {scenario: cart}\nstates: {in: {end: done}}\n"


def test_an_outcome_that_only_the_older_definition_writes_counts() -> None:
    older = project_of(CART, LISTENER)
    today = project_of(edited([("{1d: {end: over}}", "{1d: {end: finished}}")], follows=False), LISTENER)
    found = after_the_change(older, today, until_the_change(older, [STARTED])).goes_on()
    assert found[-4:] == ["03-06 10:00 end over", "03-06 10:00 entered", "03-06 10:00 -> in", "03-06 10:00 end done"]


def test_nobody_enters_by_a_journey_that_a_move_ends() -> None:
    older = project_of(CART, LISTENER)
    today = project_of(edited(RENAMED, True, "{asks: {end: over}}"), LISTENER)
    assert after_the_change(older, today, until_the_change(older, [STARTED])).goes_on() == ["03-04 10:00 end over"]


def test_somebody_enters_by_a_journey_that_is_archived_where_a_trigger_says_so() -> None:
    listener = LISTENER.replace("{scenario: cart}", "{scenario: cart, outcome: archived}")
    older = project_of(CART, listener)
    today = project_of(CART.replace("live", "archived"), listener)
    found = after_the_change(older, today, until_the_change(older, [STARTED])).goes_on()
    assert found == ["03-04 10:00 end archived", "03-04 10:00 entered", "03-04 10:00 -> in", "03-04 10:00 end done"]


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
    found = after_the_change(older, today, until_the_change(older, [STARTED]))
    lines = found.goes_on(("2025-03-04 12:00", "noted"), until="2025-03-04 13:00")
    assert ("03-04 12:00 entered" in lines) == enters
    assert ("03-04 12:00 refused exclusive" in lines) != enters


def test_an_entry_that_waits_for_its_group_waits_on_under_the_new_name() -> None:
    waits = RIVAL.replace("exclusive: promo", "exclusive: {group: promo, wait: 7d}")
    older = project_of(GROUPED, waits)
    today = project_of(GROUPED, waits.replace("scenario: rival", "scenario: heir\nwas: rival"))
    values = until_the_change(older, [STARTED, ("2025-03-03 12:00", "noted")])
    found = after_the_change(older, today, values).goes_on(("2025-03-04 12:00", "bought"))
    assert found == [
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
    assert after_the_change(older, today, values).goes_on(moved) == []


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
        arms.add(after_the_change(older, today, values).goes_on()[0])
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
def test_what_would_become_of_a_journey_is_foreseen(
    edits: Edits, follows: bool, migrate: str, expected: tuple[str, str | None, str | None, int]
) -> None:
    older, today = project_of(CART, OTHER), project_of(edited(edits, follows, migrate), OTHER)
    values = until_the_change(older, [STARTED])
    (one,) = foreseen(program_after(older, today), values, moment(CHANGE))
    assert (one.scenario, one.state) == ("cart", "asks")
    assert (one.fate, one.to_state, one.outcome, one.over_at_once) == expected


def test_a_definition_that_was_not_kept_is_foreseen() -> None:
    older, today = project_of(CART, OTHER), project_of(edited([("2d:", "3d:")], follows=False), OTHER)
    (one,) = foreseen(program_after(today, today), until_the_change(older, [STARTED]), moment(CHANGE))
    assert one.fate == "missing"
