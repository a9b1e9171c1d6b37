"""Messages of a transition that stays in its state: requested at once, cancelled when the journey leaves the state."""

from __future__ import annotations

import pytest

from scenario_cli.engine.snapshot import restore, save
from scenario_cli.engine.step import advance, new_contact, step
from scenario_cli.model.event import Event
from scenario_cli.model.records import Asked, chain
from tests.engine.policy.stage import LATE, MONDAY, MORNING, QUIET, program_of, run, unfit_codes, without
from tests.engine.worlds import REACHABLE, Happening, moment

WATCHES = """
scenario: watches
trigger: {event: started}
reentry: always
states:
  watching:
    set: {seen: 0}
    on:
      changed: {set: {seen: =seen + 1}, send: {push: {template: a/p, with: {n: =event.n, seen: =seen}}}}
      bought: {end: bought}
    after: {2d: {end: silent}}
"""


def test_a_held_message_is_requested_at_once_and_waits_continue() -> None:
    events: list[Happening | str] = [MONDAY, ("2025-03-04 10:00", "changed"), ("2025-03-04 11:00", "changed")]
    assert run(QUIET, WATCHES, events).lines == [
        f"{MONDAY} -> watching",
        "2025-03-04 10:00 push sent",
        "2025-03-04 11:00 push sent",
        "2025-03-05 10:00 end silent",
    ]


def test_a_held_message_keeps_no_wait_from_being_over_and_is_cancelled_by_it() -> None:
    late = WATCHES.replace("2d", "12h")
    assert run(QUIET, late, [MONDAY, ("2025-03-03 21:30", "changed")]).lines == [
        f"{MONDAY} -> watching",
        "2025-03-03 21:30 push held until 2025-03-04 08:00",
        "2025-03-03 22:00 push dropped cancelled",
        "2025-03-03 22:00 end silent",
    ]


@pytest.mark.parametrize("leaves", ["bought", "noted"])
def test_leaving_the_state_or_entering_it_again_cancels_held_messages(leaves: str) -> None:
    scenario = WATCHES.replace("bought: {end: bought}", "bought: {end: bought}\n      noted: watching")
    story = run(
        QUIET, scenario, [MONDAY, (LATE, "changed"), ("2025-03-03 23:00", "changed"), (MORNING[:-4] + "3:00", leaves)]
    )
    assert story.reasons == ["cancelled", "cancelled"]


def test_each_message_has_an_id_and_reads_the_event_and_captures_of_its_instant() -> None:
    events: list[Happening | str] = [
        MONDAY,
        ("2025-03-03 11:00", "changed", {"n": 1}),
        (LATE, "changed", {"n": 2}),
        ("2025-03-03 23:00", "changed", {"n": 3}),
    ]
    messages = run(QUIET, WATCHES, events).messages
    assert [(message.values["n"], message.values["seen"]) for message in messages] == [(1, 1), (2, 3), (3, 3)]
    assert len({message.message_id for message in messages}) == 3


def test_the_transition_is_the_last_cause_of_its_message_also_when_it_was_held() -> None:
    (message,) = run(QUIET, WATCHES, [MONDAY, (LATE, "changed")]).messages
    *_, last = chain(message.because)
    assert (last.cause, last.at, message.asked_at, message.at) == (
        "on changed",
        moment(LATE),
        moment(LATE),
        moment(MORNING),
    )


def test_a_state_is_unsettled_only_while_its_own_messages_are_held() -> None:
    scenario = """
scenario: s
trigger: {event: started}
states:
  in:
    send: {push: a/p}
    on: {changed: {send: {sms: a/s}}}
    after: {1h: {end: over}}
"""
    assert run(QUIET, scenario, [LATE, ("2025-03-03 23:00", "changed")]).lines == [
        f"{LATE} -> in",
        f"{LATE} push held until {MORNING}",
        f"2025-03-03 23:00 sms held until {MORNING}",
        f"{MORNING} push sent",
        f"{MORNING} sms sent",
        "2025-03-04 09:00 end over",
    ]


def test_a_transition_of_every_state_sends_in_each_and_belongs_to_that_state() -> None:
    scenario = """
scenario: s
trigger: {event: started}
on: {changed: {send: {first_of: [{push: a/p}, {sms: a/s}]}}}
states:
  one: {after: {1d: two}}
  two: {on: {message.sent: {of: two, to: {end: told}}}, after: {9d: {end: over}}}
"""
    events: list[Happening | str] = [MONDAY, ("2025-03-03 11:00", "changed"), ("2025-03-04 11:00", "changed")]
    story = run("{}", scenario, events, without("push_token"))
    assert [(message.channel, message.state) for message in story.messages] == [("sms", "one"), ("sms", "two")]
    assert story.lines[-1] == "2025-03-04 11:00 end told"


def test_a_transition_that_its_own_message_brings_about_again_sends_once() -> None:
    scenario = """
scenario: s
trigger: {event: started}
states:
  in:
    set: {n: 0}
    on: {changed: {send: {sms: a/s}}, message.sent: {set: {n: =n + 1}, send: {push: a/p}}}
    after: {1d: {end: over}}
"""
    story = run("{}", scenario, [MONDAY, ("2025-03-03 11:00", "changed"), ("2025-03-03 11:00", "changed")])
    # Each event from outside gives its text message and the push message that answers it. The push message is not
    # answered.
    assert [message.channel for message in story.messages] == ["sms", "push", "sms", "push"]
    assert story.warnings == ["its messages were already requested at this instant"] * 2


def test_a_held_message_of_a_transition_is_kept_in_a_snapshot_and_leaves_as_without() -> None:
    program = program_of(QUIET, WATCHES)
    texts = []
    for saved in (False, True):
        state = new_contact(program, "ana", REACHABLE)
        records = []
        for at, name in ((MONDAY, "started"), (LATE, "changed"), ("2025-03-03 23:00", "changed")):
            records += step(program, state, Event(name, moment(at), {"n": 7}))
            state = restore(program, save(program, state)) if saved else state
        records += advance(program, state, moment("2025-03-09 10:00"))
        texts.append([(record.at, record.message_id, record.values, [step.cause for step in chain(record.because)])
                     for record in records if isinstance(record, Asked)])  # fmt: skip
    assert texts[0] == texts[1]
    assert len(texts[0]) == 2


def test_send_beside_to_is_refused() -> None:
    scenario = WATCHES.replace("bought: {end: bought}", "bought: {send: {push: a/p}, to: {end: bought}}")
    assert unfit_codes(QUIET, scenario) == ["FLOW024"]
