"""The shape of a function's result. Reports unknown functions, and values that do not fit."""

from __future__ import annotations

from collections.abc import Mapping

from scenario_cli.language.names.history import shape_of_history
from scenario_cli.language.names.literals import faulty_arguments
from scenario_cli.language.names.shapes import ANYTHING, Scope, mapping, of_type
from scenario_cli.language.names.walk import Walk
from scenario_cli.language.names.written_names import literal_name, literal_state
from scenario_cli.model import expression as tree
from scenario_cli.model.diagnostic import did_you_mean, nearest
from scenario_cli.model.project import Property
from scenario_cli.model.vocabulary import FUNCTIONS, Function

# The deepest nesting of any(), all(), filter() and total(): each level multiplies the work.
MOST_LISTS = 2


_KINDS = {"string": "a text", "number": "a number", "integer": "a number", "boolean": "true or false",
          "array": "a list", "object": "a mapping", "date": "a date", "datetime": "a date and time"}  # fmt: skip
# The argument that must have one of these types for a function to give a value, their noun, and a hint.
_TAKES: Mapping[str, tuple[int, frozenset[str], str, str]] = {
    "date": (0, frozenset({"string", "date", "datetime"}), "a date", "use a date, or a text with a date"),
    "days_since": (0, frozenset({"string", "date", "datetime"}), "a date", "use a date, or a text with a date"),
    "duration": (0, frozenset({"string"}), "a length of time", "use a text with its unit, such as '3d'"),
    "lookup": (1, frozenset({"string", "number", "integer", "boolean", "date", "datetime"}), "the key of a table",
               "look up one value at a time: lookup('products', event.sku)"),
}  # fmt: skip


def shape_of_call(walk: Walk, node: tree.Call, scope: Scope) -> Property:
    function = FUNCTIONS.get(node.name)
    if function is None:
        similar = nearest(node.name, walk.filters)
        hint = f"'{similar}' is a filter: write the value, then '| {similar}'" if similar else None
        hint = hint or did_you_mean(node.name, FUNCTIONS, "functions")
        walk.report("EXP003", f"unknown function '{node.name}'", node, hint)
        return ANYTHING
    if (
        not {name for name, _ in node.keywords} <= function.keywords
        or not function.least <= len(node.args) <= function.most
    ):
        walk.report("EXP007", f"'{node.name}' is called with the wrong values", node, f"write {function.usage}")
        return ANYTHING
    if scope.event_alone and (function.history or node.name == "running"):
        walk.report("EXP012", f"'{node.name}(...)' is not allowed here: a metric is calculated when its event arrives",
                    node, "use 'event' or lookup(); calculate the rest in a metric with 'value'")  # fmt: skip
        return ANYTHING
    if walk.in_template and (function.per_item is not None or function.history or node.name == "running"):
        walk.report("EXP010", f"'{node.name}(...)' is not allowed in a template", node,
                    "calculate it with 'set' in the scenario, or loop with {% for %}"
                    if function.per_item is not None else "calculate it with 'with' or 'set' in the scenario",
                    )  # fmt: skip
        return ANYTHING
    if function.history:
        return shape_of_history(walk, node, scope)
    if function.per_item is not None and walk.lists == MOST_LISTS:
        walk.report("EXP007", f"'{node.name}' is nested in more than {MOST_LISTS} others of its kind", node,
                    "calculate the inner one with 'set' first")  # fmt: skip
        return ANYTHING
    walk.lists += function.per_item is not None
    shapes = _arguments(walk, node, function, scope)
    walk.findings += faulty_arguments(node)
    _unfit(walk, node, shapes)
    walk.lists -= function.per_item is not None
    match node.name:
        case "filter":
            return shapes[0]
        case "any" | "all":
            return of_type("boolean")
        case "date":
            return of_type("datetime")
        case "running":
            _running(walk, node, scope)
            return of_type("boolean")
        case "lookup":
            return _lookup(walk, node, scope)
        case _:
            return of_type("number")


def _arguments(walk: Walk, node: tree.Call, function: Function, scope: Scope) -> list[Property]:
    shapes: list[Property] = []
    for index, arg in enumerate(node.args):
        inside = scope
        if index == function.per_item:
            inside = scope.beside({"item": shapes[0].items or ANYTHING})
        shapes.append(walk.shape(arg, inside))
    return shapes


def _unfit(walk: Walk, node: tree.Call, shapes: list[Property]) -> None:
    """Reports a value that the function can never use: a number as a date."""
    index, types, noun, hint = _TAKES.get(node.name, (0, frozenset(), "", ""))
    arg, kind = node.args[index], shapes[index].type
    if types and kind in _KINDS and kind not in types and not isinstance(arg, tree.Const | tree.ListOf | tree.MapOf):
        walk.report("EXP007", f"{_KINDS[kind]} is never {noun}", arg, hint)


def _running(walk: Walk, node: tree.Call, scope: Scope) -> None:
    scenario = literal_name(walk, node, "REF011", "scenario", scope.catalogue.scenarios)
    state = dict(node.keywords).get("state")
    if state is None:
        return
    if scope.no_moves:
        reason = "segments and metrics are not recalculated when a journey changes its state"
        walk.report("EXP014", f"'state' is not allowed here: {reason}", state, "check the state in the scenario")
    elif scenario is not None and scenario in scope.catalogue.states:
        literal_state(walk, node, state, "state", scope.catalogue.states[scenario])


def _lookup(walk: Walk, node: tree.Call, scope: Scope) -> Property:
    table = literal_name(walk, node, "REF016", "table", scope.catalogue.tables)
    columns = scope.catalogue.tables.get(table or "")
    keys = scope.catalogue.keys.get(table or "")
    count = len(node.args) - 1
    if keys is not None and count != len(keys):
        values = "value is" if count == 1 else "values are"
        walk.report("EXP007", f"table '{table}' has the key {' and '.join(keys)}: {count} {values} given", node,
                    f"write a value for each: lookup('{table}', {', '.join(keys)})")  # fmt: skip
    return ANYTHING if columns is None else mapping(f"table '{table}'", dict.fromkeys(columns, ANYTHING))
