"""Expression trees to Python functions, once; what is run per event is generated code.

Only names from tables of ours and literals written with `repr` get into the generated text, so nothing in
a scenario can reach Python itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import jinja2

from scenario_cli.engine import values
from scenario_cli.engine.calendar import local
from scenario_cli.engine.filters import OPERATOR_TESTS, filters, tests
from scenario_cli.engine.values import Misfit
from scenario_cli.model import expression as tree
from scenario_cli.model.event import Event

if TYPE_CHECKING:
    from scenario_cli.engine.frame import Frame

Function = Callable[["Frame"], Any]

# What Jinja's filters raise on values that do not fit.
_UNFIT = (
    Misfit, TypeError, ValueError, ArithmeticError, LookupError, AttributeError, AssertionError,
    RecursionError, MemoryError,
    jinja2.TemplateError,
)  # fmt: skip


def compile_condition(expression: tree.Expression, scenario: str) -> Callable[[Frame], bool]:
    """A function that says whether the condition holds; a misfit is false, and a warning."""
    run = _function(expression)
    place = expression.source

    def holds(frame: Frame) -> bool:
        try:
            found = run(frame)
        except _UNFIT as error:
            frame.warn(scenario, place, str(error))
            return False
        if found is True or found is False:
            return bool(found)
        if isinstance(found, str):
            frame.warn(scenario, place, f"{values.shown(found)} stands where a condition does, and is false")
            return False
        return found is not None and bool(found)

    return holds


def compile_value(value: tree.Value, scenario: str) -> Function:
    """A function that gives the value; a misfit gives none, and a warning."""
    if isinstance(value, tree.Literal):
        written = value.value
        return lambda frame: written
    run = _function(value)
    place = value.source

    def work_out(frame: Frame) -> Any:
        try:
            return run(frame)
        except _UNFIT as error:
            frame.warn(scenario, place, str(error))
            return None

    return work_out


def _function(expression: tree.Expression) -> Function:
    writer = _Writer()
    text = f"lambda f: {writer.write(expression.root)}"
    made: Function = eval(compile(text, "<expression>", "eval"), {"__builtins__": {}, **_NAMES, **writer.constants})
    return made


class _Writer:
    """Writes a tree as Python text; `items` is how many `item`s are around."""

    def __init__(self) -> None:
        self.constants: dict[str, Any] = {}

    def constant(self, value: Any) -> str:
        name = f"k{len(self.constants)}"
        self.constants[name] = value
        return name

    def write(self, node: tree.Expr) -> str:
        match node:
            case tree.Const(value=value):
                return repr(value) if value is None or type(value) in (bool, int, str) else self.constant(value)
            case tree.Ref():
                return _name(node.name)
            case tree.Attr():
                return self.attribute(node)
            case tree.Item():
                return f"item_({self.write(node.base)}, {self.write(node.index)})"
            case tree.Slice():
                start, stop = (self.write(part) if part else "None" for part in (node.start, node.stop))
                return f"part_of({self.write(node.base)}, {start}, {stop})"
            case tree.ListOf():
                return f"[{', '.join(self.write(element) for element in node.items)}]"
            case tree.MapOf():
                pairs = (f"{self.write(key)}: {self.write(value)}" for key, value in node.pairs)
                return f"{{{', '.join(pairs)}}}"
            case tree.Unary():
                operand = self.write(node.operand)
                return f"(not {operand})" if node.op == "not" else f"{_UNARY[node.op]}({operand})"
            case tree.Binary():
                left, right = self.write(node.left), self.write(node.right)
                if node.op in ("and", "or"):
                    return f"({left} {node.op} {right})"
                return f"arithmetic({node.op!r}, {left}, {right})"
            case tree.Compare():
                return self.comparison(node)
            case tree.IfElse():
                other = self.write(node.otherwise) if node.otherwise is not None else "None"
                return f"({self.write(node.then)} if truth({self.write(node.test)}) else {other})"
            case tree.Filter():
                return self.applied(self.constant(filters()[node.name]), node.base, node.args, node.named)
            case tree.Test():
                if node.name == "none":
                    return f"({self.write(node.base)} is None)"
                if node.name in OPERATOR_TESTS and len(node.args) == 1:
                    base, other = self.write(node.base), self.write(node.args[0])
                    return f"compare({OPERATOR_TESTS[node.name]!r}, {base}, {other}, f.zone)"
                return self.applied(self.constant(tests()[node.name]), node.base, node.args, ())
            case tree.Call():
                return self.call(node)

    def attribute(self, node: tree.Attr) -> str:
        """`event.total`, the commonest of all, becomes one look-up in the event's properties."""
        path = tree.path_of(node)
        if path is not None and len(path) == 2:
            direct = _attribute_of(path[0], path[1])
            if direct is not None:
                return direct
        return f"attr({self.write(node.base)}, {node.name!r}, f.zone)"

    def comparison(self, node: tree.Compare) -> str:
        left = self.write(node.left)
        if len(node.rest) == 1:
            operator, right = node.rest[0]
            return f"compare({operator!r}, {left}, {self.write(right)}, f.zone)"
        rest = "".join(f", ({operator!r}, lambda: {self.write(right)})" for operator, right in node.rest)
        return f"compare_all({left}, f.zone{rest})"

    def applied(
        self, function: str, base: tree.Expr, args: tuple[tree.Expr, ...], named: tuple[tuple[str, tree.Expr], ...]
    ) -> str:
        given = [self.write(base), *(self.write(arg) for arg in args)]
        given += [f"**{{{name!r}: {self.write(value)}}}" for name, value in named]
        return f"{function}({', '.join(given)})"

    def call(self, node: tree.Call) -> str:
        args = node.args
        match node.name:
            case "any" | "all" | "filter" | "total":
                return f"{node.name}_of({self.write(args[0])}, lambda item: {self.write(args[1])})"
            case "days_since":
                return f"days_since({self.write(args[0])}, local(f.now, f.zone), f.zone)"
            case "date":
                return f"to_datetime({self.write(args[0])}, f.zone)"
        return f"{node.name}({', '.join(self.write(arg) for arg in args)})"


_UNARY = {"-": "negative", "+": "number"}


def _name(name: str) -> str:
    match name:
        case "event":
            return "whole(f.event, f.zone)"
        case "trigger":
            return "whole(f.trigger, f.zone)"
        case "contact":
            return "person(f)"
        case "journey":
            return "journey_(f)"
        case "now":
            return "local(f.now, f.zone)"
        case "item":
            return "item"
    return f"f.captures.get({name!r})"


def _attribute_of(owner: str, name: str) -> str | None:
    if owner in ("event", "trigger"):
        if name in ("event", "timestamp", "event_id", "properties"):
            return f"own_field(f.{owner}, {name!r}, f.zone)"
        return f"(f.{owner}.properties.get({name!r}) if f.{owner} else None)"
    if owner == "contact":
        return "f.contact_id" if name == "id" else f"f.profile.get({name!r})"
    return None


def whole(event: Event | None, zone: Any) -> dict[str, Any] | None:
    """An event as one mapping; its own fields go before properties of the same name."""
    if event is None:
        return None
    return {
        **event.properties,
        "event": event.name,
        "timestamp": local(event.at, zone),
        "event_id": event.event_id,
        "properties": dict(event.properties),
    }


def own_field(event: Event | None, name: str, zone: Any) -> Any:
    if event is None:
        return None
    match name:
        case "event":
            return event.name
        case "timestamp":
            return local(event.at, zone)
        case "event_id":
            return event.event_id
    return dict(event.properties)


def person(frame: Frame) -> dict[str, Any]:
    return {**frame.profile, "id": frame.contact_id}


def journey_fields(frame: Frame) -> dict[str, Any] | None:
    journey = frame.journey
    if journey is None:
        return None
    return {
        "entered_at": local(journey.entered_at, frame.zone),
        "key": journey.key,
        "state": journey.state_name,
        "variant": dict(journey.variant),
    }


_NAMES: dict[str, Any] = {
    "attr": values.attr,
    "item_": values.item,
    "part_of": values.part_of,
    "compare": values.compare,
    "compare_all": values.compare_all,
    "arithmetic": values.arithmetic,
    "negative": values.negative,
    "number": values.number,
    "truth": values.truth,
    "any_of": values.any_of,
    "all_of": values.all_of,
    "filter_of": values.filter_of,
    "total_of": values.total_of,
    "days_since": values.days_since,
    "to_datetime": values.to_datetime,
    "duration": values.duration,
    "distance_km": values.distance_km,
    "local": local,
    "whole": whole,
    "own_field": own_field,
    "person": person,
    "journey_": journey_fields,
}
