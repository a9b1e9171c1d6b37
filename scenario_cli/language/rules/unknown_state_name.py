"""FLOW019: `journey.state` compared with a text that does not name a state."""

from __future__ import annotations

from collections.abc import Iterator

from scenario_cli.language.edit.fixes import respelt_text
from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Subject
from scenario_cli.model.diagnostic import did_you_mean
from scenario_cli.model.expression import Compare, Const, Expr, ListOf, path_of, walk


def check(subject: Subject) -> Findings:
    states = subject.scenario.states
    for scoped in subject.scoped_expressions:
        for node in walk(scoped.expression.root):
            if isinstance(node, Compare) and len(node.comparisons) == 1:
                for compared in _with_state(node.left, node.comparisons[0][1]):
                    if isinstance(compared.value, str) and compared.value not in states:
                        yield RULE.finding(
                            f"this scenario has no state '{compared.value}'",
                            compared.span,
                            hint=did_you_mean(compared.value, states, "states"),
                            fix=respelt_text(compared.value, compared.span, states),
                        )


def _with_state(left: Expr, right: Expr) -> Iterator[Const]:
    if path_of(right) == ("journey", "state"):
        left, right = right, left
    if path_of(left) == ("journey", "state"):
        yield from (
            item for item in (right.items if isinstance(right, ListOf) else (right,)) if isinstance(item, Const)
        )


RULE = Rule(
    code="FLOW019",
    name="unknown-state-name",
    severity="error",
    finds="'journey.state' compared with a text that is not a state of the scenario",
    because="the comparison is never or always true; this happens after a state was renamed",
    mend="write the name of the state",
    fixes="writes the name of the state if the two differ only in case, space, '-' and '_'",
    example="""\
goal: {event: order_completed, where: journey.state != 'cart_opened', ends: recovered}
states:
  cart_open:
    after: {1h: reminder}
  reminder:
    send: {email: cart/reminder}
    after: {2d: {end: no_response}}
""",
    instead="""\
goal: {event: order_completed, where: journey.state != 'cart_open', ends: recovered}
states:
  cart_open:
    after: {1h: reminder}
  reminder:
    send: {email: cart/reminder}
    after: {2d: {end: no_response}}
""",
    check=check,
)
