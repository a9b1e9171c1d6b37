"""Claims about conditions, compared with their results in the executor for every value that could matter."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from scenario_cli.analysis.conditions import always, excluded, never
from scenario_cli.engine.calendar import UTC
from scenario_cli.engine.compile.expressions import compile_condition
from scenario_cli.engine.state import ContactState
from scenario_cli.language.expressions import parse_expression
from scenario_cli.language.yaml_node import Node
from scenario_cli.model.expression import Expression
from scenario_cli.model.source import Span
from tests.reference.settings import scaled
from tests.rows import rows

NOWHERE = Span("", 1, 1, 1, 1)


def expression(text: str) -> Expression:
    return parse_expression(Node(NOWHERE, text, None, "'"))


@rows(
    "text",
    [
        "contact.a > 5 and contact.a < 3",
        "contact.a > 5 and contact.a <= 5",
        "contact.a == 'x' and contact.a == 'y'",
        "contact.a in ['x', 'y'] and contact.a not in ['x', 'y', 'z']",
        "contact.a is none and contact.a > 0",
        "not contact.a and contact.a",
        "not (contact.a > 5 or contact.a <= 5) and contact.a == 3",
        "5 < contact.a < 4",
        "false",
        "contact.a and 1 == 2",
        "(contact.a > 5 or contact.a == 'x') and contact.a in [1, 2]",
        "contact.a | length > 3 and contact.a | length < 2",
        "contact.a > contact.b and not (contact.a > contact.b)",
    ],
)
def test_this_never_holds(text: str) -> None:
    assert never(expression(text))
    assert always(expression(f"not ({text})"))


@rows(
    "text",
    [
        "contact.a > 5 and contact.b < 3",
        "not (contact.a > 5) and not (contact.a <= 5)",  # true if it is missing
        "contact.a != 'x' and contact.a is none",
        "contact.a >= 5 and contact.a <= 5",
        "contact.a == '2025-01-01' and contact.a == '2025-01-01T00:00'",  # a date can be written in two forms
        "contact.a > 'a' and contact.a < 'b'",
        "contact.a and not contact.b",
    ],
)
def test_this_condition_can_hold(text: str) -> None:
    assert not never(expression(text))


def test_a_condition_can_be_excluded_by_the_lines_above() -> None:
    above = [expression("contact.a > 100"), expression("contact.a is none")]
    assert excluded(expression("contact.a >= 200"), above)
    assert not excluded(expression("contact.a >= 50"), above)
    assert not excluded(expression("contact.a <= 100"), above)


NUMBERS = st.integers(-2, 3)
TEXTS = st.sampled_from(["x", "y", ""])
CONSTANTS = NUMBERS.map(str) | TEXTS.map(repr) | st.sampled_from(["true", "false", "none"])
OPERANDS = st.sampled_from(["contact.a", "contact.b"])
ATOMS = (
    st.builds("{} {} {}".format, OPERANDS, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), CONSTANTS)
    | st.builds("{1} {0} {2}".format, st.sampled_from(["<", ">=", "=="]), CONSTANTS, OPERANDS)
    | st.builds("{} < {} <= {}".format, NUMBERS, OPERANDS, NUMBERS)
    | st.builds("{} {} [{}, {}]".format, OPERANDS, st.sampled_from(["in", "not in"]), CONSTANTS, CONSTANTS)
    | st.builds("{} is {}".format, OPERANDS, st.sampled_from(["none", "not none", "defined", "true", "false"]))
    | OPERANDS
    | st.sampled_from(["contact.a > contact.b", "contact.a == contact.b", "true", "1 > 2"])
)
CONDITIONS = st.recursive(
    ATOMS,
    lambda inner: (
        st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or"]), inner)
        | inner.map(lambda text: f"not ({text})")
    ),
    max_leaves=6,
)
VALUES: tuple[Any, ...] = (None, -3, -2, -1.5, -1, 0, 0.5, 1, 2, 3, 4, "x", "y", "", "z", True, False, [], [1])


def outcomes(condition: Expression) -> set[bool]:
    """The results of the executor for all pairs of values."""
    compiled = compile_condition(condition, "test")
    results = set()
    for a in VALUES:
        for b in (None, 0, 1, "x", True):
            contact = ContactState("ana", {"a": a, "b": b}, UTC)
            result = compiled(contact)
            if not contact.records:  # a value of an unsuitable type makes the whole condition false, with a warning
                results.add(result)
    return results


@settings(max_examples=scaled(150), deadline=None)
@given(CONDITIONS)
def test_never_and_always_agree_with_the_executor(text: str) -> None:
    condition = expression(text)
    claims = never(condition), always(condition)
    results = outcomes(condition) if any(claims) else set()
    if claims[0]:
        assert True not in results
    if claims[1]:
        assert False not in results
