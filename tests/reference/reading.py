"""Expressions, evaluated node by node at each reading, by the rules of the language's section "Expressions".

Jinja's filters and tests, and operators on two values, are leaves. They are the engine's own, with tests of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from scenario_cli.engine import values
from scenario_cli.engine.filters import OPERATOR_TESTS, filters, tests, use_clock
from scenario_cli.engine.texts import joined
from scenario_cli.engine.values import Misfit
from scenario_cli.model import expression as tree
from scenario_cli.model.budget import begin, end, pause, resume, spend
from scenario_cli.model.event import Event
from scenario_cli.model.wait_grammar import parse_window
from tests.reference.clock import read, shows, since_epoch


@dataclass(frozen=True)
class Past:
    """A past event, with the contact's zone and number of moves at that time."""

    event: Event
    zone: ZoneInfo
    moves: int


class World(Protocol):
    """The contact's data that an expression can read beside its names."""

    def metric(self, name: str, names: Names) -> Any: ...

    def segment(self, name: str, names: Names) -> bool: ...

    def history(self, event: str) -> list[Past]: ...

    def running(self, scenario: str, state: str | None) -> bool: ...

    def lookup(self, table: str, keys: list[Any], names: Names) -> Any: ...


@dataclass(frozen=True)
class Names:
    """The values of an expression's names. `within`: variables of its functions, such as `item`. `requested`: ids of
    the journey's messages by the state that requested them."""

    now: int
    zone: ZoneInfo
    contact: Mapping[str, Any]
    world: World
    event: Event | None = None
    trigger: Event | None = None
    journey: Mapping[str, Any] | None = None
    captures: Mapping[str, Any] = field(default_factory=dict)
    within: Mapping[str, Any] = field(default_factory=dict)
    requested: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def beside(self, **variables: Any) -> Names:
        return replace(self, within={**self.within, **variables})


def value_of(value: tree.Value, names: Names) -> Any:
    """The value of a literal or an expression; None if a type does not fit."""
    if isinstance(value, tree.Literal):
        return value.value
    return _counted(value.root, names)


def holds(condition: tree.Expression | None, names: Names) -> bool:
    """Whether a condition holds. True if it is not given, False if a type does not fit."""
    if condition is None:
        return True
    return values.truth(_counted(condition.root, names))


def _counted(root: tree.Expr, names: Names) -> Any:
    """The value of an expression, with its steps counted, those of the metrics that it reads included."""
    mine = begin()
    try:
        return _read(root, names)
    except Misfit:
        return None
    finally:
        if mine:
            end()


def _by_itself(count: Callable[[], Any]) -> Any:
    """Computes a value that all readers share, so its steps count for none of them."""
    budget = pause()
    try:
        return count()
    finally:
        resume(budget)


def as_mapping(event: Event, zone: ZoneInfo) -> dict[str, Any]:
    """An event in the form that expressions read: its properties, name, timestamp and id."""
    properties = {name: value for name, value in event.properties.items() if value is not None}
    own = {"event": event.name, "timestamp": shows(event.at, zone), "event_id": event.event_id}
    return {**properties, **own, "properties": properties}


def _read(node: tree.Expr, names: Names) -> Any:
    match node:
        case tree.Const():
            return node.value
        case tree.Ref():
            return _name(node.name, names)
        case tree.Attr(base=tree.Ref(name="metric")):
            figures = names.world.metric(node.name, names)
            spend(len(figures) if hasattr(figures, "nothing") else 0)
            return figures
        case tree.Attr(base=tree.Attr(base=tree.Ref(name="metric"), name=metric), name=key):
            return values.attr(names.world.metric(metric, names), key, names.zone)
        case tree.Item(base=tree.Attr(base=tree.Ref(name="metric"), name=metric), index=index):
            return values.item(names.world.metric(metric, names), _read(index, names))
        case tree.Attr(base=tree.Ref(name="segment")):
            return _by_itself(lambda: names.world.segment(node.name, names))
        case tree.Attr():
            return values.attr(_read(node.base, names), node.name, names.zone)
        case tree.Item():
            return values.item(_read(node.base, names), _read(node.index, names))
        case tree.Slice():
            start = None if node.start is None else _read(node.start, names)
            stop = None if node.stop is None else _read(node.stop, names)
            return _fitting(values.part_of, _read(node.base, names), start, stop)
        case tree.ListOf():
            return [_read(item, names) for item in node.items]
        case tree.MapOf():
            return _fitting(dict, [(_read(key, names), _read(each, names)) for key, each in node.pairs])
        case tree.Unary(op="not"):
            return not _read(node.operand, names)
        case tree.Unary():
            return (values.negative if node.op == "-" else values.number)(_read(node.operand, names))
        case tree.Binary(op="and"):
            return _read(node.left, names) and _read(node.right, names)
        case tree.Binary(op="or"):
            return _read(node.left, names) or _read(node.right, names)
        case tree.Binary(op="~"):
            return _fitting(joined, _read(node.left, names), _read(node.right, names), names.zone)
        case tree.Binary():
            return _fitting(values.arithmetic, node.op, _read(node.left, names), _read(node.right, names), names.zone)
        case tree.Compare():
            left = _read(node.left, names)
            for operator, other in node.comparisons:
                right = _read(other, names)
                if not _fitting(values.compare, operator, left, right, names.zone):
                    return False
                left = right
            return True
        case tree.IfElse():
            if values.truth(_read(node.test, names)):
                return _read(node.then, names)
            return None if node.otherwise is None else _read(node.otherwise, names)
        case tree.Filter():
            args = [_read(each, names) for each in (node.base, *node.args)]
            named = {name: _read(each, names) for name, each in node.keywords}
            use_clock(names.zone)
            return _fitting(filters()[node.name], *args, **named)
        case tree.Test():
            args = [_read(each, names) for each in (node.base, *node.args)]
            if node.name in OPERATOR_TESTS:
                return _fitting(values.compare, OPERATOR_TESTS[node.name], *args, names.zone)
            return _fitting(tests()[node.name], *args)
        case tree.Call():
            return _call(node, names)


def _fitting(function: Callable[..., Any], *args: Any, **named: Any) -> Any:
    """The result of a leaf; any error that it raises counts as a type that does not fit."""
    try:
        return function(*args, **named)
    except Misfit:
        raise
    except Exception as error:  # Jinja's filters raise errors of any kind
        raise Misfit(str(error)) from None


def _name(name: str, names: Names) -> Any:
    if name in names.within:
        return names.within[name]
    match name:
        case "event":
            return None if names.event is None else as_mapping(names.event, names.zone)
        case "trigger":
            return None if names.trigger is None else as_mapping(names.trigger, names.zone)
        case "contact":
            return names.contact
        case "journey":
            return names.journey
        case "now":
            return shows(names.now, names.zone)
    return names.captures.get(name)


def _call(node: tree.Call, names: Names) -> Any:
    named = dict(node.keywords)
    match node.name:
        case "any" | "all" | "filter" | "total":
            return _over_list(node, names)
        case "count" | "happened" | "last":
            return _history(node, named, names)
        case "running":
            state = _read(named["state"], names) if "state" in named else None
            return names.world.running(_read(node.args[0], names), state)
        case "lookup":
            table, *keys = (_read(arg, names) for arg in node.args)
            return names.world.lookup(table, keys, names)
        case "date":
            return read(_read(node.args[0], names), names.zone)
        case "days_since":
            moment = read(_read(node.args[0], names), names.zone)
            return None if moment is None else (names.now - since_epoch(moment)) / 86_400_000_000
        case "duration":
            written = _read(node.args[0], names)
            return None if written is None else timedelta(microseconds=_fitting(parse_window, str(written)).elapsed)
    return _fitting(getattr(values, node.name), *(_read(argument, names) for argument in node.args))


def _over_list(node: tree.Call, names: Names) -> Any:
    elements = _read(node.args[0], names)
    if elements is None:
        return False if node.name in ("any", "all") else None
    if not isinstance(elements, list | tuple):
        raise Misfit("not a list")

    spend(len(elements) * sum(1 for _ in tree.walk(node.args[1])))

    def worth(element: Any) -> Any:
        return _read(node.args[1], names.beside(item=element))

    match node.name:
        case "any":
            return any(values.truth(worth(element)) for element in elements)
        case "all":
            return all(values.truth(worth(element)) for element in elements)
        case "filter":
            return [element for element in elements if values.truth(worth(element))]
    total: Any = 0
    for each in elements:
        amount = worth(each)
        if amount is not None:
            total = _fitting(values.arithmetic, "+", total, amount)
    return total


def _history(node: tree.Call, named: Mapping[str, tree.Expr], names: Names) -> Any:
    """`count`, `happened`, `last` over the contact's whole history, the present event included."""
    events = names.world.history(_read(node.args[0], names))
    if "of" in named:
        requested = names.requested.get(_read(named["of"], names), ())
        events = [result for result in events if result.event.properties.get("message_id") in requested]
    if "within" in named:
        begin = names.now - parse_window(_read(named["within"], names)).elapsed
        events = [result for result in events if result.event.at > begin]
    if "since" in named:
        moment = read(_read(named["since"], names), names.zone)
        events = [] if moment is None else [result for result in events if result.event.at > since_epoch(moment)]
    if "where" in named and tree.reads_past_alone(named["where"]):
        where = named["where"]
        events = [result for result in events if _by_itself(partial(_where, where, result.event, names))]
        spend(len(events))
    else:
        spend(len(events))
        if "where" in named:
            events = [result for result in events if _where(named["where"], result.event, names)]
    match node.name:
        case "count":
            return len(events)
        case "happened":
            return bool(events)
    back = named.get("n") or (node.args[1] if len(node.args) > 1 else None)
    n = 1 if back is None else _read(back, names)
    return as_mapping(events[-n].event, names.zone) if len(events) >= n else None


def _where(condition: tree.Expr, past: Event, names: Names) -> bool:
    return values.truth(_counted(condition, names.beside(past=as_mapping(past, names.zone))))
