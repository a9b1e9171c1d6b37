"""Jinja's pure filters and tests over data alone, for expressions and for templates alike."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import Any

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.filters import FILTERS as JINJA_FILTERS
from jinja2.runtime import Context, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.tests import TESTS as JINJA_TESTS
from jinja2.utils import _PassArg, missing

from scenario_cli.engine import values
from scenario_cli.engine.calendar import UTC
from scenario_cli.model.vocabulary import FILTERS, ON_NONE, TESTS, TEXT_FILTERS


class _Comparing(CodeGenerator):
    """Writes comparisons so that they follow the rules of expressions: with a missing value they are false."""

    def visit_Compare(self, node: nodes.Compare, frame: Frame) -> None:
        left = node.expr
        for place, operand in enumerate(node.ops):
            self.write("(" if place == 0 else " and ")
            self.write(f"environment.compare({_OPERATORS[operand.op]!r}, ")
            self.visit(left, frame)
            self.write(", ")
            self.visit(operand.expr, frame)
            self.write(")")
            left = operand.expr
        self.write(")")


class _Known(Context):
    """A name without a value, such as a capture that was never made, is none."""

    def resolve_or_missing(self, key: str) -> Any:
        found = super().resolve_or_missing(key)
        return None if found is missing else found


class DataEnvironment(ImmutableSandboxedEnvironment):
    """A Jinja environment with the rules of expressions: a name after a dot is a key of the data and nothing
    else, missing values are none, and comparing or adding one is false or none.

    `cart.items` is the key `items`; no attribute or method of a Python object can be reached.
    """

    code_generator_class = _Comparing
    context_class = _Known
    intercepted_binops = frozenset(["+", "-", "*", "/", "//", "%", "**"])

    def compare(self, operator: str, left: Any, right: Any) -> bool:
        return values.compare(operator, left, right, UTC)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        return values.arithmetic(operator, left, right)

    def getattr(self, obj: Any, attribute: str) -> Any:
        return values.attr_as_it_is(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        return values.item(obj, argument) if not isinstance(argument, slice) else obj[argument]


_OPERATORS = {
    "eq": "==", "ne": "!=", "lt": "<", "lteq": "<=", "gt": ">", "gteq": ">=", "in": "in", "notin": "not in",
}  # fmt: skip


@lru_cache(maxsize=1)
def environment() -> DataEnvironment:
    """The environment that filters such as `map(attribute=...)` ask for keys, and `map('upper')` for filters."""
    made = DataEnvironment()
    made.filters = {}
    made.tests = {}
    return made


@lru_cache(maxsize=1)
def filters() -> dict[str, Callable[..., Any]]:
    """The filters of expressions, by name."""
    made = {name: _on_data(name, JINJA_FILTERS[name]) for name in FILTERS}
    made.update(default=default, d=default, format=format_)
    return made


@lru_cache(maxsize=1)
def template_filters() -> dict[str, Callable[..., Any]]:
    """The filters of templates: those of expressions, and more for texts that are shown."""
    return {**filters(), **{name: _on_data(name, JINJA_FILTERS[name]) for name in TEXT_FILTERS}}


def default(value: Any, other: Any = "", boolean: bool = False, **named: Any) -> Any:
    """The value, or another if it is missing; with `true` also if it is empty or zero."""
    other = named.get("default_value", other)
    return other if value is None or (boolean and not value) else value


def format_(value: Any, *args: Any, **named: Any) -> Any:
    """Jinja's `format`: `'%.2f' | format(price)`, for widths that somebody may want to read."""
    if value is None:
        return None
    if _WIDE.search(str(value)):
        raise values.Misfit("a width of more than three digits in a format")
    return values.bounded(JINJA_FILTERS["format"](value, *args, **named))


_WIDE = re.compile(r"%(\([^)]*\))?[^%a-zA-Z]*([0-9]{4,}|\*)")
_MAX_ARGUMENT = 10_000  # of a filter: a width, a number of elements


def _on_data(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """A filter without the arguments that Jinja itself passes, giving none on none and lists for generators."""
    passed = _PassArg.from_obj(function)
    before: tuple[Any, ...] = ()
    if passed is _PassArg.environment:
        before = (environment(),)
    elif passed is _PassArg.context:
        before = (environment().from_string("").new_context(),)
    elif passed is _PassArg.eval_context:
        before = (environment().from_string("").new_context().eval_ctx,)

    def apply(value: Any, *args: Any, **named: Any) -> Any:
        if value is None:
            return 0 if name in ON_NONE else None
        if any(isinstance(given, int | float) and abs(given) > _MAX_ARGUMENT for given in (*args, *named.values())):
            raise values.Misfit(f"{name}: a value given to it is larger than {_MAX_ARGUMENT:,}")
        if name == "round" and any(isinstance(given, int) and abs(given) > 20 for given in (*args, *named.values())):
            raise values.Misfit("round: more than 20 digits")
        if name == "replace" and len(args) > 1 and _replaced_length(str(value), *map(str, args[:2])) > values.MAX_TEXT:
            raise values.Misfit("replace: the text would grow too long")
        found = function(*before, value, *args, **named)
        if isinstance(found, Iterator):
            found = list(islice(found, values.MAX_LIST + 1))
        return None if isinstance(found, Undefined) else values.bounded(found)

    return apply


def _replaced_length(text: str, old: str, new: str) -> int:
    return len(text) + text.count(old) * max(len(new) - len(old), 0)


@lru_cache(maxsize=1)
def tests() -> dict[str, Callable[..., Any]]:
    """The tests that follow `is`, by name."""
    jinja: Mapping[str, Any] = JINJA_TESTS
    made = {name: _on_some(name, jinja[name]) for name in TESTS}
    made.update(
        defined=lambda value: value is not None,
        undefined=lambda value: value is None,
        none=lambda value: value is None,
    )
    for name, operator in OPERATOR_TESTS.items():
        made[name] = _comparing(operator)
    return made


# Tests that are operators by another name.
OPERATOR_TESTS: Mapping[str, str] = {
    "eq": "==", "equalto": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "in": "in",
}  # fmt: skip


def _comparing(operator: str) -> Callable[[Any, Any], bool]:
    """`x is lt(y)` follows the rules of `x < y`."""
    return lambda value, other: values.compare(operator, value, other, UTC)


def _on_some(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """A test that is false for a missing value."""

    def holds(value: Any, *args: Any) -> bool:
        return value is not None and bool(function(value, *args))

    return holds


# `map('upper')` and `select('odd')` find what they name here, and nothing else of Jinja's.
environment().filters.update(filters())
environment().tests.update(tests())
