"""Jinja's pure filters and tests over data alone, for expressions and for templates alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.filters import FILTERS as JINJA_FILTERS
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.tests import TESTS as JINJA_TESTS
from jinja2.utils import _PassArg, missing

from scenario_cli.engine import values
from scenario_cli.engine.calendar import UTC
from scenario_cli.model.vocabulary import FILTERS, ON_NONE, TESTS


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
    """The environment that filters such as `map(attribute=...)` ask for keys."""
    return DataEnvironment()


@lru_cache(maxsize=1)
def filters() -> dict[str, Callable[..., Any]]:
    return {name: _on_data(name, JINJA_FILTERS[name]) for name in FILTERS if name not in ("default", "d")} | {
        "default": default,
        "d": default,
    }


def default(value: Any, other: Any = "", boolean: bool = False) -> Any:
    """The value, or another where it is missing (with `true`: where it is empty or zero, too)."""
    return other if value is None or (boolean and not value) else value


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
        found = function(*before, value, *args, **named)
        return list(found) if isinstance(found, Iterator) else found

    return apply


@lru_cache(maxsize=1)
def tests() -> dict[str, Callable[..., Any]]:
    own: dict[str, Callable[..., Any]] = {
        "defined": lambda value: value is not None,
        "undefined": lambda value: value is None,
    }
    jinja: Mapping[str, Any] = JINJA_TESTS
    return {name: own.get(name) or _on_some(name, jinja[name]) for name in TESTS}


def _on_some(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """A test that is false for a missing value unless it is one that a missing value can pass."""
    if name in ("none", "eq", "equalto", "ne", "in"):
        return function

    def holds(value: Any, *args: Any) -> bool:
        return value is not None and bool(function(value, *args))

    return holds
