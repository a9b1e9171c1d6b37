"""The scenarios that an event of the executor concerns: known when it is made, with the same result as offering it to
all.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from scenario_cli.engine.compile.decided import surely_fails
from scenario_cli.engine.compile.program import compile_program
from scenario_cli.engine.step import advance, new_contact, step
from scenario_cli.language.expressions import parse_expression
from scenario_cli.language.yaml_node import Node
from scenario_cli.model.event import Event
from scenario_cli.model.source import Span
from tests.engine.worlds import REACHABLE, load, moment, record_text, unfit
from tests.rows import rows

KNOWN = {"channel": "email", "state": "asked", "template": "nps/question"}


@rows(
    ("condition", "fails"),
    [
        ("event.channel == 'push'", True),
        ("event.channel == 'email'", False),
        ("event.channel != 'email'", True),
        ("not event.channel == 'email'", True),
        ("event.channel in ['push', 'sms']", True),
        ("event.channel in ['push', 'email']", False),
        ("'reactivation/' in event.template", True),
        ("'nps/' in event.template", False),
        ("event.channel == 'push' and event.other > 3", True),
        ("event.channel == 'email' and event.other > 3", False),
        ("event.other == 1 and event.channel == 'push'", True),
        ("event.other > 3 and event.channel == 'push'", False),  # the left side can leave a warning
        ("event.channel == 'push' or event.state == 'sent'", True),
        ("event.channel == 'push' or event.other == 1", False),
        ("event.state == '2025-01-01'", False),  # how dates compare depends on the clock
        ("event.channel == contact.channel", False),
        ("past.channel == 'push'", False),
    ],
)
def test_a_condition_surely_fails_if_known_properties_decide_it(condition: str, fails: bool) -> None:
    root = parse_expression(Node(Span("", 1, 1, 1, 1), condition, None, "'")).root
    assert surely_fails(root, "event", KNOWN) is fails


ASKING = """
scenario: asking
trigger: {event: started}
reentry: always
states:
  asked: {send: {email: a, push: b}, on: {message.dropped: {to: late}}, after: {1d: {end: kept}}}
  late: {send: {email: a}, after: {1d: {end: dropped}}}
"""
HEARING = """
scenario: hearing
trigger:
  - {event: message.sent, where: event.channel == 'push' and event.state == 'asked'}
  - {event: journey.ended, where: event.outcome == 'kept'}
states:
  in: {end: done}
"""
FOLLOWING = """
scenario: following
trigger: {scenario: asking, outcome: dropped}
states:
  in: {end: done}
"""
METRICS = """
metrics:
  mails: {count: message.sent, where: event.channel == 'email'}
  ends: {count: journey.ended, where: event.scenario == 'following'}
segments:
  much: metric.mails > 1 or metric.ends > 0
"""
MUCH = "scenario: much\ntrigger: {segment: much}\nstates: {in: {end: done}}\n"


def test_the_scenarios_of_these_tests_are_right() -> None:
    assert unfit(load(ASKING, HEARING, FOLLOWING, MUCH, metrics=METRICS)) == []


@pytest.mark.parametrize("profile", [REACHABLE, {**REACHABLE, "push_optin": False}, {}])
def test_the_records_are_those_of_offering_each_event_to_all(profile: dict[str, object]) -> None:
    program = compile_program(load(ASKING, HEARING, FOLLOWING, MUCH, metrics=METRICS).project)
    assert program.hearings is not None
    stories = []
    for each in (program, replace(program, hearings=None)):
        state = new_contact(each, "ana", profile)
        records = []
        for day in ("03", "07", "11"):
            records += step(each, state, Event("started", moment(f"2025-03-{day} 10:00"), {}))
        records += advance(each, state, moment("2025-03-20 10:00"))
        stories.append([record_text(record) for record in records])
    assert stories[0] == stories[1]
    assert "entered" in stories[0]


def test_an_event_that_nothing_answers_is_not_made() -> None:
    program = compile_program(load(ASKING, HEARING, FOLLOWING).project)
    hearings = program.hearings
    assert hearings is not None
    assert hearings.of_message("message.sent", "asking", "asked", "push", "b", "marketing", "") is not None
    assert hearings.of_message("message.sent", "asking", "asked", "email", "a", "marketing", "") is None
    assert hearings.of_message("message.dropped", "asking", "asked", "email", "a", "marketing", "capped") is not None
    assert hearings.of_message("message.dropped", "asking", "late", "email", "a", "marketing", "capped") is None
    assert hearings.of_end("asking", "late", "dropped") is not None
    assert hearings.of_end("following", "in", "done") is None
