"""Whether a condition can hold at all: calculates constants, and combines ranges and listed values of one operand.

A condition that is not understood can hold or fail, so nothing uncertain is claimed. A missing value differs from every
other value, as in the executor: an ordering against it is false.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from typing import Any

from scenario_cli.model.expression import (
    Binary,
    Call,
    Compare,
    Const,
    Expr,
    Expression,
    ListOf,
    Ref,
    Test,
    Unary,
    walk,
)
from scenario_cli.model.source import Span
from scenario_cli.model.value_class import dataclass

# More combinations than this are not checked.
MOST_CASES = 64

_INFINITY = float("inf")
_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


@dataclass(frozen=True, slots=True)
class Values:
    """A set of values that an operand can have. Numbers are those from `low` to `high` (each left out if it is `open`)
    except `holes`; `texts` None: any except `other_texts`; `others` are lists, dates and the rest.
    """

    missing: bool = True
    low: float = -_INFINITY
    high: float = _INFINITY
    low_open: bool = False
    high_open: bool = False
    holes: frozenset[float] = frozenset()
    texts: frozenset[str] | None = None
    other_texts: frozenset[str] = frozenset()
    bools: frozenset[bool] = frozenset({True, False})
    others: bool = True

    def meet(self, other: Values) -> Values:
        low, low_open = max((self.low, self.low_open), (other.low, other.low_open))
        high, closed = min((self.high, not self.high_open), (other.high, not other.high_open))
        left_out = self.other_texts | other.other_texts
        listed = [texts for texts in (self.texts, other.texts) if texts is not None]
        texts = frozenset.intersection(*listed) - left_out if listed else None
        return Values(
            self.missing and other.missing, low, high, low_open, not closed, self.holes | other.holes,
            texts, left_out if texts is None else frozenset(), self.bools & other.bools, self.others and other.others,
        )  # fmt: skip

    @property
    def numbers(self) -> bool:
        if self.low == self.high:
            return not (self.low_open or self.high_open) and self.low not in self.holes
        return self.low < self.high

    @property
    def empty(self) -> bool:
        return not (self.missing or self.numbers or self.texts is None or self.texts or self.bools or self.others)


ANY = Values()
NOTHING = Values(False, 1, 0, texts=frozenset(), bools=frozenset(), others=False)
_NUMBERS = replace(NOTHING, low=-_INFINITY, high=_INFINITY)
_MISSING = replace(NOTHING, missing=True)
_PRESENT = replace(ANY, missing=False)

# One case: the values that each operand can have, and the parts that are not understood, by their own text.
Case = Mapping[Any, Values]


def never(condition: Expression) -> bool:
    """Whether a condition cannot hold with any values."""
    return _cases(condition.root, True) == []


def always(condition: Expression) -> bool:
    """Whether a condition holds with any values, missing ones included."""
    return _cases(condition.root, False) == []


def excluded(condition: Expression, failed: Iterable[Expression]) -> bool:
    """Whether a condition cannot hold after each of others has failed."""
    cases = _cases(condition.root, True)
    for expression in failed:
        cases = _conjunction(cases, _cases(expression.root, False))
    return cases == []


def constant(condition: Expression) -> bool:
    """Whether a condition reads nothing, so it is the same for everybody."""
    return not any(isinstance(node, Ref | Call) for node in walk(condition.root))


def switched(condition: Expression) -> bool:
    """Whether a condition reads a constant that is true or false: a switch, the same for all until it is changed."""
    return any(isinstance(name.root, Const) and isinstance(name.root.value, bool) for name in condition.names)


def same_expression(left: Expr, right: Expr) -> bool:
    """Whether two expressions are equal apart from their places."""
    return bool(key(left) == key(right))


def key(node: Any) -> Any:
    """An expression without its place, for comparisons."""
    if isinstance(node, tuple):
        return tuple(key(element) for element in node)
    if hasattr(node, "__dataclass_fields__"):
        parts = tuple(key(getattr(node, member.name)) for member in fields(node) if member.name != "span")
        return (type(node).__name__, *parts)
    return (type(node).__name__, node) if isinstance(node, bool | int | float) else node


def _cases(node: Expr, holds: bool) -> list[Case] | None:
    """The cases in which a condition holds, or fails; None if there are too many."""
    match node:
        case Unary(op="not"):
            return _cases(node.operand, not holds)
        case Binary(op="and" | "or"):
            left, right = _cases(node.left, holds), _cases(node.right, holds)
            return _conjunction(left, right) if (node.op == "and") == holds else _disjunction(left, right)
        case Compare():
            return _chain(node, holds)
        case Const():
            return [{}] if isinstance(node.value, str) or bool(node.value) == holds else []
        case Test(name="none" | "defined" | "undefined", args=()):
            missing = (node.name != "defined") == holds
            return _operand_case(node.base, _MISSING if missing else _PRESENT)
        case Test(name="true" | "false", args=()):
            exact = replace(NOTHING, bools=frozenset({node.name == "true"}))
            return _operand_case(node.base, exact if holds else replace(ANY, bools=frozenset({node.name != "true"})))
    return _truth(node, holds)


def _truth(node: Expr, holds: bool) -> list[Case] | None:
    """A value that is used as a condition: it counts as true if it is not missing, not 0 and not empty. A text counts
    within a condition, but not if it is the whole condition, so both are possible.
    """
    truth_case = {("truth", key(node)): replace(NOTHING, bools=frozenset({holds}))}
    if holds:
        present = replace(
            ANY, missing=False, holes=frozenset({0}), other_texts=frozenset({""}), bools=frozenset({True})
        )
        return [{key(node): present, **truth_case}]
    return [{key(node): replace(ANY, low=0, high=0, bools=frozenset({False})), **truth_case}]


def _operand_case(operand: Expr, values: Values) -> list[Case]:
    if isinstance(operand, Const):
        return [{}] if not values.meet(_exactly(operand.value) or ANY).empty else []
    return [] if values.empty else [{key(operand): values}]


def _chain(node: Compare, holds: bool) -> list[Case] | None:
    left = node.left
    pairs: list[list[Case] | None] = []
    for operator, right in node.comparisons:
        pairs.append(_pair(left, operator, right, holds, node.span))
        left = right
    cases = pairs[0]
    for pair in pairs[1:]:
        cases = _conjunction(cases, pair) if holds else _disjunction(cases, pair)
    return cases


def _pair(left: Expr, operator: str, right: Expr, holds: bool, span: Span) -> list[Case] | None:
    if isinstance(left, Const) and operator in _FLIPPED and not isinstance(right, Const):
        left, operator, right = right, _FLIPPED[operator], left
    if operator in ("in", "not in") and isinstance(right, ListOf):
        return _listed(left, right, holds == (operator == "in"))
    if operator in ("==", "!="):
        if isinstance(right, Const) and (exact := _exactly(right.value)) is not None:
            same_value = holds == (operator == "==")
            return _operand_case(left, exact if same_value else _all_but(right.value))
        if same_expression(left, right):
            return [{}] if holds == (operator == "==") else []
    elif isinstance(right, Const) and _is_number(right.value):
        return _ordered(left, operator, float(right.value), holds)
    # Any other comparison holds or fails, with the same result at every place.
    operand = key(Compare(left, ((operator, right),), span))
    return [{operand: replace(NOTHING, bools=frozenset({holds}))}]


def _ordered(left: Expr, operator: str, number: float, holds: bool) -> list[Case] | None:
    side = {
        "<": replace(_NUMBERS, high=number, high_open=True),
        "<=": replace(_NUMBERS, high=number),
        ">": replace(_NUMBERS, low=number, low_open=True),
        ">=": replace(_NUMBERS, low=number),
    }.get(operator)
    if side is None:
        return [{}]
    if holds:
        return _operand_case(left, side)
    across = {"<": replace(ANY, low=number), "<=": replace(ANY, low=number, low_open=True),
              ">": replace(ANY, high=number), ">=": replace(ANY, high=number, high_open=True)}  # fmt: skip
    return _operand_case(left, across[operator])


def _listed(left: Expr, right: ListOf, holds: bool) -> list[Case] | None:
    values = [item.value for item in right.items if isinstance(item, Const)]
    if len(values) != len(right.items) or any(_exactly(value) is None for value in values):
        return [{}]
    if all(isinstance(value, str) for value in values):
        texts = frozenset(values)
        dated = any(_DATED.match(text) for text in texts)
        return _operand_case(
            left, replace(NOTHING, texts=texts, others=dated) if holds else replace(ANY, other_texts=texts)
        )
    cases: list[Case] | None = [] if holds else [{}]
    for value in values:
        exact = _exactly(value)
        assert exact is not None
        cases = (
            _disjunction(cases, _operand_case(left, exact))
            if holds
            else _conjunction(cases, _operand_case(left, _all_but(value)))
        )
    return cases


def _exactly(value: Any) -> Values | None:
    """The set of this one value; None for a value that is not distinguished (a list)."""
    if value is None:
        return _MISSING
    if isinstance(value, bool | int | float):
        # true equals 1, and false 0
        bools = frozenset({True, False} & {value})
        return replace(NOTHING, low=float(value), high=float(value), bools=frozenset(map(bool, bools)))
    if not isinstance(value, str):
        return None
    # A date can equal the text that writes it.
    return replace(NOTHING, texts=frozenset({value}), others=bool(_DATED.match(value)))


_DATED = re.compile(r"\s*\d{4}-?\d\d")


def _all_but(value: Any) -> Values:
    if value is None:
        return _PRESENT
    if isinstance(value, str):
        return replace(ANY, other_texts=frozenset({value}))
    return replace(ANY, holes=frozenset({float(value)}), bools=frozenset({True, False} - {value}))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _conjunction(left_cases: list[Case] | None, right_cases: list[Case] | None) -> list[Case] | None:
    if left_cases == [] or right_cases == []:
        return []
    if left_cases is None or right_cases is None or len(left_cases) * len(right_cases) > MOST_CASES:
        return None
    merged = (_merged(left, right) for left in left_cases for right in right_cases)
    return [case for case in merged if case is not None]


def _disjunction(left_cases: list[Case] | None, right_cases: list[Case] | None) -> list[Case] | None:
    if left_cases is None or right_cases is None or len(left_cases) + len(right_cases) > MOST_CASES:
        return None
    return [*left_cases, *right_cases]


def _merged(left: Case, right: Case) -> Case | None:
    """Both cases at once; None if an operand has no value left."""
    merged = dict(left)
    for operand, values in right.items():
        common = merged[operand].meet(values) if operand in merged else values
        if common.empty:
            return None
        merged[operand] = common
    return merged
