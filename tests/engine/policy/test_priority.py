"""The order of messages that are due at one instant."""

from __future__ import annotations

import pytest

from tests.engine.policy.stage import LATE, MONDAY, MORNING, NIGHT, news, run
from tests.engine.worlds import Happening


@pytest.mark.parametrize(("first", "second"), [(("b", 60), ("a", 40)), (("a", 50), ("b", 50)), (("z", 1), ("a", 0))])
def test_the_higher_of_two_scenarios_with_one_event_gets_the_cap(
    first: tuple[str, int], second: tuple[str, int]
) -> None:
    scenarios = [news("{email: a/e}", name, priority=priority) for name, priority in (second, first)]
    story = run("{caps: [{max: 1, per: day}]}", scenarios, [MONDAY])
    assert [(message.scenario, message.reason) for message in story.messages] == [(first[0], ""), (second[0], "capped")]


def test_the_higher_of_two_waits_over_at_one_instant_gets_the_cap() -> None:
    later = "states:\n  in: {after: {1h: out}}\n  out: {send: {email: a/e}, end: told}\n"
    scenarios = [
        f"scenario: {name}\npriority: {priority}\ntrigger: {{event: {event_}}}\n{later}"
        for name, priority, event_ in (("early", 10, "started"), ("urgent", 90, "noted"))
    ]
    story = run("{caps: [{max: 1, per: day}]}", scenarios, [MONDAY, (MONDAY, "noted")])
    assert [(message.scenario, message.reason) for message in story.messages] == [("urgent", ""), ("early", "capped")]


def test_the_higher_of_two_messages_held_until_one_instant_gets_the_cap() -> None:
    policy = f"{{quiet_hours: [{NIGHT}], caps: [{{max: 1, per: day}}]}}"
    low, high = news("{push: a/p}", "low", priority=10), news("{push: a/p}", "high", priority=90)
    scenarios = [low, high.replace("event: started", "event: noted")]
    story = run(policy, scenarios, [LATE, ("2025-03-04 03:00", "noted")])
    assert [(message.scenario, message.reason) for message in story.messages] == [("high", ""), ("low", "capped")]


def test_the_older_of_two_journeys_of_a_scenario_goes_first() -> None:
    scenario = """
scenario: keyed
trigger: {event: started}
key: event.id
states:
  in: {choose: {trigger.n == 1: waits, else: out}}
  waits: {after: {at 08:00: out}}
  out: {send: {push: a/p}, end: told}
"""
    policy = f"{{quiet_hours: [{NIGHT}], caps: [{{max: 1, per: day}}]}}"
    older: Happening = (LATE, "started", {"id": "older", "n": 1})
    younger: Happening = ("2025-03-03 23:00", "started", {"id": "younger", "n": 2})
    story = run(policy, scenario, [older, younger])
    assert [(message.key, message.reason) for message in story.messages] == [("older", ""), ("younger", "capped")]
    holds: Happening = (LATE, "started", {"id": "older", "n": 2})
    waits: Happening = ("2025-03-03 23:00", "started", {"id": "younger", "n": 1})
    story = run(policy, scenario, [holds, waits])
    assert [(message.key, message.reason) for message in story.messages] == [("older", ""), ("younger", "capped")]


def test_an_event_precedes_a_message_held_until_its_instant() -> None:
    policy = f"{{quiet_hours: [{NIGHT}], caps: [{{max: 1, per: day}}]}}"
    scenarios = (news("{push: a/p}"), news("{email: a/e}", "mail").replace("event: started", "event: noted"))
    assert run(policy, scenarios, [LATE, (MORNING, "noted")]).fates[1:] == [
        f"{MORNING} email sent",
        f"{MORNING} push dropped capped",
    ]
