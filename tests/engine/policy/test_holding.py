"""Held messages: how long they are held, the causes that cancel them, and their content when they are sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from scenario_cli.engine.step import new_contact, step
from scenario_cli.model.event import Event
from scenario_cli.model.records import Converted, Held
from tests.engine.policy.stage import (
    LATE,
    MONDAY,
    MORNING,
    NIGHT,
    QUIET,
    becomes,
    news,
    program_of,
    run,
    waits_while_sending,
    without,
)
from tests.engine.worlds import REACHABLE, ROW, Happening, moment, record_text
from tests.rows import rows


@rows(
    ("policy", "options", "requested", "became"),
    [
        ("", "expires: 10h", LATE, MORNING),  # ten hours, to the second
        ("", "expires: 9h59min", LATE, f"{LATE} push dropped expired"),
        ("", "expires: 10h", "2025-03-03 21:59:59", "2025-03-03 21:59:59 push dropped expired"),
        (", max_hold: 10h", "", LATE, MORNING),
        (", max_hold: 9h", "", LATE, f"{LATE} push dropped expired"),
        (", max_hold: 1h", "expires: 10h", LATE, MORNING),
        (", max_hold: 1w", "expires: 1h", LATE, f"{LATE} push dropped expired"),
        # elapsed time: the night of 25 October is an hour longer, the night of 29 March an hour shorter
        ("", "expires: 10h", "2025-10-25 22:00", "2025-10-25 22:00 push dropped expired"),
        ("", "expires: 11h", "2025-10-25 22:00", "2025-10-26 08:00"),
        ("", "expires: 9h", "2025-03-29 22:00", "2025-03-30 08:00"),
        ("", "expires: 1d", "2025-10-25 22:00", "2025-10-26 08:00"),
    ],
)
def test_a_message_that_would_be_held_too_long_is_expired_at_once(
    policy: str, options: str, requested: str, became: str
) -> None:
    send = f"{{push: {{template: a/p{', ' if options else ''}{options}}}}}"
    assert becomes(f"{{quiet_hours: [{NIGHT}]{policy}}}", requested, send) == became


def test_without_max_hold_a_message_is_held_three_days() -> None:
    policy = "{quiet_hours: [{on: 'mon,tue,wed,thu'}]}"
    assert becomes(policy, "2025-03-04 00:00") == "2025-03-07 00:00"
    assert becomes(policy, "2025-03-03 23:59") == "2025-03-03 23:59 push dropped expired"


def test_a_message_expires_if_it_is_always_quiet() -> None:
    assert becomes("{quiet_hours: [{on: weekdays}, {on: weekends}]}", MONDAY) == f"{MONDAY} push dropped expired"


def test_an_expired_message_does_not_stop_the_journey() -> None:
    scenario = waits_while_sending("{push: {template: a/p, expires: 1h}}", "{1h: {end: over}}")
    assert run(QUIET, scenario, [LATE]).lines == [
        f"{LATE} -> in",
        f"{LATE} push dropped expired",
        "2025-03-03 23:00 end over",
    ]


# -- while a message is held


def test_a_purchase_while_a_message_is_held_cancels_it() -> None:
    scenario = waits_while_sending("{push: a/p}", "{1d: {end: silent}}", "goal: {event: bought, ends: done}")
    assert run(QUIET, scenario, [LATE, ("2025-03-04 03:00", "bought")]).lines == [
        f"{LATE} -> in",
        f"{LATE} push held until {MORNING}",
        "2025-03-04 03:00 converted",
        "2025-03-04 03:00 push dropped cancelled",
        "2025-03-04 03:00 end done",
    ]


def test_a_purchase_at_the_instant_of_a_held_message_cancels_it() -> None:
    scenario = waits_while_sending("{push: a/p}", "{1d: {end: silent}}", "goal: {event: bought}")
    assert run(QUIET, scenario, [LATE, (MORNING, "bought")]).reasons == ["cancelled"]


LIVE = """
scenario: live
trigger: {event: started}
while_running: ignore
on: {stopped: {end: stopped}}
when: {contact.points > 100: {end: rich}}
states:
  in:
    send: {push: a/p, email: a/e}
    on:
      changed: next_one
      clicked: {set: {it: =event.n}}
      noted: in
    when: {contact.country == 'DE': next_one}
    after: {1h: {end: over}}
  next_one: {end: moved_on}
"""


@pytest.mark.parametrize(
    ("happening", "ends"),
    [
        (("2025-03-04 03:00", "stopped"), ["-> in", "end stopped"]),
        (("2025-03-04 03:00", "changed"), ["-> in", "-> next_one", "end moved_on"]),
        (("2025-03-04 03:00", "profile_updated", {"country": "DE"}), ["-> in", "-> next_one", "end moved_on"]),
        (("2025-03-04 03:00", ROW, {"country": "DE"}), ["-> in", "-> next_one", "end moved_on"]),
        (("2025-03-04 03:00", "profile_updated", {"points": 101}), ["-> in", "end rich"]),
    ],
)
def test_leaving_the_state_cancels_held_messages(happening: Happening, ends: list[str]) -> None:
    story = run(QUIET, LIVE, [LATE, happening])
    assert story.fates == [
        f"{LATE} push held until {MORNING}",
        f"{LATE} email sent",
        "2025-03-04 03:00 push dropped cancelled",
    ]
    assert [line.split(" ", 2)[2] for line in story.lines if "->" in line or "end" in line.split()] == ends


def test_a_transition_that_stays_holds_on() -> None:
    story = run(QUIET, LIVE, [LATE, ("2025-03-04 03:00", "clicked", {"n": 1})])
    assert story.fates[-1] == f"{MORNING} push sent"
    assert story.lines[-1] == "2025-03-04 09:00 end over"


def test_a_state_entered_again_cancels_held_messages_and_requests_them_again() -> None:
    story = run(QUIET, LIVE, [LATE, ("2025-03-04 03:00", "noted")])
    assert story.fates == [
        f"{LATE} push held until {MORNING}",
        f"{LATE} email sent",
        "2025-03-04 03:00 push dropped cancelled",
        f"2025-03-04 03:00 push held until {MORNING}",
        "2025-03-04 03:00 email sent",
        f"{MORNING} push sent",
    ]
    names = [message.message_id for message in story.messages if message.channel == "push"]
    assert len(set(names)) == 2


def test_a_journey_that_is_restarted_cancels_what_is_held() -> None:
    scenario = waits_while_sending("{push: a/p}", "{1h: {end: over}}", "while_running: restart")
    assert run(QUIET, scenario, [LATE, "2025-03-03 23:00"]).lines == [
        f"{LATE} -> in",
        f"{LATE} push held until {MORNING}",
        "2025-03-03 23:00 push dropped cancelled",
        "2025-03-03 23:00 end restarted",
        "2025-03-03 23:00 -> in",
        f"2025-03-03 23:00 push held until {MORNING}",
        f"{MORNING} push sent",
        "2025-03-04 09:00 end over",
    ]


def test_a_when_is_looked_at_after_the_executor_s_own_events_whoever_else_listens_to_them() -> None:
    """The e-mail is sent while the push message is held. This is an event, and the condition moves the journey after
    it.
    """
    scenario = """
scenario: held
trigger: {event: started}
states:
  asks:
    send: {email: a/b, push: a/b}
    when: {contact.points is none: {end: moved}}
    after: {1h: {end: over}}
"""
    hears = "scenario: hears\ntrigger: {event: message.sent}\nstates: {in: {end: done}}\n"
    quiet = '{quiet_hours: [{channels: [push], from: "00:00", to: "23:59"}]}'
    for scenarios in ([scenario], [scenario, hears]):
        program = program_of(quiet, *scenarios)
        state = new_contact(program, "ana", REACHABLE)
        records = step(program, state, Event("started", moment("2025-03-03 10:00"), {}))
        told_of_it = [record_text(record) for record in records if getattr(record, "scenario", "") == "held"]
        assert told_of_it[-2:] == ["push a/b dropped cancelled", "end moved"]


def test_the_scenario_s_when_is_looked_at_before_a_held_message_leaves() -> None:
    scenario = waits_while_sending("{push: a/p}", "{1h: {end: over}}", "when: {now.hour == 8: {end: too_late}}")
    assert run(QUIET, scenario, [LATE]).lines == [
        f"{LATE} -> in",
        f"{LATE} push held until {MORNING}",
        f"{MORNING} push dropped cancelled",
        f"{MORNING} end too_late",
    ]


@rows(
    ("change", "reason"),
    [
        ({"points": 1}, "condition"),
        ({"push_token": None}, "no_address"),
        ({"push_optin": False}, "no_consent"),
        ({"push_optin": None}, "no_consent"),
        ({"push_optin": "true"}, "no_consent"),
        ({"push_optin": False, "push_token": None, "points": 1}, "condition"),
        ({"push_optin": False, "push_token": None}, "no_address"),
        ({"email": None}, "sent"),
    ],
)
def test_a_held_message_is_looked_at_again_from_the_first_check_on(change: Mapping[str, Any], reason: str) -> None:
    scenario = news("{push: {template: a/p, if: contact.points > 5}}")
    changed: Happening = ("2025-03-04 03:00", "profile_updated", change)
    assert run(QUIET, scenario, [LATE, changed], without(points=9)).fates == [
        f"{LATE} push held until {MORNING}",
        f"{MORNING} push " + ("sent" if reason == "sent" else f"dropped {reason}"),
    ]


def test_a_held_message_has_the_address_and_profile_of_the_instant_it_leaves() -> None:
    changed: Happening = ("2025-03-04 03:00", "profile_updated", {"push_token": "new", "points": 2})
    (message,) = run(QUIET, news("{push: a/p}"), [LATE, changed], without(points=1)).messages
    assert (message.address, message.profile["points"], message.asked_at) == ("new", 2, moment(LATE))


def test_a_held_message_keeps_its_id_until_it_leaves() -> None:
    story = run(QUIET, news("{push: a/p}"), [LATE])
    (held_record,) = (record for record in story.records if isinstance(record, Held))
    assert [message.message_id for message in story.messages] == [held_record.message_id]


def test_the_if_of_a_held_message_reads_the_event_that_led_to_the_state() -> None:
    scenario = news("{push: {template: a/p, if: event.n > 5}}")
    started: Happening = (LATE, "started", {"n": 9})
    assert run(QUIET, scenario, [started, ("2025-03-04 03:00", "changed", {"n": 1})]).reasons == ["sent"]


def test_a_cancelled_message_keeps_the_values_of_its_request() -> None:
    scenario = """
scenario: cancels
trigger: {event: started}
states:
  in:
    send: {push: {template: a/p, with: {double: =event.n * 2}}}
    on: {changed: {end: gone}}
    after: {1h: {end: over}}
"""
    changed: Happening = ("2025-03-04 03:00", "changed", {"n": "six"})
    story = run(QUIET, scenario, [(LATE, "started", {"n": 2}), changed])
    assert story.reasons == ["cancelled"]
    assert (story.messages[0].values, story.warnings) == ({"double": 4}, [])


def test_a_transition_by_the_id_of_a_message_that_was_held_is_taken() -> None:
    scenario = """
scenario: clicks
trigger: {event: started}
states:
  in: {send: {push: a/p}, on: {clicked: {of: in, to: {end: clicked}}}, after: {7d: {end: over}}}
"""
    name = run(QUIET, scenario, [LATE]).messages[0].message_id
    early: Happening = ("2025-03-04 03:00", "clicked", {"message_id": name})
    late: Happening = ("2025-03-04 12:00", "clicked", {"message_id": name})
    assert run(QUIET, scenario, [LATE, early, late]).lines[-1] == "2025-03-04 12:00 end clicked"


def test_a_conversion_is_credited_to_a_message_only_once_it_left() -> None:
    scenario = waits_while_sending("{push: a/p}", "{7d: {end: over}}", "goal: {event: bought, ends: false}")
    early = run(QUIET, scenario, [LATE, ("2025-03-04 03:00", "bought")])
    late = run(QUIET, scenario, [LATE, ("2025-03-04 12:00", "bought")])
    assert [record.credited for record in early.records if isinstance(record, Converted)] == [None]
    assert [record.credited for record in late.records if isinstance(record, Converted)] == [
        late.messages[0].message_id
    ]
