"""Compiles expression trees to Python functions, once; generated code runs per event.

`expression_code` writes the text of an expression; here it gets the functions that it names.
"""

from __future__ import annotations

from functools import lru_cache
from types import CodeType
from typing import Any

import jinja2

from scenario_cli.engine import standing, values
from scenario_cli.engine.calendar import local
from scenario_cli.engine.compile.expression_code import Bindings, Namespace, Writer, movement
from scenario_cli.engine.compile.quiet import is_quiet
from scenario_cli.engine.context import journey_fields, judged, own_field, person, runs, runs_in, the_event, whole
from scenario_cli.engine.filters import use_clock
from scenario_cli.engine.standing import DAYS
from scenario_cli.engine.state import Condition, ContactState, Function
from scenario_cli.engine.texts import joined
from scenario_cli.engine.values import Misfit
from scenario_cli.model import expression as tree
from scenario_cli.model.budget import begin, end

# Raised by Jinja's filters on values that do not fit.
_UNFIT = (
    Misfit, TypeError, ValueError, ArithmeticError, LookupError, AttributeError, AssertionError,
    RecursionError, MemoryError,
    jinja2.TemplateError,
)  # fmt: skip


# The code of a condition and of a value: one function each, because a call around the expression would cost time. Parts
# in braces are filled in.
_CONDITION = """
def made(f):
    try:
        found = {expression}
    except UNFIT as error:
        f.warn({scenario}, {place}, str(error))
        return False
    return found if found is True or found is False else judged(f, found, {scenario}, {place})
"""
_VALUE = """
def made(f):
    try:
        return {expression}
    except UNFIT as error:
        f.warn({scenario}, {place}, str(error))
        return None
"""
_DIRECT = """
def made(f):
    return {expression}
"""


def compile_condition(expression: tree.Expression, scenario: str, bindings: Bindings | None = None) -> Condition:
    """A function that decides whether the condition holds; a misfit is false, and a warning."""
    return _compiled(_CONDITION, expression.root, bindings, scenario, expression.source)


def compile_value(value: tree.Value, scenario: str, bindings: Bindings | None = None) -> Function:
    """A function that gives the value; a misfit gives None and a warning."""
    if isinstance(value, tree.Literal):
        literal = value.value
        return lambda state: literal
    if isinstance(value.root, tree.Ref) and value.root.name == "event":
        return the_event
    return _compiled(_VALUE, value.root, bindings, scenario, value.source)


def compile_days(value: tree.Expression, scenario: str, bindings: Bindings | None) -> Function | None:
    """A function that gives days that pass, for a reader who knows it; None for any other value."""
    if movement(value.root) != DAYS:
        return None
    return _compiled(_VALUE, value.root, bindings, scenario, value.source, moves=True)


def compile_bare(root: tree.Expr, bindings: Bindings | None) -> Function:
    """A part of an expression as a function; its misfits count as those of the whole expression."""
    return _compiled(_DIRECT, root, bindings)


def _compiled(
    text: str, root: tree.Expr, bindings: Bindings | None, scenario: str = "", place: str = "", *, moves: bool = False
) -> Function:
    writer = Writer(bindings)
    code_text = writer.as_it_moves(root) if moves else writer.write(root)
    if writer.grows and text != _DIRECT:
        text = _with_counted_work(text)
    elif text == _VALUE and is_quiet(root):
        text = _DIRECT
    source = text.format(expression=code_text, scenario=repr(scenario), place=repr(place))
    namespace = writer.namespace
    function = namespace.functions.get(source)
    if function is None:
        if not namespace.functions:
            namespace.names.update(_NAMES)
        function = _made_at_first_call(source, namespace) if namespace.for_few else _made(source, namespace)
        namespace.functions[source] = function
    return function


@lru_cache(maxsize=4_096)
def _code(source: str) -> CodeType:
    """The code of a text. Tests of scenarios and comparisons make several programs with the same expressions."""
    return compile(source, "<expression>", "exec")


def _made(source: str, namespace: Namespace) -> Function:
    exec(_code(source), namespace.names)
    made: Function = namespace.names["made"]
    return made


def _made_at_first_call(source: str, namespace: Namespace) -> Function:
    function: Function | None = None

    def evaluate(state: ContactState) -> Any:
        nonlocal function
        if function is None:
            function = _made(source, namespace)
        return function(state)

    return evaluate


def _with_counted_work(text: str) -> str:
    """The code of a function with counted work: the counting begins and ends around the evaluation."""
    head, body = text.split("    try:\n")
    handlers, answer, rest = body.partition("    return found")
    return f"{head}    mine = begin()\n    try:\n{handlers}    finally:\n        if mine: end()\n{answer}{rest}"


# The code written here imports nothing. But if the executor is compiled, the function made here is the innermost that
# Python knows. C code below it, such as `strftime`, looks for `__import__` in it.
_BUILTINS: dict[str, Any] = {"__import__": __import__}

_NAMES: dict[str, Any] = {
    "__builtins__": _BUILTINS,
    "attr": values.attr,
    "item_": values.item,
    "part_of": values.part_of,
    "compare": values.compare,
    "compare_all": values.compare_all,
    "arithmetic": values.arithmetic,
    "joined": joined,
    "negative": values.negative,
    "number": values.number,
    "use_clock": use_clock,
    "truth": values.truth,
    "any_of": values.any_of,
    "all_of": values.all_of,
    "filter_of": values.filter_of,
    "total_of": values.total_of,
    "days_since": values.days_since,
    "days_of": standing.days_of,
    "now_of": standing.now_of,
    "part_of_now": standing.part_of_now,
    "is_part_of_now": standing.is_part_of_now,
    "at_once": standing.at_once,
    "compare_moving": standing.compare_moving,
    "to_datetime": values.to_datetime,
    "duration": values.duration,
    "distance_km": values.distance_km,
    "local": local,
    "whole": whole,
    "own_field": own_field,
    "person": person,
    "journey_": journey_fields,
    "runs": runs,
    "runs_in": runs_in,
    "length_": values.length,
    "judged": judged,
    "begin": begin,
    "end": end,
    "UNFIT": _UNFIT,
    "int": int,
    "len": len,
    "list": list,
    "str": str,
    "type": type,
    "NUMBERS": frozenset({int, float}),
    "TEXTS": frozenset({str}),
}
