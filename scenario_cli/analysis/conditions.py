"""Whether a condition can hold at all: constants worked out, ranges and listed values of one operand held together.

Whatever is not understood may hold and may not, so that nothing is claimed that is not certain. A missing value is
told from every other, as in the executor: an ordering against it is false.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
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

# More combinations than this are not looked at.
MOST_CASES = 64

_INFINITY = float("inf")
_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


@dataclass(frozen=True, slots=True)
class Values:
    """A set of values that an operand may have. Numbers are those from `low` to `high` (each left out where it is
    `open`) but for `holes`; `texts` None: any but `other_texts`; `others` are lists, dates and the rest."""

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
_THERE = replace(ANY, missing=False)

# One case: the values that each operand may have, and the parts that are not understood, by their own text.
Case = Mapping[Any, Values]


def never(condition: Expression) -> bool:
    """Whether a condition cannot hold, whatever the values."""
    return _cases(condition.root, True) == []


def always(condition: Expression) -> bool:
    """Whether a condition holds whatever the values, missing ones among them."""
    return _cases(condition.root, False) == []


def excluded(condition: Expression, by: Iterable[Expression]) -> bool:
    """Whether a condition cannot hold where each of others has failed."""
    cases = _cases(condition.root, True)
    for other in by:
        cases = _both(cases, _cases(other.root, False))
    return cases == []


def constant(condition: Expression) -> bool:
    """Whether a condition reads nothing, so that it is the same for everybody."""
    return not any(isinstance(node, Ref | Call) for node in walk(condition.root))


def switched(condition: Expression) -> bool:
    """Whether a condition reads a constant that is true or false: a switch, the same for all until it is turned."""
    return any(isinstance(one.root, Const) and isinstance(one.root.value, bool) for one in condition.names)


def same(one: Expr, other: Expr) -> bool:
    """Whether two expressions are the same, wherever they stand."""
    return bool(key(one) == key(other))


def key(node: Any) -> Any:
    """An expression without its place, to compare it by."""
    if isinstance(node, tuple):
        return tuple(key(element) for element in node)
    if hasattr(node, "__dataclass_fields__"):
        parts = tuple(key(getattr(node, one.name)) for one in fields(node) if one.name != "span")
        return (type(node).__name__, *parts)
    return (type(node).__name__, node) if isinstance(node, bool | int | float) else node


def _cases(node: Expr, holds: bool) -> list[Case] | None:
    """The ways in which a condition can hold, or fail; None where they are too many to tell."""
    match node:
        case Unary(op="not"):
            return _cases(node.operand, not holds)
        case Binary(op="and" | "or"):
            left, right = _cases(node.left, holds), _cases(node.right, holds)
            return _both(left, right) if (node.op == "and") == holds else _either(left, right)
        case Compare():
            return _chain(node, holds)
        case Const():
            return [{}] if isinstance(node.value, str) or bool(node.value) == holds else []
        case Test(name="none" | "defined" | "undefined", args=()):
            missing = (node.name != "defined") == holds
            return _one(node.base, _MISSING if missing else _THERE)
        case Test(name="true" | "false", args=()):
            exact = replace(NOTHING, bools=frozenset({node.name == "true"}))
            return _one(node.base, exact if holds else replace(ANY, bools=frozenset({node.name != "true"})))
    return _truth(node, holds)


def _truth(node: Expr, holds: bool) -> list[Case] | None:
    """A value that stands for a condition: it counts where it is not missing, not 0, not empty. A text counts within
    a condition, and not where it is the whole of one, so it may do either."""
    whole = {("truth", key(node)): replace(NOTHING, bools=frozenset({holds}))}
    if holds:
        there = replace(ANY, missing=False, holes=frozenset({0}), other_texts=frozenset({""}), bools=frozenset({True}))
        return [{key(node): there, **whole}]
    return [{key(node): replace(ANY, low=0, high=0, bools=frozenset({False})), **whole}]


def _one(operand: Expr, values: Values) -> list[Case]:
    if isinstance(operand, Const):
        return [{}] if not values.meet(_exactly(operand.value) or ANY).empty else []
    return [] if values.empty else [{key(operand): values}]


def _chain(node: Compare, holds: bool) -> list[Case] | None:
    left = node.left
    pairs: list[list[Case] | None] = []
    for operator, right in node.rest:
        pairs.append(_pair(left, operator, right, holds, node.span))
        left = right
    found = pairs[0]
    for pair in pairs[1:]:
        found = _both(found, pair) if holds else _either(found, pair)
    return found


def _pair(left: Expr, operator: str, right: Expr, holds: bool, span: Span) -> list[Case] | None:
    if isinstance(left, Const) and operator in _FLIPPED and not isinstance(right, Const):
        left, operator, right = right, _FLIPPED[operator], left
    if operator in ("in", "not in") and isinstance(right, ListOf):
        return _listed(left, right, holds == (operator == "in"))
    if operator in ("==", "!="):
        if isinstance(right, Const) and (exact := _exactly(right.value)) is not None:
            same_value = holds == (operator == "==")
            return _one(left, exact if same_value else _all_but(right.value))
        if same(left, right):
            return [{}] if holds == (operator == "==") else []
    elif isinstance(right, Const) and _is_number(right.value):
        return _ordered(left, operator, float(right.value), holds)
    # Not understood: it holds or fails, the same way wherever the same is written.
    whole = key(Compare(left, ((operator, right),), span))
    return [{whole: replace(NOTHING, bools=frozenset({holds}))}]


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
        return _one(left, side)
    across = {"<": replace(ANY, low=number), "<=": replace(ANY, low=number, low_open=True),
              ">": replace(ANY, high=number), ">=": replace(ANY, high=number, high_open=True)}  # fmt: skip
    return _one(left, across[operator])


def _listed(left: Expr, right: ListOf, holds: bool) -> list[Case] | None:
    values = [item.value for item in right.items if isinstance(item, Const)]
    if len(values) != len(right.items) or any(_exactly(value) is None for value in values):
        return [{}]
    if all(isinstance(value, str) for value in values):
        texts = frozenset(values)
        dated = any(_DATED.match(text) for text in texts)
        return _one(left, replace(NOTHING, texts=texts, others=dated) if holds else replace(ANY, other_texts=texts))
    found: list[Case] | None = [] if holds else [{}]
    for value in values:
        exact = _exactly(value)
        assert exact is not None
        found = _either(found, _one(left, exact)) if holds else _both(found, _one(left, _all_but(value)))
    return found


def _exactly(value: Any) -> Values | None:
    """The set of this one value; None for a value that is not told apart (a list)."""
    if value is None:
        return _MISSING
    if isinstance(value, bool | int | float):
        # true equals 1, and false 0
        bools = frozenset({True, False} & {value})
        return replace(NOTHING, low=float(value), high=float(value), bools=frozenset(map(bool, bools)))
    if not isinstance(value, str):
        return None
    # A date may equal the text that writes it.
    return replace(NOTHING, texts=frozenset({value}), others=bool(_DATED.match(value)))


_DATED = re.compile(r"\s*\d{4}-?\d\d")


def _all_but(value: Any) -> Values:
    if value is None:
        return _THERE
    if isinstance(value, str):
        return replace(ANY, other_texts=frozenset({value}))
    return replace(ANY, holes=frozenset({float(value)}), bools=frozenset({True, False} - {value}))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _both(one: list[Case] | None, other: list[Case] | None) -> list[Case] | None:
    if one == [] or other == []:
        return []
    if one is None or other is None or len(one) * len(other) > MOST_CASES:
        return None
    met = (_merged(left, right) for left in one for right in other)
    return [case for case in met if case is not None]


def _either(one: list[Case] | None, other: list[Case] | None) -> list[Case] | None:
    if one is None or other is None or len(one) + len(other) > MOST_CASES:
        return None
    return [*one, *other]


def _merged(one: Case, other: Case) -> Case | None:
    """Both at once; None where an operand has no value left."""
    found = dict(one)
    for operand, values in other.items():
        met = found[operand].meet(values) if operand in found else values
        if met.empty:
            return None
        found[operand] = met
    return found
