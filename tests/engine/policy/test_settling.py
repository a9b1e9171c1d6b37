"""A state with a held message is settled when the message has been sent or dropped."""

from __future__ import annotations

import pytest

from tests.engine.policy.stage import LATE, MORNING, QUIET, news, run, waits_while_sending, without
from tests.engine.worlds import Happening


def test_waits_begin_when_the_last_message_has_left() -> None:
    scenario = waits_while_sending("{email: a/e, push: a/p}", "{1h: {end: over}}")
    assert run(QUIET, scenario, [LATE]).lines == [
        f"{LATE} -> in",
        f"{LATE} email sent",
        f"{LATE} push held until {MORNING}",
        f"{MORNING} push sent",
        "2025-03-04 09:00 end over",
    ]


def test_waits_begin_when_the_last_of_several_held_messages_has_left_or_was_dropped() -> None:
    policy = (
        "{quiet_hours: [{channels: [push], from: '21:00', to: '08:00'}, {channels: [sms], from: '20:00', to: '10:00'}]}"
    )
    scenario = waits_while_sending("{sms: {template: a/s, if: contact.points > 5}, push: a/p}", "{1h: {end: over}}")
    assert run(policy, scenario, [LATE], without(points=9)).lines[-3:] == [
        f"{MORNING} push sent",
        "2025-03-04 10:00 sms sent",
        "2025-03-04 11:00 end over",
    ]
    fewer: Happening = ("2025-03-04 09:00", "profile_updated", {"points": 1})
    assert run(policy, scenario, [LATE, fewer], without(points=9)).lines[-3:] == [
        f"{MORNING} push sent",
        "2025-03-04 10:00 sms dropped condition",
        "2025-03-04 11:00 end over",
    ]


def test_a_journey_does_not_end_before_its_held_message_has_left() -> None:
    story = run(QUIET, news("{push: a/p}"), [LATE], until="2025-03-04 07:59")
    assert (story.running, story.lines[-1]) == (1, f"{LATE} push held until {MORNING}")
    assert run(QUIET, news("{push: a/p}"), [LATE], until=MORNING).lines[-2:] == [
        f"{MORNING} push sent",
        f"{MORNING} end told",
    ]


@pytest.mark.parametrize("onward", ["next: two", "choose: {contact.points > 5: three, else: two}", "split: {two: 1}"])
def test_a_state_leads_on_when_its_held_message_has_left(onward: str) -> None:
    scenario = f"""
scenario: leads_on
trigger: {{event: started}}
states:
  one: {{send: {{push: a/p}}, {onward}}}
  two: {{end: two}}
  three: {{end: three}}
"""
    points: Happening = ("2025-03-04 03:00", "profile_updated", {"points": 9})
    ends = "three" if "choose" in onward else "two"
    assert run(QUIET, scenario, [LATE, points]).lines[-3:] == [
        f"{MORNING} push sent",
        f"{MORNING} -> {ends}",
        f"{MORNING} end {ends}",
    ]


def test_the_state_s_when_is_looked_at_after_the_held_message_has_left() -> None:
    scenario = """
scenario: looks
trigger: {event: started}
states:
  one: {send: {push: a/p}, when: {now.hour == 8: two}, after: {1h: {end: over}}}
  two: {end: two}
"""
    assert run(QUIET, scenario, [LATE]).lines[-3:] == [
        f"{MORNING} push sent",
        f"{MORNING} -> two",
        f"{MORNING} end two",
    ]


def test_a_move_to_another_time_zone_while_a_message_is_held_disturbs_no_wait() -> None:
    scenario = waits_while_sending("{push: a/p}", "{1d at 09:00: {end: over}}")
    moves: Happening = ("2025-03-03 23:00", "profile_updated", {"timezone": "Europe/London"})
    assert run(QUIET, scenario, [LATE, moves]).lines[-2:] == [
        "2025-03-04 09:00 push sent",  # 08:00 in London
        "2025-03-05 10:00 end over",
    ]
