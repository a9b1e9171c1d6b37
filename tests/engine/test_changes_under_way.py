"""The journeys that wait while their scenario changes: each kind of change, pinned and following."""

from __future__ import annotations

import pytest

from scenario_cli.engine.compile.program import compile_program
from scenario_cli.engine.snapshot import SnapshotError, Stranded, restore, save
from scenario_cli.engine.step import advance, new_contact, step
from scenario_cli.model.event import Event
from tests.engine.changed import (
    CHANGE,
    after_the_change,
    program_after,
    project_of,
    until_the_change,
)
from tests.engine.changing_cart import AS_IT_BEGAN, BOUGHT, CART, OTHER, RENAMED, STARTED, Edits, changed, edited
from tests.engine.worlds import REACHABLE, Happening, moment, record_text
from tests.rows import rows

# The edits; the results of a pinned journey and of one that follows; the events of the contact after the edit.
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
    "the status, to paused, where no channel reaches the contact": (
        [("status: live", "status: paused"), ("email: m/a", "first_of: [{desk: m/a}]")],
        [AS_IT_BEGAN[0], "03-05 10:00 email m/a dropped paused", AS_IT_BEGAN[2]],
        [AS_IT_BEGAN[0], "03-05 10:00 desk m/a dropped paused", AS_IT_BEGAN[2]],
        [],
    ),
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
def test_a_pinned_journey_continues_on_its_old_definition(kind: str) -> None:
    edits, pinned, _, events = CHANGES[kind]
    assert changed(edits, follows=False).later_lines(*events) == pinned


@rows("kind", CHANGES)
def test_a_following_journey_continues_on_the_present_definition(kind: str) -> None:
    edits, _, follows, events = CHANGES[kind]
    assert changed(edits, follows=True).later_lines(*events) == follows


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
def test_a_journey_whose_state_is_gone_moves_by_migrate(edits: Edits, migrate: str, expected: list[str]) -> None:
    """The new state sends nothing: it counts as settled."""
    assert changed(edits, follows=True, migrate=migrate).later_lines() == expected
    assert changed(edits, follows=False).later_lines() == AS_IT_BEGAN


def test_a_journey_whose_state_is_gone_and_that_has_no_place_to_go_stops_the_run() -> None:
    why = "journey .* of cart is in state asks, which the scenario no longer has: write under 'migrate' where"
    with pytest.raises(Stranded, match=why):
        changed(RENAMED, follows=True)


def test_a_definition_that_was_not_kept_stops_the_run() -> None:
    older, today = project_of(CART, OTHER), project_of(edited([("2d:", "3d:")], follows=False), OTHER)
    with pytest.raises(SnapshotError, match=r"in state asks: the program has no definition [0-9a-f]{16} of cart"):
        after_the_change(today, today, until_the_change(older, [STARTED]))


@pytest.mark.parametrize("before", [CART, CART.replace("reentry:", "in_flight: follow\nreentry:")])
def test_journeys_of_a_scenario_that_is_gone_finish_as_they_began_and_nobody_enters(before: str) -> None:
    older, today = project_of(before, OTHER), project_of(OTHER)
    resumed = after_the_change(older, today, until_the_change(older, [STARTED]))
    assert resumed.later_lines(("2025-03-04 12:00", "started")) == AS_IT_BEGAN


def test_no_conversion_follows_the_last_journey_of_a_deleted_scenario() -> None:
    older, today = project_of(CART, OTHER), project_of(OTHER)
    resumed = after_the_change(older, today, until_the_change(older, [STARTED]))
    assert resumed.later_lines(("2025-03-07 10:00", "bought")) == AS_IT_BEGAN


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
    resumed = after_the_change(older, today, until_the_change(older, [STARTED]))
    moved: Happening = ("2025-03-05 10:00", "profile_updated", {"timezone": "America/New_York"})
    assert resumed.later_lines(moved)[0] == expected


ROUND = """
scenario: cart
status: live
trigger: {event: started}
reentry: always
states:
  asks: {after: [{wait: date contact.renewal, to: asks, if_past: asks, if_missing: asks}]}
"""


def test_a_journey_that_loops_at_the_instant_of_the_move_stops_as_if_unmoved() -> None:
    older = project_of(ROUND)
    today = project_of(ROUND.replace("reentry", "in_flight: follow\nversion: 2\nreentry"))
    program = compile_program(older)
    for after in (program, program_after(older, today)):
        state = new_contact(program, "ana", REACHABLE)
        step(program, state, Event("started", moment(CHANGE), {}))
        state = restore(after, save(program, state), moment(CHANGE))
        assert [record_text(each) for each in advance(after, state, moment(CHANGE))] == ["end error"]
