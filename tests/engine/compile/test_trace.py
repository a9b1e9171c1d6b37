"""A traced program gives the same results, and records each condition with its values."""

from __future__ import annotations

import re

import pytest

from scenario_cli.engine.compile.program import compile_program
from scenario_cli.engine.step import advance, new_contact, step
from scenario_cli.language.expressions import parse_expression
from scenario_cli.language.yaml_node import Node
from scenario_cli.model.event import Event
from scenario_cli.model.expression import Expr
from scenario_cli.model.expression_text import expression_text
from scenario_cli.model.records import Looked, Record
from scenario_cli.model.source import Span
from tests.engine.worlds import REACHABLE, load, moment
from tests.rows import rows

SCENARIO = """
scenario: cart
trigger: {event: started, where: event.n > 0}
audience: contact.country in ['FR', 'BE']
goal: {event: bought, where: event.n > 1, ends: false}
on:
  noted: {set: {note: =event.s}}
when:
  contact.email is none: {end: gone}
states:
  open:
    set: {cart: =event}
    after:
      1h: worth
  worth:
    choose:
      cart.n >= 80 and any(cart.items, item.price > 5): large
      days_since(journey.entered_at) > 1 or cart.n * 2 > cart.x: small
      else: other
  large: {next: other}
  small: {send: {email: {template: a/b, if: contact.points > 3}}, next: other}
  other: {after: {1d: {end: over}}}
"""


def traced(*, trace: bool, country: str = "FR", n: int = 60) -> list[Record]:
    loaded = load(SCENARIO)
    assert not loaded.broken, loaded.findings
    program = compile_program(loaded.project, trace=trace)
    state = new_contact(program, "ana", {**REACHABLE, "country": country})
    records: list[Record] = []
    for at, name, properties in (
        ("10:00", "started", {"n": n, "items": [{"price": 3}]}),
        ("10:10", "noted", {"s": "x"}),
        ("10:20", "bought", {"n": 1}),
    ):
        records += step(program, state, Event(name, moment(f"2025-03-03 {at}"), properties))
    return records + advance(program, state, moment("2025-03-10 10:00"))


def looked(records: list[Record]) -> list[Looked]:
    return [record for record in records if isinstance(record, Looked)]


def test_a_traced_program_does_what_the_other_does() -> None:
    records = traced(trace=True)
    assert looked(records)
    assert [record for record in records if not isinstance(record, Looked)] == traced(trace=False)


def test_a_condition_is_recorded_with_the_values_of_its_operands() -> None:
    checks = {check.condition: check for check in looked(traced(trace=True)) if check.condition}
    first = checks["cart.n >= 80 and any(cart.items, item.price > 5)"]
    assert (first.held, first.state) == (False, "worth")
    assert (first.failed, dict(first.values)) == ("cart.n >= 80", {"cart.n": 60})
    second = dict(checks["days_since(journey.entered_at) > 1 or cart.n * 2 > cart.x"].values)
    assert second == {"days_since(journey.entered_at)": 1 / 24, "cart.n": 60, "cart.x": None}
    assert dict(checks["event.n > 0"].values) == {"event.n": 60}
    assert dict(checks["contact.email is none"].values) == {"contact.email": "ana@example.com"}


def test_an_address_and_a_consent_are_recorded_as_there_or_missing() -> None:
    loaded = load("scenario: s\ntrigger: {event: started}\nstates: {in: {send: {email: a/b, push: a/b}, end: e}}\n")
    program = compile_program(loaded.project, trace=True)
    state = new_contact(program, "ana", {"email": "a@example.com", "email_optin": False})
    checks = [
        check
        for check in looked(step(program, state, Event("started", moment("2025-03-03 10:00"), {})))
        if check.values
    ]
    assert [(record.cause, record.held, dict(record.values)) for record in checks] == [
        ("email address", True, {"contact.email": "a@example.com"}),
        ("email consent", False, {"contact.email_optin": False}),
        ("push address", False, {"contact.push_token": None}),
    ]


def test_a_choice_without_a_condition_is_recorded() -> None:
    checks = [check for check in looked(traced(trace=True)) if not check.condition]
    assert [(record.state, record.cause, record.held) for record in checks] == [
        ("open", "on noted", True), ("open", "after 1h", True), ("worth", "else", True), ("other", "after 1d", True),
    ]  # fmt: skip
    assert len({record.place for record in checks}) == 4


def test_each_is_called_what_a_person_calls_it() -> None:
    assert {f"{check.cause} {check.condition}" for check in looked(traced(trace=True))} >= {
        "trigger started where event.n > 0",
        "audience contact.country in ['FR', 'BE']",
        "goal bought where event.n > 1",
        "when contact.email is none",
        "choose cart.n >= 80 and any(cart.items, item.price > 5)",
    }


def test_a_refused_entry_is_recorded_with_the_values_of_the_audience() -> None:
    (trigger, audience) = looked(traced(trace=True, country="IT"))[:2]
    assert trigger.held
    assert (audience.condition, audience.held) == ("contact.country in ['FR', 'BE']", False)
    assert (audience.journey_id, dict(audience.values)) == ("", {"contact.country": "IT"})


@rows(
    "text",
    [
        "event.items | length > 0",
        "event.items | selectattr('price', 'gt', 5) | list | length == 2",
        "(contact.points or 0) + 1 >= -2.5",
        "not (contact.flag is none or contact.tags[0] == 'it\\'s')",
        "1 < cart.n <= 80",
        "cart.n in [1, 'a', true, none]",
        "contact.tags[1:] == ['x']",
        "('a' if contact.flag else 'b') ~ contact.country == 'aFR'",
        "total(cart.items, item.qty * item.price) // 2 ** 3 > duration('3d')",
        "contact.points is divisibleby(3)",
        "contact.email is not none and contact.points is not divisibleby(3)",
        "not not (contact.email is none)",
    ],
)
def test_a_tree_written_out_reads_back_as_the_same_tree(text: str) -> None:
    def tree(source: str) -> Expr:
        node = Node(Span("", 1, 1, 1, 2), source)
        return parse_expression(node).root

    def shape(node: Expr) -> str:
        return re.sub(r"Span\([^)]*\)", "", repr(node))

    assert shape(tree(expression_text(tree(text)))) == shape(tree(text))


@pytest.mark.parametrize("text", ["contact.email is not none", "contact.points is not divisibleby(3)"])
def test_a_denied_test_is_written_as_people_write_it(text: str) -> None:
    assert expression_text(parse_expression(Node(Span("", 1, 1, 1, 2), text)).root) == text


METRICS = """
metrics:
  buys: {count: bought}
segments:
  buyer: metric.buys > 0
"""
RICH = """
scenario: rich
trigger:
  - {event: started, where: metric.buys > 0}
  - {attribute: country, where: event.after != event.before}
  - {segment: buyer}
  - {schedule: at 09:00 on mon}
reentry: always
while_running: parallel
goal: {event: stopped}
when:
  segment.buyer and count('bought', within='7d') > 1: {end: twice}
states:
  in:
    after:
      - {wait: 1d after date contact.birthday, to: {end: late}, if_past: {end: past}, if_missing: out}
  out:
    on:
      clicked: {where: "happened('bought', where=past.n > 2)", to: {end: clicked}}
    after: {1h: {end: over}}
"""


def rich(trace: bool) -> list[Record]:
    loaded = load(RICH, metrics=METRICS)
    assert not loaded.broken, loaded.findings
    program = compile_program(loaded.project, trace=trace)
    state = new_contact(program, "ana", REACHABLE)
    records: list[Record] = []
    for at, name, properties in (
        ("2025-03-01 10:00", "started", {}),
        ("2025-03-01 11:00", "bought", {"n": 3}),
        ("2025-03-01 11:10", "clicked", {}),
        ("2025-03-02 10:00", "profile_updated", {"country": "FR", "birthday": "1990-01-01"}),
        ("2025-03-04 10:00", "started", {}),
        ("2025-03-04 11:00", "bought", {"n": 1}),
    ):
        records += step(program, state, Event(name, moment(at), properties))
    return records + advance(program, state, moment("2025-03-12 10:00"))


def test_metrics_history_and_every_kind_of_trigger_are_traced_and_nothing_else_changes() -> None:
    records = rich(trace=True)
    assert [record for record in records if not isinstance(record, Looked)] == rich(trace=False)
    true_checks = {
        f"{check.cause} {check.condition}".strip(): dict(check.values) for check in looked(records) if check.held
    }
    assert true_checks["trigger started where metric.buys > 0"] == {"metric.buys": 1}
    assert true_checks["on clicked where happened('bought', where=past.n > 2)"] == {
        "happened('bought', where=past.n > 2)": True
    }
    assert true_checks["trigger attribute country where event.after != event.before"] == {
        "event.after": "FR", "event.before": None,
    }  # fmt: skip
    assert {"trigger entered segment buyer", "trigger schedule at 09:00 on mon"} <= true_checks.keys()
    assert {name for name in true_checks if "birthday" in name} == {
        "1d after date contact.birthday: if past", "1d after date contact.birthday: if missing",
    }  # fmt: skip
    twice = next(check for check in reversed(looked(records)) if check.cause == "when")
    assert dict(twice.values) == {"count('bought', within='7d')": 1}


def test_a_condition_is_recorded_with_the_values_of_its_own_names() -> None:
    scenario = """scenario: cart
define: {large: trigger.n > const.big, dear: item > const.big, both: 'large or any(trigger.items, dear)'}
trigger: {event: started}
states: {open: {choose: {both and contact.points > 3: {end: large}, else: {end: small}}}}
"""
    loaded = load(scenario, channels="constants: {big: 80}\n")
    assert not loaded.broken, loaded.findings
    program = compile_program(loaded.project, trace=True)
    state = new_contact(program, "ana", REACHABLE)
    records = step(program, state, Event("started", moment("2025-03-03 10:00"), {"n": 90, "items": [3]}))
    branch = next(check for check in looked(records) if check.condition)
    assert (branch.condition, branch.failed) == ("both and contact.points > 3", "contact.points > 3")
    assert dict(branch.values) == {"contact.points": None}
    richer = new_contact(program, "bea", {**REACHABLE, "points": 9})
    records = step(program, richer, Event("started", moment("2025-03-03 10:00"), {"n": 9, "items": [3]}))
    branch = next(check for check in looked(records) if check.condition)
    assert branch.failed == "(trigger.n > 80) or any(trigger.items, item > 80)"
    assert dict(branch.values) == {"large": False, "const.big": 80, "trigger.n": 9, "trigger.items": [3]}
    records = step(program, new_contact(program, "cem", {"points": 9}),
                   Event("started", moment("2025-03-03 10:00"), {"n": 90, "items": [3]}))  # fmt: skip
    branch = next(check for check in looked(records) if check.condition)
    assert dict(branch.values) == {
        "both": True, "large": True, "const.big": 80, "trigger.n": 90, "trigger.items": [3], "contact.points": 9,
    }  # fmt: skip
